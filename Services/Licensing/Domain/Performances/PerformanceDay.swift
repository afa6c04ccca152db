public import Rulebook

/// One child's day at a place of performance, judged by the Regulations' hours (regs 19 to 24).
public struct PerformanceDay: Hashable, Sendable {
  /// Something that the child does in it.
  public struct Part: Hashable, Sendable, Codable {
    /// What it is.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
      /// A whole performance: only these need the time between them (LIC-10).
      case performance
      case take, rehearsal
    }

    public let kind: Kind
    public let span: LocalSpan

    public init(_ kind: Kind, _ span: LocalSpan) {
      self.kind = kind
      self.span = span
    }
  }

  /// What is judged.
  public struct Times: Hashable, Sendable {
    public let dateOfBirth: Day
    /// From arriving to leaving: lessons, waiting and breaks are in it, travel is not.
    public let atPlace: LocalSpan
    /// In the order of time.
    public let parts: [Part]
    /// Meals and rests; which is which goes by their length (LIC-11).
    public let breaks: [LocalSpan]
    /// Whether the child lives or is educated at the place: then no hour is too early or too late.
    public var isHomeOrSchool = false
    /// Whether the authority has permitted night work on the day (reg 28).
    public var isNightWorkPermitted = false

    public init(dateOfBirth: Day, atPlace: LocalSpan, parts: [Part], breaks: [LocalSpan]) {
      self.dateOfBirth = dateOfBirth
      self.atPlace = atPlace
      self.parts = parts.sorted { ($0.span.start, $0.span.end) < ($1.span.start, $1.span.end) }
      self.breaks = breaks
    }
  }

  /// That of the age on the day.
  public let band: PerformanceTerms.Band
  /// In minutes that pass (LIC-12).
  public let presentMinutes: Int
  /// Performing and rehearsing in all.
  public let performingMinutes: Int
  /// In the order of their ids.
  public let violations: [PerformanceRule]

  public init(_ times: Times, under terms: Dated<PerformanceTerms> = PerformanceTerms.england) {
    let day = times.atPlace.start.day
    let terms = terms.value(on: day)
    let band = terms.band(age: day.age(bornOn: times.dateOfBirth))
    let performing = times.parts.reduce(0) { $0 + $1.span.length }
    var violations = Self.hours(times, band)
    if times.atPlace.length > band.present { violations.append(.present) }
    if performing > band.performing { violations.append(.total) }
    if Self.longestStretch(times.parts, terms) > band.continuous { violations.append(.continuous) }
    if Self.isGapShort(times.parts, terms) { violations.append(.gap) }
    if Self.lacksBreaks(times, band, terms) { violations.append(.breaks) }
    self.band = band
    presentMinutes = times.atPlace.length
    performingMinutes = performing
    self.violations = violations.sorted()
  }

  private static func hours(_ times: Times, _ band: PerformanceTerms.Band) -> [PerformanceRule] {
    guard !times.isHomeOrSchool, !times.isNightWorkPermitted else { return [] }
    let (start, end) = (times.atPlace.start, times.atPlace.end)
    return (start.time < band.earliest ? [.early] : [])
      + (start.day < end.day || band.latest < end.time ? [.late] : [])
  }

  private static func longestStretch(_ parts: [Part], _ terms: PerformanceTerms) -> Int {
    var (longest, stretch) = (0, 0)
    var last: LocalMoment?
    for part in parts {
      if let last, last.minutes(until: part.span.start) >= terms.shortestPause { stretch = 0 }
      stretch += part.span.length
      longest = max(longest, stretch)
      last = max(last ?? part.span.end, part.span.end)
    }
    return longest
  }

  private static func isGapShort(_ parts: [Part], _ terms: PerformanceTerms) -> Bool {
    let whole = parts.filter { $0.kind == .performance }
    return zip(whole, whole.dropFirst()).contains { $0.span.end.minutes(until: $1.span.start) < terms.gap }
  }

  /// The longest break is the meal (LIC-11).
  private static func lacksBreaks(
    _ times: Times, _ band: PerformanceTerms.Band, _ terms: PerformanceTerms
  ) -> Bool {
    let present = times.atPlace.length
    guard present > terms.breaksAbove else { return false }
    let breaks = times.breaks.map(\.length).sorted(by: >)
    let rests = breaks.dropFirst().count { $0 >= terms.shortestPause }
    let needed = band.secondRestFrom.map { $0 <= present } ?? false ? 2 : 1
    return (breaks.first ?? 0) < terms.shortestMeal || rests < needed
  }
}
