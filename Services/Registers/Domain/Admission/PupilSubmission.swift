public import Rulebook
public import Schemas

/// A pupil as it was sent: anything may be missing or of the wrong type.
public struct PupilSubmission: Decodable, Sendable {
  let upn: String?
  let formerUPN: String?
  let givenName: String?
  let familyName: String?
  let dateOfBirth: String?
  let sex: String?
  let yearGroup: String?
  let enteredOn: String?
  let enrolledOn: String?
  let status: String?
  let leftOn: String?
  let deletedOn: String?
  let ground: String?
  let destination: String?
  let addressProtected: Bool?
  let contacts: [ContactSubmission]?
  private let wrongTypes: [String]

  private enum Key: String, CodingKey {
    case upn, formerUPN, givenName, familyName, dateOfBirth, sex, yearGroup, enteredOn, enrolledOn, status, leftOn
    case deletedOn, ground, destination, addressProtected, contacts
  }

  /// A pupil from texts, as a file holds them. Nothing is checked yet.
  public init(
    upn: String?, formerUPN: String?, givenName: String?, familyName: String?, dateOfBirth: String?, sex: String?,
    yearGroup: String?, enteredOn: String?, enrolledOn: String?, status: String?, leftOn: String?, deletedOn: String?,
    ground: String?, destination: String?, addressProtected: Bool?, contacts: [ContactSubmission]?
  ) {
    self.upn = upn
    self.formerUPN = formerUPN
    self.givenName = givenName
    self.familyName = familyName
    self.dateOfBirth = dateOfBirth
    self.sex = sex
    self.yearGroup = yearGroup
    self.enteredOn = enteredOn
    self.enrolledOn = enrolledOn
    self.status = status
    self.leftOn = leftOn
    self.deletedOn = deletedOn
    self.ground = ground
    self.destination = destination
    self.addressProtected = addressProtected
    self.contacts = contacts
    wrongTypes = []
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
    formerUPN = read(.formerUPN, as: String.self)
    givenName = read(.givenName, as: String.self)
    familyName = read(.familyName, as: String.self)
    dateOfBirth = read(.dateOfBirth, as: String.self)
    sex = read(.sex, as: String.self)
    yearGroup = read(.yearGroup, as: String.self)
    enteredOn = read(.enteredOn, as: String.self)
    enrolledOn = read(.enrolledOn, as: String.self)
    status = read(.status, as: String.self)
    leftOn = read(.leftOn, as: String.self)
    deletedOn = read(.deletedOn, as: String.self)
    ground = read(.ground, as: String.self)
    destination = read(.destination, as: String.self)
    addressProtected = read(.addressProtected, as: Bool.self)
    contacts = read(.contacts, as: [ContactSubmission].self)
    wrongTypes = wrong
  }

  /// The most contacts of one child.
  public static let mostContacts = 20

  /// The record, when everything is right.
  ///
  /// - Parameter today: nobody is born later.
  /// - Throws: ``PupilRefusal`` with the first thing that is not.
  public func checked(today: Day) throws(PupilRefusal) -> PupilRecord {
    if let column = wrongTypes.first {
      throw PupilRefusal("wrong-type", column, "The value is not of the right type.", "Send texts, and true or false.")
    }
    guard let number = try pupilNumber(upn, "upn") else { throw .missing("upn") }
    let former = try pupilNumber(formerUPN, "formerUPN")
    let names = (
      given: try CheckedText.name(givenName, "givenName"), family: try CheckedText.name(familyName, "familyName")
    )
    guard let born = try day(dateOfBirth, "dateOfBirth") else { throw .missing("dateOfBirth") }
    guard born <= today, born.adding(months: 12 * Self.oldestYears) > today else {
      throw PupilRefusal("impossible-date", "dateOfBirth", "No pupil was born on this day.", "Correct the date.")
    }
    let times = try times(born: born)
    let record = PupilRecord(
      upn: number, formerUPN: former == number ? nil : former, givenName: names.given, familyName: names.family,
      dateOfBirth: born, sex: try choice(sex, "sex", "Send F or M."), yearGroup: try checkedYearGroup(),
      enteredOn: times.entered, enrolledOn: times.enrolled,
      status: try choice(status, "status", "Send single, main or subsidiary."), leftOn: times.left,
      deletedOn: times.deleted, ground: try choice(ground, "ground", "Send a letter from a to o (reg 9(1))."),
      destination: try destination.map { text throws(PupilRefusal) in
        try CheckedText.text(text, "destination", bytes: Self.destinationBytes)
      }, addressProtected: addressProtected, contacts: try checkedContacts())
    if times.left == nil, record.ground != nil || times.deleted != nil { throw .missing("leftOn") }
    if record.deletedOn != nil, record.needsGround, record.ground == nil {
      throw PupilRefusal(
        "ground-missing", "ground", "A name is deleted at compulsory school age on a ground only (reg 9(1)).",
        "Send the ground, a to o; or leave deletedOn out while the ground is not known.")
    }
    return record
  }

  private static let oldestYears = 26
  private static let destinationBytes = 200

  private func pupilNumber(_ value: String?, _ column: String) throws(PupilRefusal) -> UPN? {
    guard let value else { return nil }
    do throws(IdentifierError) {
      return try UPN(value.trimmed)
    } catch {
      throw PupilRefusal(error == .malformed ? .malformedUPN(value.trimmed) : .wrongCheckLetter, column)
    }
  }

  private func day(_ value: String?, _ column: String) throws(PupilRefusal) -> Day? {
    guard let value else { return nil }
    guard let day = Day(iso: value) else {
      throw PupilRefusal("malformed-date", column, "The date is not a day written YYYY-MM-DD.", "Correct the date.")
    }
    return day
  }

