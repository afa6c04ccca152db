import CaseFlow
import Rulebook

/// What must be so for a parenting order; its lengths are those of ``ParentingOrder``.
extension ParentingOrderCase {
  typealias Guard = Flow<ParentingOrderCase>.Guard

  static let statute = "Sentencing Act 2020 s369"

  static let family = Guard(
    "family", "For a child under sixteen, what is known of the family must be obtained.",
    reads: [.family, .underSixteen],
    [
      .init(
        { facts in
          facts.text(.family) == "obtained"
            || (facts.text(.family) == "not-needed" && facts.flag(.underSixteen) == false)
        }, source: statute)
    ])
  static let convicted = Guard.yes(
    .convicted, "convicted", "The parent must be convicted of an offence under s443 or s444.", source: statute)
  static let made = Guard.past(
    .madeOn, "made", "The day on which it was made must not be in the future.", source: statute)
  static let residentialJustified = Guard(
    "residential-justified", "A residential programme must be more effective and proportionate.",
    reads: [.residential, .residentialJustified],
    [
      .init(
        { $0.flag(.residential) == false || ($0.flag(.residential) == true && $0.flag(.residentialJustified) == true) },
        source: statute)
    ])

  /// One guard for each thing that can be wrong with the lengths.
  static func lengths(withProgramme: Bool) -> [Guard] {
    let demands: [(ParentingOrder.Violation, String)] = [
      (.long, "The order lasts twelve months at most."), (.programmeLong, "The programme lasts three months at most."),
      (.programmeOutside, "The programme is within the order."),
      (.programmeMissing, "The first order of a parent has a programme."),
    ]
    var reads: Set<Fact> = [.madeOn, .until, .earlierOrder]
    if withProgramme { reads.formUnion([.programmeFrom, .programmeTo]) }
    return demands.map { violation, demand in
      Guard(
        violation.rawValue.lowercased(), demand, reads: reads,
        [
          .init(
            { facts in order(facts, withProgramme).map { !$0.violations.contains(violation) } ?? false },
            source: "\(statute); Crime and Disorder Act 1998 s8(4)")
        ])
    }
  }

  private static func order(_ facts: Facts<Fact>, _ withProgramme: Bool) -> ParentingOrder? {
    guard let made = facts.day(.madeOn), let until = facts.day(.until), made <= until else { return nil }
    var programme: DayRange?
    if withProgramme {
      guard let first = facts.day(.programmeFrom), let last = facts.day(.programmeTo), first <= last else { return nil }
      programme = DayRange(first: first, last: last)
    }
    return ParentingOrder(
      made: made, until: until, programme: programme, hadEarlierOrder: facts.flag(.earlierOrder) == true)
  }

  static let officerNamed = Guard(
    "officer-named", "The responsible officer must be named.", reads: [.responsibleOfficer],
    [.init({ !($0.text(.responsibleOfficer) ?? "").allSatisfy(\.isWhitespace) }, source: statute)])
  static let varied = Guard(
    "varied", "The order still lasts twelve months at most, and to today at least.", reads: [.madeOn, .until],
    onDay: [
      .init(
        { facts, day in
          guard let made = facts.day(.madeOn), let until = facts.day(.until), day <= until else { return false }
          return until
            <= ParentingOrder(made: made, until: until, programme: nil, hadEarlierOrder: true).lastPossibleDay
        }, source: "Sentencing Act 2020 Part 11")
    ])
  static let breachInside = Guard(
    "breach-inside", "The day of the breach must be in the order, and not in the future.",
    reads: [.madeOn, .until, .breachOn],
    onDay: [
      .init(
        { facts, day in
          guard let made = facts.day(.madeOn), let until = facts.day(.until), let breach = facts.day(.breachOn)
          else { return false }
          return made <= breach && breach <= min(until, day)
        }, source: "Sentencing Act 2020 Part 11")
    ])
  static let over = Guard(
    "over", "The last day of the order must be over.", reads: [.until],
    onDay: [.init({ facts, day in facts.day(.until).map { $0 < day } ?? false }, source: statute)])
}
