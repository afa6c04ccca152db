public import Rulebook

/// What a school says of a child it enters in its admission register.
public struct PupilRecord: Hashable, Sendable {
  public let upn: UPN
  public let givenName: String
  public let familyName: String
  public let dateOfBirth: Day
  public let yearGroup: String?
  public let enrolledOn: Day
  /// The last day on roll.
  public let leftOn: Day?
  public let addressProtected: Bool
}

/// A pupil as it was sent: anything may be missing or of the wrong type.
public struct PupilSubmission: Decodable, Sendable {
  let upn: String?
  let givenName: String?
  let familyName: String?
  let dateOfBirth: String?
  let yearGroup: String?
  let enrolledOn: String?
  let leftOn: String?
  let addressProtected: Bool?
  private let wrongTypes: [String]

  private enum Key: String, CodingKey, CaseIterable {
    case upn, givenName, familyName, dateOfBirth, yearGroup, enrolledOn, leftOn, addressProtected
  }

  public init(from decoder: any Decoder) throws {
    let values = try? decoder.container(keyedBy: Key.self)
    var wrong: [String] = values == nil ? ["pupil"] : []
    func read<Value: Decodable>(_ key: Key, as type: Value.Type) -> Value? {
      guard let values, values.contains(key), (try? values.decodeNil(forKey: key)) != true else { return nil }
      guard let value = try? values.decode(type, forKey: key) else {
        wrong.append(key.rawValue)
        return nil
      }
      return value
    }
    upn = read(.upn, as: String.self)
    givenName = read(.givenName, as: String.self)
    familyName = read(.familyName, as: String.self)
    dateOfBirth = read(.dateOfBirth, as: String.self)
    yearGroup = read(.yearGroup, as: String.self)
    enrolledOn = read(.enrolledOn, as: String.self)
    leftOn = read(.leftOn, as: String.self)
    addressProtected = read(.addressProtected, as: Bool.self)
    wrongTypes = wrong
  }

  /// The record, when everything is right.
  ///
  /// - Parameter today: nobody is born later.
  /// - Throws: ``PupilRefusal`` with the first thing that is not.
  public func checked(today: Day) throws(PupilRefusal) -> PupilRecord {
    if let column = wrongTypes.first {
      throw PupilRefusal("wrong-type", column, "The value is not of the right type.", "Send texts, and true or false.")
    }
    let upn = try checkedUPN()
    let names = (given: try name(givenName, "givenName"), family: try name(familyName, "familyName"))
    let born = try day(dateOfBirth, "dateOfBirth")
    guard born <= today, born.adding(months: 12 * Self.oldestYears) > today else {
      throw PupilRefusal("impossible-date", "dateOfBirth", "No pupil was born on this day.", "Correct the date.")
    }
    let enrolled = try day(enrolledOn, "enrolledOn")
    guard born <= enrolled else {
      throw PupilRefusal("impossible-date", "enrolledOn", "The day is before the date of birth.", "Correct the date.")
    }
    let left = leftOn == nil ? nil : try day(leftOn, "leftOn")
    if let left, left < enrolled {
      throw PupilRefusal("impossible-date", "leftOn", "The day is before the first day on roll.", "Correct the date.")
    }
    if let yearGroup, yearGroup.isEmpty || yearGroup.utf8.count > Self.yearGroupBytes || yearGroup.hasControls {
      throw PupilRefusal("malformed-year-group", "yearGroup", "This is no year group.", "Write it like R or 8.")
    }
    return PupilRecord(
      upn: upn, givenName: names.given, familyName: names.family, dateOfBirth: born, yearGroup: yearGroup,
      enrolledOn: enrolled, leftOn: left, addressProtected: addressProtected ?? false)
  }

  private static let oldestYears = 26
  private static let nameBytes = 200
  private static let yearGroupBytes = 10

  private func checkedUPN() throws(PupilRefusal) -> UPN {
    guard let upn else { throw .missing("upn") }
    do throws(IdentifierError) {
      return try UPN(upn.trimmed)
    } catch {
      throw PupilRefusal(error == .malformed ? .malformedUPN : .wrongCheckLetter)
    }
  }

  private func name(_ value: String?, _ column: String) throws(PupilRefusal) -> String {
    guard let text = value?.trimmed, !text.isEmpty else { throw .missing(column) }
    guard text.utf8.count <= Self.nameBytes, !text.hasControls else {
      throw PupilRefusal(
        "malformed-name", column, "The name is too long or holds a control character.", "Correct the name.")
    }
    return text
  }

  private func day(_ value: String?, _ column: String) throws(PupilRefusal) -> Day {
    guard let value else { throw .missing(column) }
    guard let day = Day(iso: value) else {
      throw PupilRefusal("malformed-date", column, "The date is not a day written YYYY-MM-DD.", "Correct the date.")
    }
    return day
  }
}

/// A pupil that cannot be entered. Names the field, never its value.
public struct PupilRefusal: Error, Hashable, Sendable {
  public let reason: String
  public let column: String
  public let detail: String
  public let fix: String

  init(_ reason: String, _ column: String, _ detail: String, _ fix: String) {
    self.reason = reason
    self.column = column
    self.detail = detail
    self.fix = fix
  }

  /// The time on roll runs into two earlier ones.
  public static let overlappingEnrolments = PupilRefusal(
    "overlapping-enrolments", "enrolledOn", "The time on roll overlaps several that are recorded.",
    "Send the times one by one with the days they have in the register.")

  fileprivate init(_ reason: MarkReason) {
    self.init(reason.slug, reason.column ?? "", reason.detail, reason.fix)
  }

  fileprivate static func missing(_ column: String) -> PupilRefusal {
    PupilRefusal("missing-value", column, "The value is missing.", "Send it.")
  }
}

extension String {
  /// Whether it holds a control character.
  var hasControls: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }
}