  private func times(
    born: Day
  ) throws(PupilRefusal) -> (entered: Day?, enrolled: Day, left: Day?, deleted: Day?) {
    func impossible(_ column: String, _ detail: String) -> PupilRefusal {
      PupilRefusal("impossible-date", column, detail, "Correct the date.")
    }
    guard let enrolled = try day(enrolledOn, "enrolledOn") else { throw .missing("enrolledOn") }
    guard born <= enrolled else { throw impossible("enrolledOn", "The day is before the date of birth.") }
    let left = try day(leftOn, "leftOn")
    if let left, left < enrolled { throw impossible("leftOn", "The day is before the first day on roll.") }
    let entered = try day(enteredOn, "enteredOn")
    if let entered, entered < born { throw impossible("enteredOn", "The day is before the date of birth.") }
    if let entered, let left, left < entered { throw impossible("enteredOn", "The day is after the last day on roll.") }
    let deleted = try day(deletedOn, "deletedOn")
    if let deleted, let left, deleted < left {
      throw impossible("deletedOn", "The day is before the last day on roll.")
    }
    return (entered, enrolled, left, deleted)
  }

  private func checkedYearGroup() throws(PupilRefusal) -> YearGroup? {
    guard let yearGroup else { return nil }
    guard let group = YearGroup(yearGroup.trimmed) else {
      throw PupilRefusal("malformed-year-group", "yearGroup", "This is no year group.", "Write it like R or 8.")
    }
    return group
  }

  /// One of the values of a closed list, in the case of the list or any other.
  private func choice<Value: RawRepresentable & CaseIterable>(
    _ value: String?, _ column: String, _ fix: String
  ) throws(PupilRefusal) -> Value? where Value.RawValue == String {
    guard let text = value?.trimmed.lowercased(), !text.isEmpty else { return nil }
    guard let found = Value.allCases.first(where: { $0.rawValue.lowercased() == text }) else {
      throw PupilRefusal("unknown-value", column, "The value is none of those that there are.", fix)
    }
    return found
  }

  private func checkedContacts() throws(PupilRefusal) -> [ContactStatement]? {
    guard let contacts else { return nil }
    guard contacts.count <= Self.mostContacts else {
      throw PupilRefusal(
        "too-many", "contacts", "There are more contacts than a child can have.",
        "Send at most \(Self.mostContacts).")
    }
    var checked: [ContactStatement] = []
    for (place, contact) in contacts.enumerated() {
      let statement = try contact.checked(under: "contacts/\(place)")
      guard !checked.contains(where: { $0.isSamePerson(as: statement.givenName, statement.familyName) }) else {
        throw PupilRefusal(
          "contact-twice", "contacts/\(place)", "The same person is in the list before.", "Send each person once.")
      }
      checked.append(statement)
    }
    return checked
  }
}

/// Texts of an admission entry, within their limits.
enum CheckedText {
  static let nameBytes = 200

  static func name(_ value: String?, _ column: String) throws(PupilRefusal) -> String {
    guard let text = value?.trimmed, !text.isEmpty else { throw .missing(column) }
    guard text.utf8.count <= nameBytes, !text.hasControls else {
      throw PupilRefusal(
        "malformed-name", column, "The name is too long or holds a control character.", "Correct the name.")
    }
    return text
  }

  /// Trimmed; may be empty.
  static func text(_ value: String, _ column: String, bytes: Int) throws(PupilRefusal) -> String {
    let text = value.trimmed
    guard text.utf8.count <= bytes, !text.hasControls else {
      throw PupilRefusal(
        "malformed-text", column, "The text is too long or holds a control character.",
        "Send at most \(bytes) bytes in one line.")
    }
    return text
  }
}

extension String {
  /// Whether it holds a control character.
  var hasControls: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }
}

extension PupilSubmission: SchemaDescribed {
  /// What makes a good entry. Anything else costs that one row, which the answer then tells.
  public static var jsonSchema: JSONSchema {
    .object([
      .init("upn", .string(), "The unique pupil number; a temporary one ends with a letter."),
      .init("formerUPN", .string(), required: false, "The number that the child had before."),
      .init("givenName", .string(), "The given name."),
      .init("familyName", .string(), "The family name."),
      .init("dateOfBirth", .string(format: "date"), "The date of birth."),
      .init("sex", .string(), required: false, "F or M."),
      .init("yearGroup", .string(), required: false, "N1, N2, R or 1 to 14."),
      .init("enteredOn", .string(format: "date"), required: false, "When the name was entered."),
      .init("enrolledOn", .string(format: "date"), "The first day on roll."),
      .init("status", .string(), required: false, "single, main or subsidiary."),
      .init("leftOn", .string(format: "date"), required: false, "The last day on roll."),
      .init("deletedOn", .string(format: "date"), required: false, "When the name was deleted."),
      .init("ground", .string(), required: false, "The ground of deletion, a to o."),
      .init("destination", .string(), required: false, "Where the child goes: a school's URN, or words."),
      .init("addressProtected", .boolean, required: false, "Whether nobody outside may learn the address."),
      .init("contacts", .array(.any), required: false, "The child's contacts; absent leaves them as they are."),
    ])
  }

  public static var sample: JSONValue {
    .object([
      "upn": "A000000000000", "givenName": "Given", "familyName": "Family", "dateOfBirth": "2016-05-04",
      "yearGroup": "5", "enrolledOn": "2024-09-02",
    ])
  }
}
