import CaseFlow
import Rulebook

/// What must be so for an education supervision order, and how long it and its extensions last.
extension SupervisionOrderCase {
  typealias Guard = Flow<SupervisionOrderCase>.Guard

  private static let lengths = "Children Act 1989 Sch 3 para 15"

  static let ofAge = Guard(
    "of-age", "The child must be of compulsory school age.", reads: [.ageFrom, .ageTo],
    onDay: [
      .init(
        { facts, day in
          guard let from = facts.day(.ageFrom), let to = facts.day(.ageTo) else { return false }
          return from <= day && day <= to
        }, source: "Children Act 1989 s36(3)")
    ])
  static let notInCare = Guard.no(
    .inCare, "not-in-care", "No order is made for a child in care.", source: "Children Act 1989 s36(6)")
  static let alternatives = Guard.yes(
    .alternatives, "alternatives", "What was tried instead must be on record.", source: "Children Act 1989 s1(5); EN-24"
  )
  static let noHardConflict = Guard.noHardConflict(.conflict, "Nothing may exclude an order.")
  static let noConflict = Guard.noConflict(.conflict, "Nothing may stand in the way.")

  // MARK: A court's direction

  static let directed = Guard.past(
    .directedOn, "directed", "The day of the direction must not be in the future.", source: "Education Act 1996 s447(2)"
  )
  static let reportDay = Guard(
    "report-day",
    "The last day of the report is eight weeks beginning with the direction, unless the court set another.",
    reads: [.directedOn, .reportBy, .courtSetReport],
    [
      .init(
        { facts in
          guard let directed = facts.day(.directedOn), let by = facts.day(.reportBy) else { return false }
          if facts.flag(.courtSetReport) == true { return directed <= by }
          return by == CourtClocks.lastDayToReport(directedOn: directed)
        }, source: "Education Act 1996 s447(4)")
    ])
  static let consultedIfDirected = Guard(
    "consulted", "Where a court directed it, social services must have answered first.", reads: [.directedOn, .reply],
    [.init({ $0.day(.directedOn) == nil || $0.text(.reply) != nil }, source: "Education Act 1996 s447(2)")])

  // MARK: How long

  static let madeInPast = Guard.past(
    .madeOn, "made", "The day on which it was made must not be in the future.", source: lengths)
  static let yearLong = Guard(
    "year-long", "The order must last one year, beginning with the day on which it was made.",
    reads: [.madeOn, .lastDay],
    [
      .init(
        { facts in
          facts.day(.madeOn).map { EducationSupervisionOrder.lastDay(made: $0) == facts.day(.lastDay) } ?? false
        }, source: lengths)
    ])

  static let extensionGuards: [Guard] = [
    length(.early, "An extension is applied for in the last three months."),
    length(.late, "An extension is applied for before the order, or compulsory school age, ends."),
    length(.long, "One extension adds three years at most."),
    length(.noGain, "An extension ends after the order."),
    .past(
      .extensionAppliedOn, "extension-applied", "The day of the application must not be in the future.", source: lengths
    ),
  ]

  private static func length(_ violation: EducationSupervisionOrder.Violation, _ demand: String) -> Guard {
    Guard(
      violation.rawValue.lowercased(), demand, reads: [.lastDay, .ageTo, .extensionAppliedOn, .extensionUntil],
      [
        .init(
          { facts in
            guard let last = facts.day(.lastDay), let age = facts.day(.ageTo),
              let applied = facts.day(.extensionAppliedOn), let until = facts.day(.extensionUntil)
            else { return false }
            return !EducationSupervisionOrder.violations(
              of: .init(applied: applied, until: until), lastDay: last, lastDayOfAge: age,
              EducationSupervisionOrder.Rule.inForce.value(on: applied)
            ).contains(violation)
          }, source: lengths)
      ])
  }

  static let extended = Guard(
    "extended", "The court extends to the day that was asked for, or to an earlier one.",
    reads: [.lastDay, .extensionUntil],
    [
      .init(
        { facts in facts.day(.lastDay).flatMap { last in facts.day(.extensionUntil).map { last <= $0 } } ?? false },
        source: lengths)
    ])
  static let over = Guard(
    "over", "The last day of the order, or of compulsory school age, must be over.", reads: [.lastDay, .ageTo],
    onDay: [
      .init(
        { facts, day in [facts.day(.lastDay), facts.day(.ageTo)].contains { $0.map { $0 < day } ?? false } },
        source: lengths)
    ])
  static let childFails = Guard(
    "child-fails", "It must be the child who fails to comply.", reads: [.failing],
    [.init({ $0.text(.failing) == "child" }, source: "Children Act 1989 Sch 3 para 19")])
}
