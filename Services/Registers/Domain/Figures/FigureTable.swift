public import Rulebook

/// How many sessions of a code, by half day.
public struct HalfDays: Hashable, Sendable {
  public var am = 0
  public var pm = 0
  public var sessions: Int { am + pm }
}

/// The counts of one group. Rates are session-weighted (ATT-6); persistent and severe absence count enrolments.
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
  /// Possible sessions by register byte, the afternoons 128 further on; then those that were not possible on their day.
  private var halves = [Int](repeating: 0, count: 4 * MarkHistogram.bytes)

  init(key: String) { self.key = key }

  /// Takes in sessions of a code.
  mutating func add(_ byte: Int, am: Int, pm: Int, isPossible: Bool) {
    let place = isPossible ? byte : 2 * MarkHistogram.bytes + byte
    halves[place] += am
    halves[place + MarkHistogram.bytes] += pm
  }

  /// Possible sessions of a code.
  func possible(_ code: AttendanceCode) -> HalfDays { halves(from: Int(code.registerByte)) }

  /// Sessions of a code, possible or not.
  public subscript(code: AttendanceCode) -> HalfDays {
    let (possible, other) = (possible(code), halves(from: 2 * MarkHistogram.bytes + Int(code.registerByte)))
    return HalfDays(am: possible.am + other.am, pm: possible.pm + other.pm)
  }

  private func halves(from place: Int) -> HalfDays {
    HalfDays(am: halves[place], pm: halves[place + MarkHistogram.bytes])
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
      && total.longestRecord >= FigureRules.shortRecord.value(on: query.period.first)
  }
}
