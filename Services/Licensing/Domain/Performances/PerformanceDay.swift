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

  public let times: Times
  /// That of the age on the day.
  public let band: PerformanceTerms.Band
  /// In minutes that pass (LIC-12).
  public let presentMinutes: Int
  /// Performing and rehearsing in all.
  public let performingMinutes: Int
  /// What is broken, where, and what would be lawful instead; in the order of the rules' ids.
  public let breaches: [PerformanceBreach]
  /// In the order of their ids.
  public var violations: [PerformanceRule] { Set(breaches.map(\.rule)).sorted() }

  public init(_ times: Times, under terms: Dated<PerformanceTerms> = PerformanceTerms.england) {
    let terms = terms.value(on: times.atPlace.start.day)
    band = terms.band(age: times.atPlace.start.day.age(bornOn: times.dateOfBirth))
    self.times = times
    presentMinutes = times.atPlace.length
    performingMinutes = times.parts.reduce(0) { $0 + $1.span.length }
    breaches = DayJudge(times, band, terms).breaches.sorted { $0.rule < $1.rule }
  }
}

/// The rules of one day, each with the stretch in which it is broken.
private struct DayJudge {
  let times: PerformanceDay.Times
  let band: PerformanceTerms.Band
  let terms: PerformanceTerms

  init(_ times: PerformanceDay.Times, _ band: PerformanceTerms.Band, _ terms: PerformanceTerms) {
    (self.times, self.band, self.terms) = (times, band, terms)
  }

  private var place: LocalSpan { times.atPlace }

  var breaches: [PerformanceBreach] { hours + present + total + continuous + gaps + breaks }

  private func breach(
    _ rule: PerformanceRule, _ from: LocalMoment, _ to: LocalMoment, _ instead: String
  ) -> PerformanceBreach {
    PerformanceBreach(rule, on: place.start.day, at: LocalSpan(from, to) ?? place, instead: instead)
  }

  private var hours: [PerformanceBreach] {
    guard !times.isHomeOrSchool, !times.isNightWorkPermitted else { return [] }
    var found: [PerformanceBreach] = []
    let (earliest, latest) = (
      LocalMoment(place.start.day, band.earliest), LocalMoment(place.start.day, band.latest)
    )
    if place.start.time < band.earliest {
      found.append(
        breach(
          .early, place.start, min(earliest, place.end), "Arrive at \(band.earliest) or later, or apply for night work."
        ))
    }
    if place.start.day < place.end.day || band.latest < place.end.time {
      found.append(
        breach(.late, max(latest, place.start), place.end, "Leave by \(band.latest), or apply for night work."))
    }
    return found
  }

  private var present: [PerformanceBreach] {
    guard place.length > band.present else { return [] }
    let last = place.start.adding(minutes: band.present, atMost: true)
    return [
      breach(.present, last, place.end, "Leave by \(last.time): at most \(band.present.hours) at the place.")
    ]
  }

  private var total: [PerformanceBreach] {
    var done = 0
    for part in times.parts {
      done += part.span.length
      guard done > band.performing else { continue }
      let end = times.parts.map(\.span.end).max() ?? part.span.end
      let all = times.parts.reduce(0) { $0 + $1.span.length }
      return [
        breach(
          .total, part.span.end.adding(minutes: band.performing - done), end,
          "Perform and rehearse for at most \(band.performing.hours): \((all - band.performing).hours) less.")
      ]
    }
    return []
  }

  private var continuous: [PerformanceBreach] {
    var found: [PerformanceBreach] = []
    var (stretch, isFound) = (0, false)
    var start: LocalMoment?
    var last: LocalMoment?
    for part in times.parts {
      if let last, last.minutes(until: part.span.start) >= terms.shortestPause {
        (stretch, isFound, start) = (0, false, nil)
      }
      stretch += part.span.length
      start = start ?? part.span.start
      last = max(last ?? part.span.end, part.span.end)
      guard stretch > band.continuous, !isFound, let start else { continue }
      isFound = true
      let pause = part.span.end.adding(minutes: band.continuous - stretch)
      found.append(
        breach(
          .continuous, start, part.span.end,
          "Pause for \(terms.shortestPause) minutes or more by \(max(pause, start).time)."))
    }
    return found
  }

  private var gaps: [PerformanceBreach] {
    let whole = times.parts.filter { $0.kind == .performance }
    return zip(whole, whole.dropFirst()).compactMap { earlier, later in
      guard earlier.span.end.minutes(until: later.span.start) < terms.gap else { return nil }
      let first = earlier.span.end.adding(minutes: terms.gap)
      return breach(
        .gap, min(earlier.span.end, later.span.start), max(earlier.span.end, later.span.start),
        "Begin the next performance at \(first.time) or later.")
    }
  }

  /// The longest break is the meal (LIC-11).
  private var breaks: [PerformanceBreach] {
    guard place.length > terms.breaksAbove else { return [] }
    let breaks = times.breaks.map(\.length).sorted(by: >)
    let rests = breaks.dropFirst().count { $0 >= terms.shortestPause }
    let needed = band.secondRestFrom.map { $0 <= place.length } ?? false ? 2 : 1
    let hasMeal = (breaks.first ?? 0) >= terms.shortestMeal
    guard !hasMeal || rests < needed else { return [] }
    return [
      breach(
        .breaks, place.start, place.end,
        "Give a meal of \(terms.shortestMeal) minutes and \(needed) \(needed == 1 ? "rest" : "rests") of "
          + "\(terms.shortestPause): there \(hasMeal ? "is a meal" : "is no meal") and \(max(0, rests)) of the rests.")
    ]
  }
}
