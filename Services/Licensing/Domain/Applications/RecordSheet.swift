public import Rulebook

/// The days as a licence holder recorded them, against the licence and the rules (2014 Regulations reg 11).
public struct RecordSheet: Hashable, Sendable, Codable {
  /// How a day differs from its licence.
  public enum Difference: String, Hashable, Sendable, Codable, CaseIterable {
    case dayNotLicensed = "day-not-licensed"
    case arrivedEarlier = "arrived-earlier"
    case leftLater = "left-later"
    case nightWorkNotLicensed = "night-work-not-licensed"
    case otherChaperone = "other-chaperone"
    case noRecord = "no-record"
  }

  /// A day that differs.
  public struct Line: Hashable, Sendable {
    public let on: Day
    public let differences: [Difference]
  }

  public let days: [LicenceApplication.PlannedDay]

  public init(days: [LicenceApplication.PlannedDay]) { self.days = days }

  /// Where the record differs from the licence, by day.
  ///
  /// - Parameter today: a licensed day before it that has no record is one that differs.
  public func differences(from licence: LicenceApplication, today: Day) -> [Line] {
    let licensed = Dictionary(licence.days.map { ($0.atPlace.start.day, $0) }) { first, _ in first }
    var lines = days.map { day in Line(on: day.atPlace.start.day, differences: Self.differences(day, from: licensed)) }
    let recorded = Set(lines.map(\.on))
    lines += licensed.keys.filter { $0 < today && !recorded.contains($0) }.map {
      Line(on: $0, differences: [.noRecord])
    }
    return lines.filter { !$0.differences.isEmpty }.sorted { $0.on < $1.on }
  }

  private static func differences(
    _ day: LicenceApplication.PlannedDay, from licensed: [Day: LicenceApplication.PlannedDay]
  ) -> [Difference] {
    guard let plan = licensed[day.atPlace.start.day] else { return [.dayNotLicensed] }
    let named = Set(plan.chaperones.map(\.chaperone))
    var found: [Difference] = []
    if day.atPlace.start < plan.atPlace.start { found.append(.arrivedEarlier) }
    if plan.atPlace.end < day.atPlace.end { found.append(.leftLater) }
    if day.isNightWork == true, plan.isNightWork != true { found.append(.nightWorkNotLicensed) }
    if !day.chaperones.allSatisfy({ named.contains($0.chaperone) }) { found.append(.otherChaperone) }
    return found
  }
}
