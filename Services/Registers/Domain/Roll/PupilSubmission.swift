import Foundation
import Rulebook
public import Schemas
import SchoolFiles
import Search

/// A pupil as it was sent: anything may be missing, in other words or of the wrong type.
public struct PupilSubmission: Decodable, Sendable {
  private var texts: [PupilField: String]
  let addressProtected: Bool?
  private(set) var contacts: [ContactSubmission]?
  /// What its reader found besides.
  var found = PupilFindings()

  /// A pupil from texts, as a file holds them. Nothing is checked yet.
  public init(_ texts: [PupilField: String], addressProtected: Bool?, contacts: [ContactSubmission]?) {
    self.texts = texts
    self.addressProtected = addressProtected
    self.contacts = contacts
  }

  /// What is known of a child, as its school would send it.
  public init(_ said: PupilStatement, contacts: [ContactSubmission]?) {
    texts = PupilField.columns.reduce(into: [:]) { if !$1.isFlag { $0[$1] = said[$1] } }
    addressProtected = said.addressProtected
    self.contacts = contacts
  }

  /// The text of a field.
  public internal(set) subscript(field: PupilField) -> String? {
    get { texts[field] }
    set { texts[field] = newValue }
  }

  /// What tells the child from another, as it was sent.
  var identity: [String] {
    [PupilField.givenName, .familyName, .dateOfBirth, .sex].map { texts[$0].map(NameFolding.fold) ?? "" }
  }

  /// Whether its reader found nothing that costs the child.
  public var isReadable: Bool { found.refusals.isEmpty }

  /// The same with other contacts.
  func with(contacts: [ContactSubmission]?) -> PupilSubmission {
    var other = self
    other.contacts = contacts
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
    texts.mapValues(\.inPlainSpaces) == other.texts.mapValues(\.inPlainSpaces)
      && addressProtected == other.addressProtected
  }

  public init(from decoder: any Decoder) throws {
    let values = LooseValues(decoder, PupilField.self)
    var found = PupilFindings()
    if values == nil {
      found.refusals.append(
        Fault("wrong-type", "pupil", "The row is not an object.", "Send an object with a member for each value.")
      )
    }
    texts = [:]
    for field in PupilField.columns where !field.isFlag {
      switch values?.text(field) {
      case .value(let text): texts[field] = text
      case .absent, nil: break
      case .wrongType where field == .leftOn: texts[field] = PupilFindings.unreadable
      case .wrongType where field.declaration.isNeeded: found.refusals.append(.notText(field.rawValue))
      case .wrongType: found.notes.append(PupilNote(.notText(field.rawValue), .leftOut))
      }
    }
    addressProtected = values?.flag(.addressProtected).value(
      of: PupilField.addressProtected.rawValue, safe: true, notes: &found.notes)
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
    // A list may be without pupil numbers: the child is then on the register without one.
    .object(
      PupilField.allCases.map { field in
        .init(
          field.rawValue, field == .contacts ? field.declaration.schema : field.isFlag ? .boolean : .string(),
          required: field.declaration.isNeeded && field != .upn, field.declaration.about)
      })
  }

  public static var sample: JSONValue {
    .object([
      "upn": "A000000000000", "givenName": "Given", "familyName": "Family", "dateOfBirth": "2016-05-04",
      "yearGroup": "5", "enrolledOn": "2024-09-02",
    ])
  }
}
