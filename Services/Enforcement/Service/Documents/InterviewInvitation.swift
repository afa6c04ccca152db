import Letters
import Rulebook

extension EnforcementLetters {
  /// E9. Invites a parent to an interview under caution about the offence of s444(1A).
  struct InterviewInvitation: EnforcementLetter {
    let writer: LetterWriter
    let child, school: String
    /// The days of the offence.
    let period: DayRange
    let appointment: Appointment
    /// The day by which the parent is asked to answer.
    let answerBy: Day

    /// - Throws: ``LetterError`` when the days are not in order.
    init(
      writer: LetterWriter, child: String, school: String, period: DayRange, appointment: Appointment, answerBy: Day
    ) throws(LetterError) {
      try EnforcementLetters.inOrder(period, source: Self.offence)
      guard period.last < answerBy, answerBy <= appointment.day else {
        throw .contradictory("The offence, the answer and the interview are not in this order.", source: Self.code)
      }
      (self.writer, self.child, self.school, self.period) = (writer, child, school, period)
      (self.appointment, self.answerBy) = (appointment, answerBy)
    }

    static let id = "enforcement.interview-invitation"
    private static let offence = "Education Act 1996 s444(1A)"
    private static let code = "Police and Criminal Evidence Act 1984 s67(9) and Code C; DOC-13"

    static let contents: [Particular<Self>] = [
      .text("childName", offence) { $0.child },
      .text("schoolName", offence) { $0.school },
      .text("firstDay", offence) { $0.period.first.inWords },
      .text("lastDay", offence) { $0.period.last.inWords },
      .statement("offence", offence),
      .statement("voluntary", code),
      .group("appointment", code, of: { $0.appointment }, Appointment.particulars(code)),
      .text("answerBy", code) { $0.answerBy.inWordsWithWeekday },
      .statement("advice", code),
      .statement("companion", code),
      .statement("interpreter", code),
      .statement("caution", code),
      .statement("record", code),
      .statement("notComing", code),
    ]

    static let template = """
      id: enforcement.interview-invitation
      version: 1
      title: Invitation to an interview under caution
      ---
      {{#offence}}<p>{{childName}} was registered at {{schoolName}} and missed school without permission between
      {{firstDay}} and {{lastDay}}. We need to ask you whether you knew of this and did not make sure that {{childName}}
      went to school. That is an offence unless there was a reasonable justification (Education Act 1996, section
      444(1A)).</p>{{/offence}}
      <h2>When and where</h2>
      {{#appointment}}\(Appointment.words){{/appointment}}
      <p>Please tell me by {{answerBy}} whether you will come, or if you need another time or place.</p>
      <h2>Your rights</h2>
      {{#voluntary}}<p>You do not have to come. You are not under arrest, and if you come you can leave at any
      time.</p>{{/voluntary}}
      {{#advice}}<p>You have the right to legal advice. You can speak to a solicitor before the interview and have one
      with you. Ask the solicitor if you can get legal aid.</p>{{/advice}}
      {{#companion}}<p>You can bring someone to support you. If you find it hard to understand questions or to make
      yourself understood, or have a health condition or disability, tell me, so that the right person can be
      there.</p>{{/companion}}
      {{#interpreter}}<p>If you would like an interpreter, or this letter in another language or in large print, tell
      me. It is free.</p>{{/interpreter}}
      <h2>What happens at the interview</h2>
      {{#caution}}<p>We begin with these words: “You do not have to say anything. But it may harm your defence if you do
      not mention when questioned something which you later rely on in court. Anything you do say may be given in
      evidence.” We explain what they mean.</p>{{/caution}}
      {{#record}}<p>We record the interview. You can have a copy of the record.</p>{{/record}}
      {{#notComing}}<p>If you do not come, we decide what to do with what we know. You can also write to
      me.</p>{{/notComing}}
      <p>Yours sincerely</p>
      \(closing)
      """
  }
}
