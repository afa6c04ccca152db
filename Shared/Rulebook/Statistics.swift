/// Session counts and the national formulae (`attendance.md` 8): every rate over possible sessions.
public struct Statistics: Hashable, Sendable {
  public private(set) var attending = 0
  public private(set) var approvedActivity = 0
  public private(set) var authorised = 0
  public private(set) var unauthorised = 0
  public private(set) var notPossible = 0
  public private(set) var notCollected = 0
  /// Sessions late, before the register closed.
  public private(set) var lateBeforeClose = 0
  /// Sessions late, after the register closed.
  public private(set) var lateAfterClose = 0

  public init() {}

  /// Counts sessions of a code; of one that is not in the scheme, none.
  public mutating func add(_ code: AttendanceCode, count: Int = 1, scheme: CodeScheme) {
    add(scheme.traits(code), count: count)
  }

  /// Counts sessions by what the rules ask of their code.
  public mutating func add(_ traits: CodeTraits, count: Int) {
    if traits.contains(.attending) { attending += count }
    if traits.contains(.approvedActivity) { approvedActivity += count }
    if traits.contains(.authorised) { authorised += count }
    if traits.contains(.unauthorised) { unauthorised += count }
    if traits.contains(.notPossible) { notPossible += count }
    if traits.contains(.notCollected) { notCollected += count }
    if traits.contains(.lateBeforeClose) { lateBeforeClose += count }
    if traits.contains(.lateAfterClose) { lateAfterClose += count }
  }

  /// The sum of both.
  public static func + (a: Statistics, b: Statistics) -> Statistics {
    var sum = a
    sum.attending += b.attending
    sum.approvedActivity += b.approvedActivity
    sum.authorised += b.authorised
    sum.unauthorised += b.unauthorised
    sum.notPossible += b.notPossible
    sum.notCollected += b.notCollected
    sum.lateBeforeClose += b.lateBeforeClose
    sum.lateAfterClose += b.lateAfterClose
    return sum
  }

  public var present: Int { attending + approvedActivity }
  public var absent: Int { authorised + unauthorised }
  public var possible: Int { present + absent }
  public var attendancePercent: String? { Self.percent(present, of: possible) }
  public var absencePercent: String? { Self.percent(absent, of: possible) }
  public var authorisedPercent: String? { Self.percent(authorised, of: possible) }
  public var unauthorisedPercent: String? { Self.percent(unauthorised, of: possible) }

  /// Whether at least the threshold's share of the possible sessions was missed; exact, never on a rounded figure.
  public func meets(_ threshold: AbsenceThreshold) -> Bool {
    possible > 0 && absent * threshold.outOf >= possible * threshold.parts
  }

  /// 100 × part / whole to one decimal, half up; `nil` without a whole (ATT-4, ATT-5).
  public static func percent(_ part: Int, of whole: Int) -> String? {
    guard whole > 0 else { return nil }
    let tenths = (2000 * part + whole) / (2 * whole)
    return "\(tenths / 10).\(tenths % 10)"
  }
}

/// A share of possible sessions, as a fraction.
public struct AbsenceThreshold: Hashable, Sendable {
  public let parts: Int
  public let outOf: Int

  public init(parts: Int, outOf: Int) {
    self.parts = parts
    self.outOf = outOf
  }

  /// The threshold of persistent absence by the first day of the year it is measured in (`attendance.md` 9).
  public static let persistent: Dated<AbsenceThreshold> = [
    InForce(
      AbsenceThreshold(parts: 20, outOf: 100), from: on(2005, 8, 1), to: on(2010, 7, 31),
      source: "A guide to absence statistics (2016)"),
    InForce(
      AbsenceThreshold(parts: 15, outOf: 100), from: on(2010, 8, 1), to: on(2015, 7, 31),
      source: "A guide to absence statistics (2016); method differed (ATT-10)"),
    InForce(
      AbsenceThreshold(parts: 10, outOf: 100), from: on(2015, 8, 1), source: "A guide to absence statistics (2016)"),
  ]

  /// The threshold of severe absence.
  public static let severe: Dated<AbsenceThreshold> = [
    InForce(AbsenceThreshold(parts: 50, outOf: 100), source: "Working together to improve school attendance")
  ]
}

/// The figures of a group: session-weighted, never the mean of percentages (ATT-6).
public struct CohortStatistics: Hashable, Sendable {
  public let total: Statistics
  /// Enrolments with at least one possible session.
  public let counted: Int
  public let persistent: Int
  public let severe: Int

  public init(_ pupils: [Statistics], persistent: AbsenceThreshold, severe: AbsenceThreshold) {
    total = pupils.reduce(Statistics(), +)
    counted = pupils.count { $0.possible > 0 }
    self.persistent = pupils.count { $0.meets(persistent) }
    self.severe = pupils.count { $0.meets(severe) }
  }

  public var persistentPercent: String? { Statistics.percent(persistent, of: counted) }
  public var severePercent: String? { Statistics.percent(severe, of: counted) }
}

/// The share of children in care whose attendance is strictly above a threshold (`attendance.md` 10).
public struct CareIndicator: Hashable, Sendable {
  public let counted: Int
  public let above: Int

  /// - Parameter minimumSessions: children with fewer possible sessions are left out: 0 for the headline figure.
  public init(_ children: [Statistics], threshold: AbsenceThreshold, minimumSessions: Int) {
    let base = children.filter { $0.possible > 0 && $0.possible >= minimumSessions }
    counted = base.count
    above = base.count { $0.present * threshold.outOf > $0.possible * threshold.parts }
  }

  public var percent: String? { Statistics.percent(above, of: counted) }
}
