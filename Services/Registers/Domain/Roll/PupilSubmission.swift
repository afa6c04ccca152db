import Foundation
import Rulebook
public import Schemas
import SchoolFiles
import Search

/// A pupil as it was sent: anything may be missing, in other words or of the wrong type.
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
  /// What its reader found besides.
  var found = PupilFindings()

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
  }

  /// What tells the child from another, as it was sent.
  var identity: [String] { [givenName, familyName, dateOfBirth, sex].map { $0.map(NameFolding.fold) ?? "" } }

  /// Whether its reader found nothing that costs the child.
  public var isReadable: Bool { found.refusals.isEmpty }

  /// The same with other contacts.
  func with(contacts: [ContactSubmission]?) -> PupilSubmission {
    var other = PupilSubmission(
      upn: upn, formerUPN: formerUPN, givenName: givenName, familyName: familyName, dateOfBirth: dateOfBirth, sex: sex,
      yearGroup: yearGroup, enteredOn: enteredOn, enrolledOn: enrolledOn, status: status, leftOn: leftOn,
      deletedOn: deletedOn, ground: ground, destination: destination, addressProtected: addressProtected,
      contacts: contacts)
    other.found = found
    return other
  }

  /// The same with the contacts of another row of the same child behind its own.
  func adding(contactsOf other: PupilSubmission) -> PupilSubmission {
    guard let more = other.contacts, !more.isEmpty else { return self }
    var joined = with(contacts: (contacts ?? []) + more)
    let places = { (found: PupilFindings, count: Int) in (0..<count).map { found.column(ofContact: $0) } }
    joined.found.contactPlaces = places(found, contacts?.count ?? 0) + places(other.found, more.count)
    joined.found.contactsAreWhole = found.contactsAreWhole && other.found.contactsAreWhole
    return joined
  }

  /// Whether another row says the same of the child; contacts apart.
  func saysTheSame(as other: PupilSubmission) -> Bool {
    func texts(_ pupil: PupilSubmission) -> [String?] {
      [
        pupil.upn, pupil.formerUPN, pupil.givenName, pupil.familyName, pupil.dateOfBirth, pupil.sex, pupil.yearGroup,
        pupil.enteredOn, pupil.enrolledOn, pupil.status, pupil.leftOn, pupil.deletedOn, pupil.ground, pupil.destination,
      ].map { $0?.inPlainSpaces }
    }
    return texts(self) == texts(other) && addressProtected == other.addressProtected
  }

  public init(from decoder: any Decoder) throws {
    let values = LooseValues(decoder, Key.self)
    var found = PupilFindings()
    if values == nil {
      found.refusals.append(
        Fault("wrong-type", "pupil", "The row is not an object.", "Send an object with a member for each value.")
      )
    }
    /// A value that costs the child when it is of another type, or one that is left out then.
    func text(_ key: Key, required: Bool = false) -> String? {
      switch values?.text(key) {
      case .value(let text): return text
      case .absent, nil: return nil
      case .wrongType where required: found.refusals.append(.notText(key.rawValue))
      case .wrongType: found.notes.append(PupilNote(.notText(key.rawValue), .leftOut))
      }
      return nil
    }
    upn = text(.upn, required: true)
    formerUPN = text(.formerUPN)
    givenName = text(.givenName, required: true)
    familyName = text(.familyName, required: true)
    dateOfBirth = text(.dateOfBirth, required: true)
    sex = text(.sex)
    yearGroup = text(.yearGroup)
    enteredOn = text(.enteredOn)
    enrolledOn = text(.enrolledOn, required: true)
    status = text(.status)
    let left = values?.text(.leftOn)
    leftOn =
      if case .wrongType? = left { PupilFindings.unreadable } else { text(.leftOn) }
    deletedOn = text(.deletedOn)
    ground = text(.ground)
    destination = text(.destination)
    addressProtected = values?.flag(.addressProtected).value(
      of: Key.addressProtected.rawValue, safe: true, notes: &found.notes)
    contacts = values.flatMap { $0.contacts(.contacts, &found) }
    self.found = found
  }
}

/// What a reader of pupils found beside their texts.
struct PupilFindings: Sendable {
  /// What costs the child.
  var refusals: [Fault] = []
  /// What was left out.
  var notes: [PupilNote] = []
  /// Columns whose text is too long or cannot be taken apart.
  var unreadable: Set<String> = []
  /// Whether no contact was left out. Only a whole list takes anybody off the one on record.
  var contactsAreWhole = true
  /// Where each contact stood: `contacts/0`, `contact2`; empty for the order of the list.
  var contactPlaces: [String] = []

  /// A text that no date is, for one of the wrong type.
  static let unreadable = "?"

  /// The column of a contact's value.
  func column(_ name: String, ofContact number: Int) -> String {
    guard contactPlaces.indices.contains(number), !contactPlaces[number].contains("/") else {
      return "contacts/\(number)/\(name)"
    }
    return contactPlaces[number] + name.prefix(1).uppercased() + name.dropFirst()
  }

  /// The column of a contact as a whole.
  func column(ofContact number: Int) -> String {
    contactPlaces.indices.contains(number) ? contactPlaces[number] : "contacts/\(number)"
  }
}

extension PupilSubmission: SchemaDescribed {
  /// What makes a good entry. Anything else costs that value or that row, which the answer then tells.
  public static var jsonSchema: JSONSchema {
    .object([
      .init(
        "upn", .string(), required: false,
        "The unique pupil number; a temporary one ends with a letter. Left out while the child has none."),
      .init("formerUPN", .string(), required: false, "The number that the child had before."),
      .init("givenName", .string(), "The given name."),
      .init("familyName", .string(), "The family name."),
      .init("dateOfBirth", .string(), "The date of birth: YYYY-MM-DD, or DD/MM/YYYY throughout."),
      .init("sex", .string(), required: false, "F or M."),
      .init("yearGroup", .string(), required: false, "N1, N2, R, 1 to 14, M (mixed class) or X (does not follow it)."),
      .init("enteredOn", .string(), required: false, "When the name was entered."),
      .init("enrolledOn", .string(), "The first day on roll."),
      .init("status", .string(), required: false, "single, main or subsidiary."),
      .init("leftOn", .string(), required: false, "The last day on roll."),
      .init("deletedOn", .string(), required: false, "When the name was deleted."),
      .init("ground", .string(), required: false, "The ground of deletion, a to o."),
      .init("destination", .string(), required: false, "Where the child goes: a school's URN, or words."),
      .init("addressProtected", .boolean, required: false, "Whether the address must not be disclosed."),
      .init(
        "contacts", .array(ContactSubmission.schema), required: false,
        "The child's contacts; absent leaves them as they are."),
    ])
  }

  public static var sample: JSONValue {
    .object([
      "upn": "A000000000000", "givenName": "Given", "familyName": "Family", "dateOfBirth": "2016-05-04",
      "yearGroup": "5", "enrolledOn": "2024-09-02",
    ])
  }
}
