import CaseFlow
import Rulebook

/// What each step waits for; the periods are those of ``AttendanceOrderProcess``.
extension AttendanceOrderCase2026 {
  typealias Guard = Flow<AttendanceOrderCase2026>.Guard

  private static let act = "Education Act 1996 ss436I, 436K; EN-27"

  private static func onDay(
    _ id: String, _ demand: String, reads: Set<Fact>, _ test: @escaping @Sendable (Facts<Fact>, Day) -> Bool
  ) -> Guard {
    Guard(id, demand, reads: reads, onDay: [.init(test, source: act)])
  }

  /// The first day after the parent's time to answer the preliminary notice.
  private static func nomination(_ facts: Facts<Fact>) -> Day? {
    facts.day(.noticeServedOn).map { $0.adding(days: AttendanceOrderProcess.periods.value(on: $0).toAnswer) }
  }

  /// The first day after the parent's time to answer the nomination.
  private static func order(_ facts: Facts<Fact>) -> Day? {
    facts.day(.nominationServedOn).map { $0.adding(days: AttendanceOrderProcess.periods.value(on: $0).toChoose) }
  }

  static let commenced = onDay("commenced", "This version of the law must be in force.", reads: [.commencement]) {
    facts, day in facts.day(.commencement).map { $0 <= day } ?? false
  }
  static let ofAge = onDay("of-age", "The child must be of compulsory school age.", reads: [.ageFrom, .ageTo]) {
    facts, day in
    guard let from = facts.day(.ageFrom), let to = facts.day(.ageTo) else { return false }
    return from <= day && day <= to
  }
  static let ageOver = onDay("age-over", "The child must have left compulsory school age.", reads: [.ageTo]) {
    facts, day in facts.day(.ageTo).map { $0 < day } ?? false
  }
  static let expedient = Guard.yes(
    .expedient, "expedient", "It must be expedient that the child attends school.", source: act)
  static let nominationDue = onDay(
    "nomination-due", "The nomination must be served after the time to answer, and not in the future.",
    reads: [.noticeServedOn, .nominationServedOn]
  ) { facts, day in
    guard let served = facts.day(.nominationServedOn), let due = nomination(facts) else { return false }
    return due <= served && served <= day
  }
  static let choiceInTime = onDay(
    "choice-in-time", "The parent must have chosen in the time for it.", reads: [.nominationServedOn, .choiceOn]
  ) { facts, day in
    guard let chosen = facts.day(.choiceOn), let served = facts.day(.nominationServedOn), let end = order(facts)
    else { return false }
    return served <= chosen && chosen < end && chosen <= day
  }
  static let choiceOver = onDay(
    "choice-over", "The time to choose must be over.", reads: [.nominationServedOn]
  ) { facts, day in order(facts).map { $0 <= day } ?? false }
  static let orderInTime = onDay(
    "order-in-time", "The order must be served after the time to choose, and leave time to register.",
    reads: [.nominationServedOn, .orderServedOn, .registerBy]
  ) { facts, day in
    guard let served = facts.day(.orderServedOn), let by = facts.day(.registerBy), let due = order(facts)
    else { return false }
    return due <= served && served <= day && served < by
  }
  static let registered = Guard.yes(
    .registered, "registered", "The child must be on the roll of the school that is named, and attend.", source: act)
  static let notRegistered = Guard.no(
    .registered, "not-registered", "The child must not be on the roll of the school that is named.", source: act)
  static let breachAfter = onDay(
    "breach-after", "The day of the breach must be after the day to register by, and not in the future.",
    reads: [.registerBy, .breachOn]
  ) { facts, day in
    guard let by = facts.day(.registerBy), let breach = facts.day(.breachOn) else { return false }
    return by < breach && breach <= day
  }
}
