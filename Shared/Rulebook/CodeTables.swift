/// The code tables as data: `attendance.md` 3 and 5.
enum CodeTables {
  static let source2024 =
    "School Attendance (Pupil Registration) (England) Regulations 2024, SI 2024/208, reg 10; Working together to improve school attendance"
  static let sourceBefore2024 = "Education (Pupil Registration) (England) Regulations 2006, SI 2006/1751, reg 6"

  /// The codes in force since 19 August 2024.
  static let rules2024: [CodeRule] = [
    rule2024(
      "/", .attending,
      "Present when the morning register is taken", session: .am),
    rule2024(
      "\\", .attending,
      "Present when the afternoon register is taken", session: .pm),
    rule2024(
      "L", .attending,
      "Arrived late, before the register closed"),
    rule2024(
      "K", .approvedEducationalActivity,
      "At educational provision arranged by a local authority",
      whoOrWhen: "pupil at LA-arranged provision that is not a school where the pupil is registered"),
    rule2024(
      "V", .approvedEducationalActivity,
      "Educational visit or trip supervised by school staff"),
    rule2024(
      "P", .approvedEducationalActivity,
      "Approved sporting activity"),
    rule2024(
      "W", .approvedEducationalActivity,
      "Work experience",
      whoOrWhen: "pupils placed on work experience (normally years 10 and 11)"),
    rule2024(
      "B", .approvedEducationalActivity,
      "Any other approved educational activity off site",
      whoOrWhen: "supervised provision arranged by the school; nature of provision recorded"),
    rule2024(
      "D", .notPossible,
      "Dual registered, attending (or due at) the other school",
      whoOrWhen: "dual-registered pupils only"),
    rule2024(
      "C1", .authorisedAbsence,
      "Leave: regulated performance or employment abroad",
      whoOrWhen: "only with licence, exemption or justice's licence"),
    rule2024(
      "M", .authorisedAbsence,
      "Leave: medical or dental appointment",
      whoOrWhen: "all schools; maintained and non-maintained special schools only within the leave rules"),
    rule2024(
      "J1", .authorisedAbsence,
      "Leave: interview for employment or admission",
      whoOrWhen: "all schools; maintained and non-maintained special schools only within the leave rules"),
    rule2024(
      "S", .authorisedAbsence,
      "Leave: study for a public examination",
      whoOrWhen: "all schools; maintained and non-maintained special schools only within the leave rules"),
    rule2024(
      "X", .notPossible,
      "Non-compulsory-school-age pupil not required to attend", ageRule: .nonCompulsoryOnly,
      whoOrWhen: "pupils outside compulsory school age"),
    rule2024(
      "C2", .authorisedAbsence,
      "Leave: compulsory-school-age pupil on an agreed part-time timetable", ageRule: .compulsoryOnly,
      whoOrWhen: "temporary, exceptional, parent agrees"),
    rule2024(
      "C", .authorisedAbsence,
      "Leave: exceptional circumstance",
      whoOrWhen: "all schools; maintained and non-maintained special schools only within the leave rules"),
    rule2024(
      "T", .authorisedAbsence,
      "Parent travelling for occupational purposes (mobile child)",
      whoOrWhen: "mobile children"),
    rule2024(
      "R", .authorisedAbsence,
      "Religious observance",
      whoOrWhen: "day exclusively set apart by the parent's religious body"),
    rule2024(
      "I", .authorisedAbsence,
      "Illness (not medical or dental appointment)", counts: [.sicknessReturn]),
    rule2024(
      "E", .authorisedAbsence,
      "Suspended or permanently excluded, no alternative provision"),
    rule2024(
      "Q", .notPossible,
      "Unable to attend: lack of access arrangements",
      whoOrWhen: "authority has a travel duty and has not met it"),
    rule2024(
      "Y1", .notPossible,
      "Unable to attend: normal transport not available",
      whoOrWhen: "not within walking distance"),
    rule2024(
      "Y2", .notPossible,
      "Unable to attend: widespread travel disruption"),
    rule2024(
      "Y3", .notPossible,
      "Unable to attend: part of premises closed"),
    rule2024(
      "Y4", .notPossible,
      "Unable to attend: whole site unexpectedly closed"),
    rule2024(
      "Y5", .notPossible,
      "Unable to attend: criminal justice detention"),
    rule2024(
      "Y6", .notPossible,
      "Unable to attend: public health law or guidance"),
    rule2024(
      "Y7", .notPossible,
      "Unable to attend: other unavoidable cause affecting the pupil",
      whoOrWhen: "cause must be recorded"),
    rule2024(
      "G", .unauthorisedAbsence,
      "Holiday without leave", counts: [.penaltyNotice, .attendanceReturn]),
    rule2024(
      "N", .unauthorisedAbsence,
      "Reason not yet established",
      whoOrWhen: "must be replaced within five school days", counts: [.penaltyNotice, .attendanceReturn]),
    rule2024(
      "O", .unauthorisedAbsence,
      "Absent in other or unknown circumstances", counts: [.penaltyNotice, .attendanceReturn]),
    rule2024(
      "U", .unauthorisedAbsence,
      "Arrived after the register closed", counts: [.penaltyNotice, .attendanceReturn]),
    rule2024(
      "#", .notCollected,
      "Planned whole-school closure",
      whoOrWhen: "calendar marker, not a session"),
    rule2024(
      "Z", .notCollected,
      "Prospective pupil not on the admission register",
      whoOrWhen: "not on roll"),
  ]

