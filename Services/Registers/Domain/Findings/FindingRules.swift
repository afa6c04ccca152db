public import Contracts
public import Rulebook

/// The law and the interpretations behind findings, as dated data.
public enum FindingRules {
  /// What the code of an absence is that nobody has explained yet. The guidance speaks of unexplained absence: a reason not
  /// yet established is one, and so are unknown circumstances (a choice of this product).
  public static let unexplained: Dated<CodeTraits> = [
    InForce(
      .unexplained, from: framework,
      source:
        "Working together to improve school attendance: unexplained absence is told to a child's social or youth worker"
    )
  ]
  /// School days in a row of absence that counts toward an attendance return, and make one due (ATT-12).
  public static let continuousAbsence: Dated<Int> = [
    InForce(
      10, from: framework,
      source: "School Attendance (Pupil Registration) (England) Regulations 2024, reg 13; ATT-12")
  ]
  /// School days in a row after which ground (i) can be met.
  public static let extendedAbsence: Dated<Int> = [
    InForce(
      20, from: framework,
      source: "School Attendance (Pupil Registration) (England) Regulations 2024, reg 9(1)(i)")
  ]
  /// School days that hold a mark of illness since 1 September, consecutive or not, that make a sickness return due: one session or
  /// two is a day (ATT-13).
  public static let sickness: Dated<Int> = [
    InForce(
      15, from: framework,
      source: "School Attendance (Pupil Registration) (England) Regulations 2024, reg 13; ATT-13")
  ]
  /// Elapsed days on a part-time timetable beyond which the school is asked for its plan (ATT-11).
  public static let partTimeChallenged: Dated<Int> = [
    InForce(42, source: "ATT-11: local monitoring threshold of six weeks")
  ]
  /// Elapsed days on a part-time timetable beyond which a child is missing out on education (ATT-11).
  public static let partTimeMissingOut: Dated<Int> = [
    InForce(84, source: "ATT-11: local definition of missing out on education, twelve weeks")
  ]
  /// School days between two agreements that still make one spell (ATT-11).
  public static let partTimeGap: Dated<Int> = [InForce(10, source: "ATT-11")]
  /// Possible sessions below which persistent and severe absence mean little (ATT-9).
  public static let shortRecord: Dated<Int> = [InForce(40, source: "ATT-9")]

  /// The rule behind a kind of finding, on a day; `nil` when none was in force.
  public static func rule(of kind: FindingKind, on day: Day) -> RuleReference? {
    func reference<Value>(_ table: Dated<Value>) -> RuleReference? {
      table.inForce(on: day)?.reference(as: kind.rawValue)
    }
    return switch kind {
    case .unexplainedAbsence: reference(unexplained)
    case .tenDayAbsence: reference(continuousAbsence)
    case .twentyDayAbsence: reference(extendedAbsence)
    case .fifteenDaySickness: reference(sickness)
    case .persistentAbsence: reference(AbsenceThreshold.persistent)
    case .severeAbsence: reference(AbsenceThreshold.severe)
    case .partTimeSixWeeks: reference(partTimeChallenged)
    case .partTimeTwelveWeeks: reference(partTimeMissingOut)
    }
  }

  /// The day from which the rules of the 2024 Regulations apply.
  private static let framework = Day(year: 2024, month: 8, day: 19)
}

extension FindingKind {
  /// Whether it is about the share of a whole year that was missed.
  public var isShareOfYear: Bool { self == .persistentAbsence || self == .severeAbsence }

  /// Whether it is of a run or a spell of days, which a correction can lengthen at either end.
  var isOfRun: Bool {
    switch self {
    case .unexplainedAbsence, .persistentAbsence, .severeAbsence, .fifteenDaySickness: false
    case .tenDayAbsence, .twentyDayAbsence, .partTimeSixWeeks, .partTimeTwelveWeeks: true
    }
  }

  /// What the codes are of the sessions that count toward it.
  private var counted: CodeTraits {
    switch self {
    case .unexplainedAbsence: .unexplained
    case .tenDayAbsence, .twentyDayAbsence: .attendanceReturn
    case .fifteenDaySickness: .illness
    case .persistentAbsence, .severeAbsence: .absent
    case .partTimeSixWeeks, .partTimeTwelveWeeks: .partTime
    }
  }

  /// Whether a session of a code counts toward it.
  public func rests(on code: AttendanceCode, _ day: Day, codes: CodeBook) -> Bool {
    !codes.scheme(on: day).traits(code).isDisjoint(with: counted)
  }
}
