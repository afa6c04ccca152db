import Letters
import Rulebook

extension EnforcementLetters {
  /// E2. Gives a parent a last period in which attendance has to improve, with support, before a penalty notice.
  struct NoticeToImprove: FamilyLetter {
    let writer: LetterWriter
    let child, school: String
    /// The attendance up to now.
    let figures: AttendanceFigures
    /// The sessions of the offence.
    let absences: [PenaltyNotice.Absence]
    /// What was done to help.
    let support: [String]
    /// What more is offered.
    let offer: [String]
    let howToAccept: String
    let period: DayRange
    /// How many sessions may be missed without leave in the period.
    let mostUnauthorised: Int

    /// - Throws: ``LetterError`` when the sessions, the figures and the period contradict one another.
    init(
      writer: LetterWriter, child: String, school: String, figures: AttendanceFigures,
      absences: [PenaltyNotice.Absence], support: [String], offer: [String], howToAccept: String, period: DayRange,
      mostUnauthorised: Int
    ) throws(LetterError) {
      try EnforcementLetters.inOrder(period, source: Self.guidance)
      guard figures.last < period.first else {
        throw .contradictory("The figures reach into the period.", source: Self.guidance)
      }
      guard absences.count <= figures.unauthorised,
        absences.allSatisfy({ figures.first <= $0.day && $0.day <= figures.last })
      else { throw .contradictory("The sessions are not those of the figures.", source: Self.guidance) }
      guard mostUnauthorised >= 0 else {
        throw .contradictory("Fewer than no sessions cannot be missed.", source: Self.guidance)
      }
      (self.writer, self.child, self.school, self.figures) = (writer, child, school, figures)
      self.absences = try PenaltyNotice.Absence.inOrder(absences, source: Self.guidance)
      (self.support, self.offer, self.howToAccept) = (support, offer, howToAccept)
      (self.period, self.mostUnauthorised) = (period, mostUnauthorised)
    }

    static let id = "enforcement.notice-to-improve"
    private static let guidance = "Working together to improve school attendance, notice to improve; PN-9"

    static let contents: [Particular<Self>] = [
      .text("childName", guidance) { $0.child },
      .text("schoolName", guidance) { $0.school },
      .group("figures", guidance, of: { $0.figures }, AttendanceFigures.particulars(guidance)),
      .list("sessions", guidance, atLeast: 1, of: { $0.absences }, PenaltyNotice.Absence.particulars(guidance)),
      .statement("offence", "Education Act 1996 s444"),
      .statement("duty", "Education Act 1996 s7"),
      .lines("supportGiven", of: "supportGivenLine", guidance) { $0.support },
      .lines("supportOffered", of: "supportOfferedLine", guidance) { $0.offer },
      .text("howToAccept", guidance) { $0.howToAccept },
      .text("periodFirstDay", guidance) { $0.period.first.inWordsWithWeekday },
      .text("periodLastDay", guidance) { $0.period.last.inWordsWithWeekday },
      .text("mostUnauthorised", guidance) { String($0.mostUnauthorised) },
      .statement("warning", guidance),
      .statement("early", guidance),
    ]

    static let template = """
      id: enforcement.notice-to-improve
      version: 1
      title: Notice to improve attendance
      ---
      <p>{{childName}} has missed too much school at {{schoolName}}. This notice says what has to improve, by when, how
      we can help, and what can happen if it does not.</p>
      <h2>What has to improve</h2>
      <table>
      <caption>The period of this notice</caption>
      <tbody>
      <tr><th scope="row">First day</th><td>{{periodFirstDay}}</td></tr>
      <tr><th scope="row">Last day</th><td>{{periodLastDay}}</td></tr>
      <tr><th scope="row">Half days that may be missed without permission</th><td>{{mostUnauthorised}} at most</td></tr>
      </tbody>
      </table>
      {{#warning}}<p>If attendance has not improved as far as this by the last day, you may be given a penalty notice or
      be prosecuted.</p>{{/warning}}
      {{#early}}<p>A penalty notice can come before the last day if {{childName}} keeps missing school without
      permission, so that attendance is plainly not improving. We would tell you first.</p>{{/early}}
      <h2>How we can help</h2>
      <p>This is what we can offer now:</p>
      <ul>{{#supportOffered}}<li>{{supportOfferedLine}}</li>{{/supportOffered}}</ul>
      <p>{{howToAccept}}</p>
      <p>This is the help there has been so far:</p>
      <ul>{{#supportGiven}}<li>{{supportGivenLine}}</li>{{/supportGiven}}</ul>
      <h2>Why school matters</h2>
      {{#duty}}<p>Children who are in school every day learn more, and find it easier to make friends and to keep them.
      By law a parent must make sure that a child of school age has a suitable full-time education (Education Act 1996,
      section 7).</p>{{/duty}}
      {{#offence}}<p>A parent whose child is registered at a school and does not attend regularly commits an offence
      (Education Act 1996, section 444).</p>{{/offence}}
      <h2>What the register says</h2>
      {{#figures}}\(AttendanceFigures.table){{/figures}}
      <p>These are the half days missed without permission on which this notice rests. If you think any of this is
      wrong, tell me and I will check it with the school.</p>
      \(PenaltyNotice.Absence.table)
      \(closing)
      """
  }
}