  /// The codes until 18 August 2024, and what becomes of their tokens in later sessions.
  static let rulesBefore2024: [CodeRule] = [
    ruleBefore2024("#", .notCollected),
    ruleBefore2024("/", .attending),
    ruleBefore2024("B", .approvedEducationalActivity),
    ruleBefore2024("C", .authorisedAbsence),
    ruleBefore2024("D", .notPossible),
    ruleBefore2024("E", .authorisedAbsence),
    ruleBefore2024("F", .authorisedAbsence),
    ruleBefore2024("G", .unauthorisedAbsence),
    ruleBefore2024("H", .authorisedAbsence),
    ruleBefore2024("I", .authorisedAbsence),
    ruleBefore2024("J", .approvedEducationalActivity),
    ruleBefore2024("L", .attending),
    ruleBefore2024("M", .authorisedAbsence),
    ruleBefore2024("N", .unauthorisedAbsence),
    ruleBefore2024("O", .unauthorisedAbsence),
    ruleBefore2024("P", .approvedEducationalActivity),
    ruleBefore2024("R", .authorisedAbsence),
    ruleBefore2024("S", .authorisedAbsence),
    ruleBefore2024("T", .authorisedAbsence),
    ruleBefore2024("U", .unauthorisedAbsence),
    ruleBefore2024("V", .approvedEducationalActivity),
    ruleBefore2024("W", .approvedEducationalActivity),
    ruleBefore2024("X", .notPossible),
    ruleBefore2024("Y", .notPossible),
    ruleBefore2024("Z", .notCollected),
    ruleBefore2024("\\", .attending),
  ]

  /// Tokens of the pandemic, each with the code that it counts as: X01 to X07 for pupils who did not attend because of
  /// coronavirus, I01 and I02 for illness.
  static let subcodes: [String: InForce<AttendanceCode>] = Dictionary(
    uniqueKeysWithValues: ["X01", "X02", "X03", "X04", "X05", "X06", "X07", "I01", "I02"].map { token in
      (
        token,
        InForce(
          known(String(token.prefix(1))), from: on(2020, 8, 1), to: on(2022, 8, 31),
          source:
            "DfE, Addendum: recording attendance in relation to coronavirus (COVID-19) during the 2020 to 2021, and the 2021 to 2022, academic year"
        )
      )
    })

  private static func rule2024(
    _ code: String, _ statisticalClass: StatisticalClass, _ meaning: String, session: Session? = nil,
    ageRule: AgeRule = .any, whoOrWhen: String = "all schools", counts: Set<CodeRule.Purpose> = []
  ) -> CodeRule {
    CodeRule(
      code: known(code), meaning: meaning, statisticalClass: statisticalClass, session: session, ageRule: ageRule,
      whoOrWhen: whoOrWhen, counts: counts, validFrom: on(2024, 8, 19), validTo: nil, source: source2024)
  }

  private static func ruleBefore2024(_ code: String, _ statisticalClass: StatisticalClass) -> CodeRule {
    CodeRule(
      code: known(code), meaning: "As in the table until 18 August 2024", statisticalClass: statisticalClass,
      session: nil, ageRule: .any, whoOrWhen: "all schools", counts: [], validFrom: nil, validTo: on(2024, 8, 18),
      source: sourceBefore2024)
  }

  private static func known(_ text: String) -> AttendanceCode {
    guard let code = AttendanceCode(text) else { preconditionFailure("a code in a table is no code") }
    return code
  }
}
