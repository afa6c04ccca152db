/// The attendance codes as data: how they are spelt, every table of them, and what becomes of other tokens. A code is
/// added, changed or ended here and nowhere else; `docs/changing-the-law.md` says how.
enum CodeTables {
  /// Codes of one character: each is its own byte in a pupil-year row.
  static let oneCharacter = Array("#/\\BCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

  /// Codes of two characters, a capital and a digit, with the byte that each has in a pupil-year row: printable ASCII, no
  /// capital, used once. Frozen: stored rows are made of them.
  static let twoCharacters: [(text: String, byte: UInt8)] = [
    ("C1", UInt8(ascii: "c")), ("C2", UInt8(ascii: "p")), ("J1", UInt8(ascii: "j")), ("Y1", UInt8(ascii: "1")),
    ("Y2", UInt8(ascii: "2")), ("Y3", UInt8(ascii: "3")), ("Y4", UInt8(ascii: "4")), ("Y5", UInt8(ascii: "5")),
    ("Y6", UInt8(ascii: "6")), ("Y7", UInt8(ascii: "7")),
  ]

  /// Every table, oldest first, each until the day before the next begins.
  static let all: [InForce<CodeScheme>] = [
    InForce(
      CodeScheme("before-2024", before2024, tokens: notRequired("D, X or #")), to: on(2024, 8, 18),
      source: "Education (Pupil Registration) (England) Regulations 2006, SI 2006/1751, reg 6"),
    InForce(
      CodeScheme(
        "2024", since2024, tokens: notRequired("D, X, C2 or #").merging(endedIn2024) { first, _ in first }),
      from: on(2024, 8, 19),
      source:
        "School Attendance (Pupil Registration) (England) Regulations 2024, SI 2024/208, reg 10; Working together to improve school attendance"
    ),
  ]

  /// The codes in force since 19 August 2024.
  private static let since2024: [CodeRule] = [
    row("/", .attending, "Present when the morning register is taken", session: .am),
    row("\\", .attending, "Present when the afternoon register is taken", session: .pm),
    row("L", .attending, "Arrived late, before the register closed", traits: [.lateBeforeClose]),
    row(
      "K", .approvedEducationalActivity, "At educational provision arranged by a local authority",
      whoOrWhen: "pupil at LA-arranged provision that is not a school where the pupil is registered",
      traits: [.provision]),
    row(
      "V", .approvedEducationalActivity, "Educational visit or trip supervised by school staff", traits: [.provision]),
    row("P", .approvedEducationalActivity, "Approved sporting activity", traits: [.provision]),
    row(
      "W", .approvedEducationalActivity, "Work experience",
      whoOrWhen: "pupils placed on work experience (normally years 10 and 11)", traits: [.provision]),
    row(
      "B", .approvedEducationalActivity, "Any other approved educational activity off site",
      whoOrWhen: "supervised provision arranged by the school; nature of provision recorded",
      traits: [.provision, .needsDetail]),
    row(
      "D", .notPossible, "Dual registered, attending (or due at) the other school",
      whoOrWhen: "dual-registered pupils only", traits: [.dualRegistered]),
    row(
      "C1", .authorisedAbsence, "Leave: regulated performance or employment abroad",
      whoOrWhen: "only with licence, exemption or justice's licence", traits: [.leave, .performanceLeave]),
    row(
      "M", .authorisedAbsence, "Leave: medical or dental appointment",
      whoOrWhen: "all schools; maintained and non-maintained special schools only within the leave rules",
      traits: [.appointment]),
    row(
      "J1", .authorisedAbsence, "Leave: interview for employment or admission",
      whoOrWhen: "all schools; maintained and non-maintained special schools only within the leave rules",
      traits: [.leave]),
    row(
      "S", .authorisedAbsence, "Leave: study for a public examination",
      whoOrWhen: "all schools; maintained and non-maintained special schools only within the leave rules",
      traits: [.leave]),
    row(
      "X", .notPossible, "Non-compulsory-school-age pupil not required to attend", ageRule: .nonCompulsoryOnly,
      whoOrWhen: "pupils outside compulsory school age", traits: [.leave]),
    row(
      "C2", .authorisedAbsence, "Leave: compulsory-school-age pupil on an agreed part-time timetable",
      ageRule: .compulsoryOnly, whoOrWhen: "temporary, exceptional, parent agrees", traits: [.partTime]),
    row(
      "C", .authorisedAbsence, "Leave: exceptional circumstance",
      whoOrWhen: "all schools; maintained and non-maintained special schools only within the leave rules",
      traits: [.leave]),
    row(
      "T", .authorisedAbsence, "Parent travelling for occupational purposes (mobile child)",
      whoOrWhen: "mobile children"),
    row(
      "R", .authorisedAbsence, "Religious observance",
      whoOrWhen: "day exclusively set apart by the parent's religious body"),
    row("I", .authorisedAbsence, "Illness (not medical or dental appointment)", traits: [.illness]),
    row("E", .authorisedAbsence, "Suspended or permanently excluded, no alternative provision", traits: [.suspension]),
    row(
      "Q", .notPossible, "Unable to attend: lack of access arrangements",
      whoOrWhen: "authority has a travel duty and has not met it"),
    row(
      "Y1", .notPossible, "Unable to attend: normal transport not available", whoOrWhen: "not within walking distance"),
    row("Y2", .notPossible, "Unable to attend: widespread travel disruption"),
    row("Y3", .notPossible, "Unable to attend: part of premises closed", traits: [.partlyClosed]),
    row("Y4", .notPossible, "Unable to attend: whole site unexpectedly closed", traits: [.siteClosed]),
    row("Y5", .notPossible, "Unable to attend: criminal justice detention"),
    row("Y6", .notPossible, "Unable to attend: public health law or guidance"),
    row(
      "Y7", .notPossible, "Unable to attend: other unavoidable cause affecting the pupil",
      whoOrWhen: "cause must be recorded", traits: [.needsDetail]),
    row("G", .unauthorisedAbsence, "Holiday without leave", traits: [.penaltyNotice, .attendanceReturn, .holiday]),
    row(
      "N", .unauthorisedAbsence, "Reason not yet established", whoOrWhen: "must be replaced within five school days",
      traits: [.penaltyNotice, .attendanceReturn, .unexplained, .reasonNotEstablished]),
    row(
      "O", .unauthorisedAbsence, "Absent in other or unknown circumstances",
      traits: [.penaltyNotice, .attendanceReturn, .unexplained, .noReasonFound]),
    row(
      "U", .unauthorisedAbsence, "Arrived after the register closed",
      traits: [.penaltyNotice, .attendanceReturn, .lateAfterClose]),
    row(
      "#", .notCollected, "Planned whole-school closure", whoOrWhen: "calendar marker, not a session",
      traits: [.plannedClosure]),
    row(
      "Z", .notCollected, "Prospective pupil not on the admission register", whoOrWhen: "not on roll",
      traits: [.prospective]),
  ]

  private static let former = "As in the table until 18 August 2024"

  /// The codes until 18 August 2024.
  private static let before2024: [CodeRule] = [
    row("#", .notCollected, former, traits: [.plannedClosure]),
    row("/", .attending, former),
    row("B", .approvedEducationalActivity, former, traits: [.provision, .needsDetail]),
    row("C", .authorisedAbsence, former, traits: [.leave]),
    row("D", .notPossible, former, traits: [.dualRegistered]),
    row("E", .authorisedAbsence, former, traits: [.suspension]),
    row("F", .authorisedAbsence, former),
    row("G", .unauthorisedAbsence, former, traits: [.holiday]),
    row("H", .authorisedAbsence, former),
    row("I", .authorisedAbsence, former),
    row("J", .approvedEducationalActivity, former),
    row("L", .attending, former, traits: [.lateBeforeClose]),
    row("M", .authorisedAbsence, former),
    row("N", .unauthorisedAbsence, former, traits: [.reasonNotEstablished]),
    row("O", .unauthorisedAbsence, former, traits: [.noReasonFound]),
    row("P", .approvedEducationalActivity, former, traits: [.provision]),
    row("R", .authorisedAbsence, former),
    row("S", .authorisedAbsence, former, traits: [.leave]),
    row("T", .authorisedAbsence, former),
    row("U", .unauthorisedAbsence, former, traits: [.lateAfterClose]),
    row("V", .approvedEducationalActivity, former, traits: [.provision]),
    row("W", .approvedEducationalActivity, former, traits: [.provision]),
    row("X", .notPossible, former, traits: [.leave]),
    row("Y", .notPossible, former),
    row("Z", .notCollected, former, traits: [.prospective]),
    row("\\", .attending, former),
  ]

  /// What becomes of the codes that ended on 18 August 2024 in later sessions.
  private static let endedIn2024: [String: ImportDecision] = [
    "J": .acceptFlagged(known("J1"), note: "J is J1 since 19 August 2024: an absence"),
    "H": ended("C if leave was given for an exceptional circumstance, else G"), "Y": ended("Y1 to Y7"),
    "F": .reject(reason: "code-no-longer-in-force"),
  ]

  private static func ended(_ suggestion: String) -> ImportDecision {
    .quarantine(reason: "code-no-longer-in-force", suggestion: suggestion)
  }

  /// `!`, which some systems write where attendance was not required.
  private static func notRequired(_ suggestion: String) -> [String: ImportDecision] {
    ["!": .quarantine(reason: "no-attendance-required", suggestion: suggestion)]
  }

  /// Tokens of the pandemic, each with the code that it counts as: X01 to X07 for pupils who did not attend because of
  /// coronavirus, I01 and I02 for illness.
  static let subcodes: [CodeBook.Subcode] = ["X01", "X02", "X03", "X04", "X05", "X06", "X07", "I01", "I02"].map {
    CodeBook.Subcode(
      token: $0,
      code: InForce(
        known(String($0.prefix(1))), from: on(2020, 8, 1), to: on(2022, 8, 31),
        source:
          "DfE, Addendum: recording attendance in relation to coronavirus (COVID-19) during the 2020 to 2021, and the 2021 to 2022, academic year"
      ), later: $0.hasPrefix("I") ? "I" : "I where the pupil was ill, otherwise the code that fits")
  }

  private static func row(
    _ code: String, _ statisticalClass: StatisticalClass, _ meaning: String, session: Session? = nil,
    ageRule: AgeRule = .any, whoOrWhen: String = "all schools", traits: CodeTraits = []
  ) -> CodeRule {
    CodeRule(
      known(code), statisticalClass, meaning, session: session, ageRule: ageRule, whoOrWhen: whoOrWhen, traits: traits)
  }

  private static func known(_ text: String) -> AttendanceCode {
    guard let code = AttendanceCode(text) else { preconditionFailure("a code in a table is no code") }
    return code
  }
}

extension AttendanceCode {
  /// What is entered for a pupil who is present when the register is taken, where a file says only that.
  public static func present(_ session: Session) -> String { session == .am ? "/" : "\\" }
}
