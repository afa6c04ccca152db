import Letters
import Rulebook

extension EnforcementLetters {
  /// E3. Tells a parent how the period of a notice to improve ended.
  struct ImprovementOutcome: FamilyLetter {
    let writer: LetterWriter
    let child, school: String
    /// The attendance in the period, from its first to its last day.
    let figures: AttendanceFigures
    let mostUnauthorised: Int
    let isMet: Bool
    /// What follows.
    let next: [String]

    /// - Throws: ``LetterError`` when the figures and the finding contradict one another.
    init(
      writer: LetterWriter, child: String, school: String, figures: AttendanceFigures, mostUnauthorised: Int,
      isMet: Bool, next: [String]
    ) throws(LetterError) {
      guard isMet == (figures.unauthorised <= mostUnauthorised) else {
        throw .contradictory("The figures do not bear out the finding.", source: Self.guidance)
      }
      (self.writer, self.child, self.school, self.figures) = (writer, child, school, figures)
      (self.mostUnauthorised, self.isMet, self.next) = (mostUnauthorised, isMet, next)
    }

    static let id = "enforcement.improvement-outcome"
    private static let guidance = "Working together to improve school attendance, notice to improve; DOC-12"

    static let contents: [Particular<Self>] = [
      .text("childName", guidance) { $0.child },
      .text("schoolName", guidance) { $0.school },
      .group("figures", guidance, of: { $0.figures }, AttendanceFigures.particulars(guidance)),
      .text("mostUnauthorised", guidance) { String($0.mostUnauthorised) },
      .statement("met", guidance, if: { $0.isMet }),
      .statement("notMet", guidance, if: { !$0.isMet }),
      .lines("next", of: "nextLine", guidance) { $0.next },
    ]

    static let template = """
      id: enforcement.improvement-outcome
      version: 1
      title: Your notice to improve attendance has ended
      ---
      <p>We gave you a notice to improve {{childName}}’s attendance at {{schoolName}}. Its period is over.</p>
      {{#met}}<p><strong>Attendance has improved enough.</strong> Thank you for what you and {{childName}} have
      done.</p>{{/met}}
      {{#notMet}}<p><strong>Attendance has not improved enough.</strong></p>{{/notMet}}
      <h2>What the register says</h2>
      {{#figures}}\(AttendanceFigures.table){{/figures}}
      <p>Half days that could be missed without permission in this period: {{mostUnauthorised}} at most.</p>
      <h2>What happens next</h2>
      <ul>{{#next}}<li>{{nextLine}}</li>{{/next}}</ul>
      <p>If you think the figures are wrong, or there is something that we do not know, tell me.</p>
      \(closing)
      """
  }
}
