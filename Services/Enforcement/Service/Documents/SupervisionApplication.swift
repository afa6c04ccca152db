import Letters
import Rulebook

extension EnforcementLetters {
  /// E18. What accompanies the form of an application to the family court for an education supervision order (Children
  /// Act 1989 s36).
  struct SupervisionApplication: EnforcementLetter {
    /// Something that happened.
    struct Event: Hashable, Sendable {
      let day: Day
      let text: String
    }

    let writer: LetterWriter
    let child: String
    let birth: Day
    let school: String
    let parents: [String]
    let ground: String
    /// What was tried instead, and why it was not enough.
    let tried: [String]
    /// The day and the sense of the answer of children's services.
    let consultation: Event
    /// The directions that the plan proposes.
    let directions: [String]
    let chronology: [Event]
    let wishes: Wishes

    /// - Throws: ``LetterError`` when the child is not born at one of the events.
    init(
      writer: LetterWriter, child: String, birth: Day, school: String, parents: [String], ground: String,
      tried: [String], consultation: Event, directions: [String], chronology: [Event], wishes: Wishes
    ) throws(LetterError) {
      guard (chronology + [consultation]).allSatisfy({ birth < $0.day }) else {
        throw .contradictory("Something happened before the child was born.", source: Self.section)
      }
      (self.writer, self.child, self.birth, self.school) = (writer, child, birth, school)
      (self.parents, self.ground, self.tried, self.consultation) = (parents, ground, tried, consultation)
      (self.directions, self.wishes) = (directions, wishes)
      self.chronology = chronology.sorted { $0.day < $1.day }
    }

    static let id = "enforcement.supervision-application"
    private static let section = "Children Act 1989 s36"

    static let contents: [Particular<Self>] = [
      .text("childName", section) { $0.child },
      .text("birth", section) { $0.birth.inWords },
      .text("schoolName", section) { $0.school },
      .lines("parents", of: "parentName", section) { $0.parents },
      .text("ground", section + "(3)-(5)") { $0.ground },
      .lines("tried", of: "triedLine", "Children Act 1989 s1(5)") { $0.tried },
      .text("consulted", section + "(8)") { $0.consultation.day.inWords },
      .text("consultation", section + "(8)") { $0.consultation.text },
      .lines("directions", of: "direction", "Children Act 1989 Sch 3 para 12") { $0.directions },
      .list(
        "chronology", section, atLeast: 1, of: { $0.chronology },
        [
          .text("eventDay", section) { $0.day.inWords },
          .text("event", section) { $0.text },
        ]),
      .group(
        "wishes", "Children Act 1989 s1(3)", of: { $0.wishes }, Wishes.particulars("Children Act 1989 s1(3)")),
    ]

    static let template = """
      id: enforcement.supervision-application
      version: 1
      title: Application for an education supervision order: statement
      ---
      <table>
      <tbody>
      <tr><th scope="row">Child</th><td>{{childName}}</td></tr>
      <tr><th scope="row">Date of birth</th><td>{{birth}}</td></tr>
      <tr><th scope="row">School</th><td>{{schoolName}}</td></tr>
      {{#parents}}<tr><th scope="row">Parent</th><td>{{parentName}}</td></tr>{{/parents}}
      </tbody>
      </table>
      <h2>Ground</h2>
      <p>{{ground}}</p>
      <h2>What was tried instead</h2>
      <ul>{{#tried}}<li>{{triedLine}}</li>{{/tried}}</ul>
      <h2>Answer of children’s services, {{consulted}}</h2>
      <p>{{consultation}}</p>
      <h2>Plan: the directions that we propose</h2>
      <ol>{{#directions}}<li>{{direction}}</li>{{/directions}}</ol>
      <h2>What the child and the parents want</h2>
      {{#wishes}}\(Wishes.words){{/wishes}}
      <h2>Chronology</h2>
      <table>
      <thead><tr><th scope="col">Day</th><th scope="col">What happened</th></tr></thead>
      <tbody>
      {{#chronology}}<tr><td>{{eventDay}}</td><td>{{event}}</td></tr>
      {{/chronology}}</tbody>
      </table>
      \(closing)
      """
  }
}
