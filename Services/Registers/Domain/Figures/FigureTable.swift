public import Rulebook

/// How many sessions of a code, by half day.
public struct HalfDays: Hashable, Sendable {
  public var am = 0
  public var pm = 0
  public var sessions: Int { am + pm }

  public init(am: Int = 0, pm: Int = 0) {
    self.am = am
    self.pm = pm
  }
}

/// The counts of one group. Rates are session-weighted (ATT-6); persistent and severe absence count enrolments
/// (`indicators.md` 3.1).
public struct FigureGroup: Hashable, Sendable {
  /// The school's URN, the area's code, the year group, the Monday of the week, the first day of the month and so on;
  /// empty for what belongs to none.
  public let key: String
  public internal(set) var statistics = Statistics()
  /// Enrolments with at least one possible session.
  public internal(set) var counted = 0
  public internal(set) var persistent = 0
  public internal(set) var severe = 0
  /// Counted enrolments with fewer possible sessions than mean much (ATT-9).
  public internal(set) var shortRecords = 0
  /// The most possible sessions of one enrolment.
  public internal(set) var longestRecord = 0
  /// By register byte, the afternoons 128 further on.
  var halves = [Int](repeating: 0, count: 2 * MarkHistogram.bytes)

  init(key: String) { self.key = key }

  /// Sessions of a code.
  public subscript(code: AttendanceCode) -> HalfDays {
    HalfDays(
      am: halves[Int(code.registerByte)], pm: halves[MarkHistogram.bytes + Int(code.registerByte)])
  }

  /// The codes that occur, in the order of their texts.
  public var codes: [(code: AttendanceCode, sessions: HalfDays)] {
    AttendanceCode.all.map { ($0, self[$0]) }.filter { $0.1.sessions > 0 }.sorted { $0.0 < $1.0 }
  }

  /// Whether it has a mark.
  var isMarked: Bool { halves.contains { $0 > 0 } }

  /// Takes in one enrolment.
  mutating func add(enrolment: Statistics, persistent: AbsenceThreshold?, severe: AbsenceThreshold?, short: Int) {
    guard enrolment.possible > 0 else { return }
    counted += 1
    if let persistent, enrolment.meets(persistent) { self.persistent += 1 }
    if let severe, enrolment.meets(severe) { self.severe += 1 }
    if enrolment.possible < short { shortRecords += 1 }
    longestRecord = max(longestRecord, enrolment.possible)
  }
}

/// The counts that answer a question.
public struct FigureTable: Hashable, Sendable {
  public let query: FigureQuery
  /// Every enrolment once, also where it is in several groups.
  public let total: FigureGroup
  /// Those with a mark, in the order of their keys.
  public let groups: [FigureGroup]

  /// Whether persistent and severe absence mean anything for the period (ATT-9): not for a week, not over several
  /// school years with thresholds of their own, and not before anybody had as many possible sessions as a record needs.
  public var persistenceMeans: Bool {
    if query.grouping == .week || query.grouping == .month { return false }
    return SchoolYear(containing: query.period.first) == SchoolYear(containing: query.period.last)
      && total.longestRecord >= FigureRules.value(FigureRules.shortRecord, on: query.period.first)
  }
}
