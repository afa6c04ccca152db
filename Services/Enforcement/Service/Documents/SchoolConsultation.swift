import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// E15. Consults a school, or the authority of a school outside the area, before it is named in an attendance order
  /// (Education Act 1996 s439). It says of the child only what the school needs (DOC-15).
  struct SchoolConsultation: EnforcementLetter {
    let writer: LetterWriter
    let child: String
    let birth: Day
    let yearGroup: String
    let school: String
    /// The day of service that the authority relies on.
    let served: Day
    /// The last day for an answer, or to ask for a direction.
    let lastDay: Day

    /// - Throws: ``LetterError`` when the period is shorter than the law lets it be, or the child is not born.
    init(
      writer: LetterWriter, child: String, birth: Day, yearGroup: String, school: String, served: Day, lastDay: Day
    ) throws(LetterError) {
      let least = SchoolAttendanceOrder.Rule.inForce.value(on: served).toSeekDirection
      guard served.adding(days: least) <= lastDay.adding(days: 1) else {
        throw .contradictory("The period is too short.", source: Self.section)
      }
      guard birth < served else { throw .contradictory("The child is not born.", source: Self.section) }
      (self.writer, self.child, self.birth, self.yearGroup) = (writer, child, birth, yearGroup)
      (self.school, self.served, self.lastDay) = (school, served, lastDay)
    }

    static let id = "enforcement.school-consultation"
    static let service = ServiceRules.educationAct
    private static let section = "Education Act 1996 s439"

    static let contents: [Particular<Self>] = [
      .text("childName", section) { $0.child },
      .text("birth", section) { $0.birth.inWords },
      .text("yearGroup", section) { $0.yearGroup },
      .text("schoolName", section) { $0.school },
      .statement("proposal", section),
      .text("served", section) { $0.served.inWordsWithWeekday },
      .text("lastDay", section) { $0.lastDay.inWordsWithWeekday },
      .statement("direction", section),
      .statement("numbers", section),
    ]

    static let template = """
      id: enforcement.school-consultation
      version: 1
      title: Naming a school in a school attendance order
      ---
      {{#proposal}}<p>We propose to name {{schoolName}} in a school attendance order for the child below, and consult
      you before we do (Education Act 1996, section 439).</p>{{/proposal}}
      <table>
      <tbody>
      <tr><th scope="row">Child</th><td>{{childName}}</td></tr>
      <tr><th scope="row">Date of birth</th><td>{{birth}}</td></tr>
      <tr><th scope="row">Year group</th><td>{{yearGroup}}</td></tr>
      <tr><th scope="row">School that we propose</th><td>{{schoolName}}</td></tr>
      <tr><th scope="row">Answer by</th><td>{{lastDay}}</td></tr>
      </tbody>
      </table>
      <p>The days are counted from {{served}}, when we take it that this notice was served on you.</p>
      {{#numbers}}<p>Tell us if admitting the child would take the school above its admission number, and anything else
      that we should consider.</p>{{/numbers}}
      {{#direction}}<p>If you do not agree, you can ask the Secretary of State for Education for a direction by the last
      day. Please tell us if you do.</p>{{/direction}}
      <p>If the order names the school, we will send the school a copy, and it must admit the child.</p>
      \(closing)
      """
  }
}
