import CaseFlow
import Rulebook

/// What each step to an order waits for; the days are those of ``SchoolAttendanceOrder``.
extension AttendanceOrderCase {
  typealias Guard = Flow<AttendanceOrderCase>.Guard

  private static let days = "Education Act 1996 ss437(2), 438(3), 439(6); EN-4"

  /// The days between the steps, as far as they have come.
  private static func course(_ facts: Facts<Fact>) -> SchoolAttendanceOrder? {
    guard let from = facts.day(.ageFrom), let to = facts.day(.ageTo), from <= to,
      let notice = facts.day(.noticeServedOn)
    else { return nil }
    return SchoolAttendanceOrder(
      compulsoryAge: DayRange(first: from, last: to), noticeServed: notice,
      nominationServed: facts.day(.nominationServedOn), schoolConsulted: facts.day(.consultedOn),
      orderServed: facts.day(.orderServedOn))
  }

  private static let courseFacts: Set<Fact> = [
    .ageFrom, .ageTo, .noticeServedOn, .nominationServedOn, .consultedOn, .orderServedOn,
  ]

  private static func onCourse(
    _ id: String, _ demand: String, reads more: Set<Fact> = [],
    _ test: @escaping @Sendable (SchoolAttendanceOrder, Facts<Fact>, Day) -> Bool
  ) -> Guard {
    Guard(
      id, demand, reads: courseFacts.union(more),
      onDay: [.init({ facts, day in course(facts).map { test($0, facts, day) } ?? false }, source: days)])
  }

  // MARK: The child

  static let ofAge = Guard(
    "of-age", "The child must be of compulsory school age.", reads: [.ageFrom, .ageTo],
    onDay: [
      .init(
        { facts, day in
          guard let from = facts.day(.ageFrom), let to = facts.day(.ageTo) else { return false }
          return from <= day && day <= to
        }, source: "Education Act 1996 ss8, 437(1)")
    ])
  static let ageOver = Guard(
    "age-over", "The child must have left compulsory school age.", reads: [.ageTo],
    onDay: [
      .init({ facts, day in facts.day(.ageTo).map { $0 < day } ?? false }, source: "Education Act 1996 ss8, 437(6)")
    ])
  static let resident = Guard.yes(
    .resident, "resident", "The child must live in the authority's area.", source: "Education Act 1996 s437(1)")
  static let registered = Guard.yes(
    .registered, "registered", "The child must be on the roll of the school that is named.",
    source: "Education Act 1996 s443(1)")
  static let notRegistered = Guard.no(
    .registered, "not-registered", "The child must not be on the roll of the school that is named.",
    source: "Education Act 1996 s443(1)")

  static let noHardConflict = Guard.noHardConflict(.conflict, "Nothing may exclude an order.")
  static let noConflict = Guard.noConflict(.conflict, "Nothing may stand in the way.")

  // MARK: The steps

  static let expedient = Guard.yes(
    .expedient, "expedient", "It must be expedient that the child attends school.",
    source: "Education Act 1996 s437(3)")
  static let noPlan = Guard.no(
    .planNamesSchool, "no-plan", "The school of a plan is named without a choice.", source: "Education Act 1996 s441")
  static let planNames = Guard.yes(
    .planNamesSchool, "plan-names-school", "The child's plan must name the school.", source: "Education Act 1996 s441")
  static let satisfyOver = onCourse("satisfy-over", "The time to satisfy the authority must be over.") {
    $0.earliestNomination <= $2
  }
  static let nominationDue = onCourse(
    "nomination-due", "The schools must be named after the time to satisfy the authority is over."
  ) { course, _, _ in !course.violations.contains(.nominationEarly) }
  static let nominationServed = Guard.past(
    .nominationServedOn, "nomination-served", "The day of service must not be in the future.",
    source: "Education Act 1996 s438(2)")
  static let consulted = Guard.past(
    .consultedOn, "consulted", "The school must have been consulted.", source: "Education Act 1996 s439(4), (5)")
  static let choiceInTime = onCourse(
    "choice-in-time", "The parent must have chosen in the time for it.", reads: [.choiceOn]
  ) { course, facts, day in
    guard let chosen = facts.day(.choiceOn), let served = facts.day(.nominationServedOn),
      let last = course.lastDayToChoose
    else { return false }
    return served <= chosen && chosen <= min(last, day)
  }
  static let choiceOver = onCourse(
    "choice-over", "The time of the parent to choose, and that of the school, must be over."
  ) { course, _, day in course.earliestOrder.map { $0 <= day } ?? false }
  static let orderInTime = onCourse(
    "order-in-time", "The order must be served after the times before it, and not in the future.",
    reads: [.planNamesSchool]
  ) { course, facts, day in
    guard let served = facts.day(.orderServedOn), served <= day else { return false }
    guard facts.flag(.planNamesSchool) == true else { return course.violations.isEmpty }
    return course.earliestNomination <= served && !course.violations.contains(.notOfAge)
  }
  static let registerAfter = Guard(
    "register-after", "The day to register by must be after the day of service.", reads: [.orderServedOn, .registerBy],
    [
      .init(
        { facts in facts.day(.orderServedOn).flatMap { day in facts.day(.registerBy).map { day < $0 } } ?? false },
        source: "EN-23")
    ])

  // MARK: The breach

  static let reminded = Guard.past(
    .remindedOn, "reminded", "The parent must have been reminded.", source: "EN-26")
  static let breachAfter = Guard(
    "breach-after", "The day of the breach must be after the day to register by, and not in the future.",
    reads: [.registerBy, .breachOn],
    onDay: [
      .init(
        { facts, day in
          guard let by = facts.day(.registerBy), let breach = facts.day(.breachOn) else { return false }
          return by < breach && breach <= day
        }, source: "Education Act 1996 s443(1)")
    ])
}
