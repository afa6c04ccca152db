import Letters
import Rulebook

extension EnforcementLetters {
  /// The certificate of a child's attendance for a court, drawn for the head teacher to check and sign. Its figures are
  /// counted from its own lines.
  struct AttendanceCertificate: EnforcementLetter {
    /// One session as the register has it.
    struct Line: Hashable, Sendable {
      let absence: PenaltyNotice.Absence
      let code: AttendanceCode
    }

    /// The head teacher.
    let writer: LetterWriter
    let child: String
    let birth: Day
    let school: String
    let period: DayRange
    let lines: [Line]
    let possible, attended, unauthorised: Int

    /// - Parameters:
    ///   - lines: every session of the period, in any order.
    ///   - traits: what a code counts as on a day.
    /// - Throws: ``LetterError`` when a session is there twice or outside the period, or none was possible.
    init(
      writer: LetterWriter, child: String, birth: Day, school: String, period: DayRange, lines: [Line],
      traits: (AttendanceCode, Day) -> CodeTraits
    ) throws(LetterError) {
      try EnforcementLetters.inOrder(period, source: Self.section)
      let days = try PenaltyNotice.Absence.inOrder(lines.map(\.absence), source: Self.section)
      guard days.allSatisfy({ period.contains($0.day) }) else {
        throw .contradictory("A session is outside the period.", source: Self.section)
      }
      self.lines = lines.sorted { ($0.absence.day, $0.absence.session) < ($1.absence.day, $1.absence.session) }
      let found = lines.map { traits($0.code, $0.absence.day) }
      func count(_ traits: CodeTraits) -> Int { found.count { !$0.isDisjoint(with: traits) } }
      (possible, attended, unauthorised) = (count(.possible), count(.present), count(.unauthorised))
      guard lines.isEmpty || possible > 0 else {
        throw .contradictory("No session could be attended.", source: Self.section)
      }
      (self.writer, self.child, self.birth, self.school, self.period) = (writer, child, birth, school, period)
    }

    static let id = "enforcement.attendance-certificate"
    private static let section = "Education Act 1996 s566; CP-1"

    static let contents: [Particular<Self>] = [
      .text("childName", section) { $0.child },
      .text("birth", section) { $0.birth.inWords },
      .text("schoolName", section) { $0.school },
      .text("firstDay", section) { $0.period.first.inWordsWithWeekday },
      .text("lastDay", section) { $0.period.last.inWordsWithWeekday },
      .text("possible", section) { String($0.possible) },
      .text("attended", section) { String($0.attended) },
      .text("unauthorised", section) { String($0.unauthorised) },
      .list(
        "sessions", section, atLeast: 1, of: { $0.lines },
        [
          .text("sessionDay", section) { $0.absence.day.inWordsWithWeekday },
          .text("sessionHalf", section) { $0.absence.session == .am ? "Morning" : "Afternoon" },
          .text("sessionCode", section) { $0.code.text },
          .text("sessionMeaning", section) { $0.absence.meaning },
        ]),
      .statement("certified", section),
    ]

    static let template = """
      id: enforcement.attendance-certificate
      version: 1
      title: Certificate of attendance
      ---
      <table>
      <tbody>
      <tr><th scope="row">Child</th><td>{{childName}}</td></tr>
      <tr><th scope="row">Date of birth</th><td>{{birth}}</td></tr>
      <tr><th scope="row">School</th><td>{{schoolName}}</td></tr>
      <tr><th scope="row">First day</th><td>{{firstDay}}</td></tr>
      <tr><th scope="row">Last day</th><td>{{lastDay}}</td></tr>
      <tr><th scope="row">Half days that could be attended</th><td>{{possible}}</td></tr>
      <tr><th scope="row">Half days attended</th><td>{{attended}}</td></tr>
      <tr><th scope="row">Half days missed without permission</th><td>{{unauthorised}}</td></tr>
      </tbody>
      </table>
      {{#certified}}<p>I am the head teacher of this school. I certify that this is what its attendance register says of
      this child (Education Act 1996, section 566).</p>
      <p>Signature and date:</p>{{/certified}}
      \(closing)
      <table>
      <caption>The register, day by day</caption>
      <thead><tr><th scope="col">Day</th><th scope="col">Half day</th><th scope="col">Code</th><th
      scope="col">Meaning</th></tr></thead>
      <tbody>
      {{#sessions}}<tr><td>{{sessionDay}}</td><td>{{sessionHalf}}</td><td>{{sessionCode}}</td><td>{{sessionMeaning}}</td></tr>
      {{/sessions}}</tbody>
      </table>
      """
  }
}
