import Letters
import Rulebook

extension EnforcementLetters {
  /// E18. Consults children's services before an education supervision order is applied for (Children Act 1989 s36(8)).
  struct SupervisionConsultation: EnforcementLetter {
    let writer: LetterWriter
    let child: String
    let birth: Day
    let school: String
    /// Why the child is not being properly educated.
    let ground: String
    /// What was tried.
    let tried: [String]
    let answerBy: Day

    static let id = "enforcement.supervision-consultation"
    private static let section = "Children Act 1989 s36(8)"

    static let contents: [Particular<Self>] = [
      .text("childName", section) { $0.child },
      .text("birth", section) { $0.birth.inWords },
      .text("schoolName", section) { $0.school },
      .text("ground", "Children Act 1989 s36(3)-(5)") { $0.ground },
      .lines("tried", of: "triedLine", section) { $0.tried },
      .statement("questions", section),
      .text("answerBy", section) { $0.answerBy.inWordsWithWeekday },
    ]

    static let template = """
      id: enforcement.supervision-consultation
      version: 1
      title: Consultation before we apply for an education supervision order
      ---
      <p>We are considering an application for an education supervision order. The law asks us to consult you first
      (Children Act 1989, section 36(8)).</p>
      <table>
      <tbody>
      <tr><th scope="row">Child</th><td>{{childName}}</td></tr>
      <tr><th scope="row">Date of birth</th><td>{{birth}}</td></tr>
      <tr><th scope="row">School</th><td>{{schoolName}}</td></tr>
      <tr><th scope="row">Answer by</th><td>{{answerBy}}</td></tr>
      </tbody>
      </table>
      <h2>Ground</h2>
      <p>{{ground}}</p>
      <h2>What has been tried</h2>
      <ul>{{#tried}}<li>{{triedLine}}</li>{{/tried}}</ul>
      <h2>What we ask</h2>
      {{#questions}}<p>Tell us whether you work with the child or the family, whether an assessment is under way or
      needed, whether you have any concern for the child’s safety, and whether you think that an order would help or
      something else would help more.</p>{{/questions}}
      \(closing)
      """
  }
}
