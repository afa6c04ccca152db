public import Rulebook
import SchoolFiles

/// What a school arranged for a child for some days, on which the use of a code depends (2024 Regulations reg 11; ATT-11).
public struct Arrangement: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case partTimeTimetable = "part-time-timetable"
    case suspension
    /// Approved activity or provision off site, whose attendance the provider confirms.
    case provision
    case leave
  }

  public let number: Int64
  public let registration: Int64
  public let kind: Kind
  public let first: Day
  public let last: Day?
  public let details: ArrangementDetails

  /// Whether a day is one of its.
  public func covers(_ day: Day) -> Bool { first <= day && (last.map { day <= $0 } ?? true) }
}

/// What is kept of an arrangement; which fields it must have depends on its kind.
public struct ArrangementDetails: Hashable, Sendable, Codable {
  /// Part-time timetable: `health`, `behaviour`, `reintegration` or `other`.
  public var reason: String?
  /// Part-time timetable: hours of education a week.
  public var hoursPerWeek: Double?
  public var reviewOn: Day?
  public var parentAgreedOn: Day?
  /// Part-time timetable: the sessions the child attends, like `MON-AM`.
  public var sessions: [String]?
  /// Suspension: `suspended` or `permanently-excluded`.
  public var kind: String?
  /// Provision: what it is, and who gives it.
  public var nature: String?
  public var provider: String?
  /// Leave: the code it is entered as.
  public var code: AttendanceCode?

  public init() {}
}

extension Arrangement {
  /// Hours of a full week in school: more is not part-time.
  public static let fullWeekHours: Dated<Double> = [
    InForce(32.5, source: "The length of the school week: minimum expectation, non-statutory guidance (2023)")
  ]
  private static let reasons: Set = ["health", "behaviour", "reintegration", "other"]
  private static let exclusions: Set = ["suspended", "permanently-excluded"]
  private static let textBytes = 200
  private static let halfDays = Set(
    ["MON", "TUE", "WED", "THU", "FRI"].flatMap { day in ["\(day)-AM", "\(day)-PM"] })
  /// The longest that is agreed at once, days.
  private static let mostDays = 366

  /// What is wrong with an arrangement.
  ///
  /// - Parameter compulsory: the child's days of compulsory school age: part-time timetables are for these only.
  public static func faults(
    _ kind: Kind, first: Day, last: Day?, details: ArrangementDetails, onRoll: DayRange, compulsory: DayRange,
    codes book: CodeBook = .england
  ) -> Faults {
    var faults = Faults()
    func isText(_ text: String?) -> Bool {
      text.map { !$0.isEmpty && $0.utf8.count <= textBytes && !$0.hasControls } ?? false
    }
    faults.require(onRoll.contains(first), "/first", "must be a day on the roll")
    if let last {
      faults.require(first <= last, "/last", "must be on or after the first day")
      faults.require(last - first < mostDays, "/last", "must be within \(mostDays) days of the first")
      faults.require(last <= onRoll.last, "/last", "must be a day on the roll")
    }
    switch kind {
    case .partTimeTimetable:
      faults.require(compulsory.contains(first), "/first", "must be a day of compulsory school age")
      faults.require(
        details.reason.map(reasons.contains) ?? false, "/details/reason",
        "must be one of: \(reasons.sorted().joined(separator: ", "))")
      let full = fullWeekHours.value(on: first)
      faults.require(
        details.hoursPerWeek.map { $0 >= 0 && $0 < full } ?? false, "/details/hoursPerWeek",
        "must be less than a full week")
      faults.require(
        details.reviewOn.map { $0 >= first } ?? false, "/details/reviewOn", "must be on or after the first day")
      faults.require(details.parentAgreedOn != nil, "/details/parentAgreedOn", "is required")
      let pattern = details.sessions ?? []
      faults.require(
        Set(pattern).count == pattern.count && halfDays.isSuperset(of: pattern), "/details/sessions",
        "must be half days like MON-AM, each once")
    case .suspension:
      faults.require(
        details.kind.map(exclusions.contains) ?? false, "/details/kind",
        "must be one of: \(exclusions.sorted().joined(separator: ", "))")
    case .provision:
      faults.require(isText(details.nature), "/details/nature", "must have 1 to \(textBytes) bytes")
      faults.require(isText(details.provider), "/details/provider", "must have 1 to \(textBytes) bytes")
    case .leave:
      // Leave is entered by the codes of the table in force on its first day (2024 Regulations, reg 11).
      let codes = book.scheme(on: first).codes(.leave)
      faults.require(
        details.code.map(codes.contains) ?? false, "/details/code",
        "must be one of: \(codes.map(\.text).joined(separator: ", "))")
      faults.require(last != nil, "/last", "is required")
    }
    return faults
  }

  /// Only what belongs to the kind is kept.
  public static func kept(_ details: ArrangementDetails, of kind: Kind) -> ArrangementDetails {
    var kept = ArrangementDetails()
    switch kind {
    case .partTimeTimetable:
      kept.reason = details.reason
      kept.hoursPerWeek = details.hoursPerWeek
      kept.reviewOn = details.reviewOn
      kept.parentAgreedOn = details.parentAgreedOn
      kept.sessions = details.sessions
    case .suspension: kept.kind = details.kind
    case .provision:
      kept.nature = details.nature
      kept.provider = details.provider
    case .leave: kept.code = details.code
    }
    return kept
  }
}
