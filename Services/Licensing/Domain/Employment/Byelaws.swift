public import Rulebook

/// One authority's byelaws on the employment of children (Children and Young Persons Act 1933 s18(2) and s20), as dated data.
public struct Byelaws: Hashable, Sendable, Codable {
  /// The most rows that a record may have.
  public static let mostRows = 200

  /// The three-digit code of the authority of the workplace.
  public let authority: String
  /// When the authority made them.
  public let madeOn: Day
  /// The first day.
  public let inForceFrom: Day
  /// The last day; `nil` while they last.
  public let inForceTo: Day?
  /// The year of the model that they follow.
  public let modelYear: Int
  /// Where the text is: a title and a year, as documents name it.
  public let reference: String
  /// Limits and lists, in the order of the text.
  public let rows: [WorkLimit]

  public init(
    authority: String, madeOn: Day, inForceFrom: Day, inForceTo: Day? = nil, modelYear: Int, reference: String,
    rows: [WorkLimit]
  ) {
    self.authority = authority
    self.madeOn = madeOn
    self.inForceFrom = inForceFrom
    self.inForceTo = inForceTo
    self.modelYear = modelYear
    self.reference = reference
    self.rows = rows
  }

  /// Whether they apply on a day.
  func applies(on day: Day) -> Bool { inForceFrom <= day && inForceTo.map { day <= $0 } ?? true }

  /// What nearly every authority has: the model of 1998. It serves where an authority's own are not recorded (LIC-18).
  public static let model1998: [WorkLimit] =
    WorkList.allowedAt13.map { WorkLimit(.allowedAt13, job: $0) }
    + WorkList.forOwnParents.map { WorkLimit(.exemptFamily, job: $0) }
    + WorkList.prohibited.map { WorkLimit(.prohibited, job: $0) }
    + [WorkLimit(.beforeSchool, minutes: 60), WorkLimit(.notifyWithin, days: 7)]

  /// Why a row cannot be entered.
  public enum Fault: Hashable, Sendable {
    /// It lacks what its kind says, or has what no day or child has.
    case incomplete(row: Int)
    /// It allows more than the Act: byelaws may only be stricter.
    case looser(row: Int)
    case tooManyRows
    /// They end before they begin.
    case noDays
  }

  /// What is wrong with them, by the law of the day on which they come into force.
  public func faults(under law: Dated<EmploymentRegime> = EmploymentRegime.england) -> [Fault] {
    guard rows.count <= Self.mostRows else { return [.tooManyRows] }
    let regime = law.value(on: inForceFrom)
    var faults: [Fault] = inForceTo.map { $0 < inForceFrom } ?? false ? [.noDays] : []
    for (number, row) in rows.enumerated() {
      if !row.isComplete {
        faults.append(.incomplete(row: number))
      } else if regime.isLooser(row) {
        faults.append(.looser(row: number))
      }
    }
    return faults
  }
}

/// The lists of the model byelaws of 1998 (`licensing.md` 2.3, 2.4).
enum WorkList {
  static let allowedAt13 = [
    "agriculture_horticulture", "newspaper_delivery", "shop_work", "hairdressing", "office", "car_wash_private",
    "cafe_restaurant", "riding_stables", "hotel_domestic",
  ]
  static let forOwnParents = ["agriculture_horticulture"]
  static let prohibited = [
    "cinema", "theatre", "disco", "dance_hall", "nightclub", "alcohol_sale_unsealed", "milk_delivery",
    "fuel_oil_delivery", "commercial_kitchen", "refuse", "work_above_3m", "harmful_exposure",
    "door_to_door_unsupervised", "adult_material", "telephone_sales", "slaughterhouse", "butchery", "fairground",
    "amusement_arcade", "personal_care_unsupervised",
  ]
  /// Forbidden unless a byelaw allows it (Children and Young Persons Act 1933 s20).
  static let streetTrading = "street_trading"
}

extension WorkLimit {
  /// Whether it says all that its kind needs, within what there is.
  var isComplete: Bool {
    guard (ageFrom ?? 0) <= (ageTo ?? 17), 0...17 ~= ageFrom ?? 0, 0...17 ~= ageTo ?? 17, 1...7 ~= weekday ?? 1,
      (job?.count ?? 0) <= 60, (note?.count ?? 0) <= 500
    else { return false }
    return switch kind {
    case .allowedAt13, .exemptFamily, .prohibited: !(job ?? "").isEmpty
    case .beforeSchool: minutes.map { 0...1440 ~= $0 } ?? false
    case .earliest, .latest: time != nil
    case .dayLimit: minutes.map { 0...1440 ~= $0 } ?? false && [.schoolDay, .sunday, .freeDay].contains(period)
    case .weekLimit: minutes.map { 0...10080 ~= $0 } ?? false && [.schoolWeek, .freeWeek].contains(period)
    case .notifyWithin: days.map { 0...31 ~= $0 } ?? false
    case .streetTrading: ageFrom != nil
    }
  }
}
