import Letters
import Rulebook

extension EnforcementLetters {
  /// E10. Warns a parent for the last time before a court, and invites to a meeting.
  struct FinalWarning: FamilyLetter {
    let writer: LetterWriter
    let child, school: String
    /// The attendance in the period of the offence.
    let figures: AttendanceFigures
    let meeting: Appointment
    /// The day on which it is decided whether to prosecute.
    let decision: Day
    /// What would change the decision.
    let changes: [String]

    /// - Throws: ``LetterError`` when nothing was missed without leave, or the days are not in order.
    init(
      writer: LetterWriter, child: String, school: String, figures: AttendanceFigures, meeting: Appointment,
      decision: Day, changes: [String]
    ) throws(LetterError) {
      guard figures.unauthorised > 0 else {
        throw .contradictory("Nothing was missed without leave.", source: Self.offence)
      }
      guard figures.last < meeting.day, meeting.day <= decision else {
        throw .contradictory("The period, the meeting and the decision are not in this order.", source: Self.local)
      }
      (self.writer, self.child, self.school, self.figures) = (writer, child, school, figures)
      (self.meeting, self.decision, self.changes) = (meeting, decision, changes)
    }

    static let id = "enforcement.final-warning"
    private static let offence = "Education Act 1996 s444(1)"
    private static let local = "Working together to improve school attendance, prosecution; DOC-12"

    static let contents: [Particular<Self>] = [
      .text("childName", offence) { $0.child },
      .text("schoolName", offence) { $0.school },
      .group("figures", offence, of: { $0.figures }, AttendanceFigures.particulars(offence)),
      .statement("offence", offence),
      .group("meeting", local, of: { $0.meeting }, Appointment.particulars(local)),
      .statement("companion", local),
      .lines("changes", of: "change", local) { $0.changes },
      .text("decision", local) { $0.decision.inWordsWithWeekday },
    ]

    static let template = """
      id: enforcement.final-warning
      version: 1
      title: Final warning before we decide whether to prosecute
      ---
      <p>{{childName}} has missed school at {{schoolName}} without permission. On {{decision}} we will decide whether to
      prosecute you. Before that we would like to meet you, hear what you have to say, and see what can still be
      done.</p>
      <h2>What the register says</h2>
      {{#figures}}\(AttendanceFigures.table){{/figures}}
      {{#offence}}<p>A parent whose child is registered at a school and does not attend regularly commits an offence
      (Education Act 1996, section 444(1)).</p>{{/offence}}
      <h2>The meeting</h2>
      {{#meeting}}\(Appointment.words){{/meeting}}
      {{#companion}}<p>You can bring someone to support you. If you cannot come then, tell me and we will find another
      time.</p>{{/companion}}
      <h2>What would change our decision</h2>
      <ul>{{#changes}}<li>{{change}}</li>{{/changes}}</ul>
      <p>Tell me also if the figures are wrong, if {{childName}} was ill, or if there is another reason that we do not
      know.</p>
      \(closing)
      """
  }
}
