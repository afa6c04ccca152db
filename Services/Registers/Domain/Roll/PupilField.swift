public import Contracts
public import Rulebook
public import Schemas

/// A field of the admission register as schools state it (2024 Regulations reg 8), by its name in JSON and in the order of
/// a file's columns.
///
/// This is the one place that says what a field is. Columns of CSV, elements of a transfer file, JSON, what a sender is
/// told, what an officer decides, the table of pupils and its export follow from it. Another detail of a child is a case
/// here with its declaration, a column of `pupils` in a migration and, where it is told, a field of ``PupilEnrolled``.
public enum PupilField: String, CodingKey, Codable, Hashable, Sendable, CaseIterable {
  case upn, formerUPN, givenName, familyName, dateOfBirth, sex, yearGroup, enteredOn, enrolledOn, status, leftOn
  case deletedOn, ground, destination, addressProtected
  /// The list of contacts: each has fields of its own.
  case contacts

  /// What is said of a field.
  public struct Declaration: Sendable {
    /// What a school office calls it, without an article.
    let words: String
    /// What it says, for the descriptions of JSON and of the export.
    public let about: String
    /// What English schools' systems call its column, the first there counting: legal names before those that a child is
    /// called by.
    var usual: [String] = []
    /// Where it stands under `Pupil` in a transfer file as it is written, then where else it is read.
    var elements: [String] = []
    /// Whether a list must have the column, and a value of the wrong type costs the child.
    var isNeeded = false
    public var schema = JSONSchema.string()
    /// A made-up value, as JSON.
    public var sample: JSONValue {
      switch schema {
      case .boolean: true
      case .oneOf(let values): .string(values.first ?? "")
      case .string(format: "date", _): Day.sample
      case .string(_, .some): UPN.sample
      default: "text"
      }
    }
    /// Reads what schools write, as it is kept: for fields of which no rule asks more.
    ///
    /// - Throws: ``Fault`` for what cannot be read; it is noted and left out.
    var read: (@Sendable (String) throws(Fault) -> String)?
    /// Whether it reads the words for nothing as well.
    var readsNothing = false
    /// Whether the table of pupils has a column for it that no rule of the register looks into.
    var isDetail = false
    /// Tells it beside what every entry tells.
    public var tell: (@Sendable (String, inout PupilEnrolled) -> Void)?
  }

  private static let declarations = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.declared) })

  public var declaration: Declaration { Self.declarations[self] ?? declared }

  private var declared: Declaration {
    switch self {
    case .upn:
      Declaration(
        words: "pupil number",
        about: "The unique pupil number; a temporary one ends with a letter. Left out while the child has none.",
        usual: ["Unique Pupil Number", "UPN Number", "UPN No", "Pupil UPN", "Student UPN"], elements: ["UPN"],
        isNeeded: true, schema: UPN.jsonSchema)
    case .formerUPN:
      Declaration(
        words: "former pupil number", about: "The number that the child had before.",
        usual: ["Former UPN", "Previous UPN", "Old UPN"], elements: ["BasicDetails/FormerUPN", "FormerUPN"],
        schema: UPN.jsonSchema)
    case .givenName:
      Declaration(
        words: "given name", about: "The given name.",
        usual: [
          "Legal Forename", "Legal First Name", "Forename", "First Name", "Given Names", "Pupil Forename",
          "Student Forename", "Forenames", "Forename 1",
        ], elements: ["Forename"], isNeeded: true)
    case .familyName:
      Declaration(
        words: "family name", about: "The family name.",
        usual: ["Legal Surname", "Legal Last Name", "Surname", "Last Name", "Pupil Surname", "Student Surname"],
        elements: ["Surname"], isNeeded: true)
    case .dateOfBirth:
      Declaration(
        words: "date of birth", about: "The date of birth: YYYY-MM-DD, or DD/MM/YYYY throughout.",
        usual: ["DOB", "Birth Date", "D.O.B", "Birthdate", "Pupil DOB", "Student DOB"], elements: ["DOB"],
        isNeeded: true, schema: Day.jsonSchema)
    case .sex:
      Declaration(
        words: "sex", about: "F or M.", usual: ["Gender", "Legal Sex", "M/F"], elements: ["Sex", "Gender"],
        schema: .oneOf(Sex.allCases.map(\.rawValue)),
        read: { text throws(Fault) in
          guard let sex = Sex(written: text) else { throw Sex.isNotKnown(text) ? .sexNotKnown : .unreadableSex }
          return sex.rawValue
        }, readsNothing: true, isDetail: true)
    case .yearGroup:
      Declaration(
        words: "year group", about: "N1, N2, R, 1 to 14, M (mixed class) or X (does not follow it).",
        usual: [
          "Year", "NC Year", "NC Year Actual", "Year Taught In", "Curriculum Year", "National Curriculum Year", "Yr",
          "Year Grp", "Yr Grp",
        ], elements: ["BasicDetails/NCyearActual", "NCyearActual"],
        read: { text throws(Fault) in
          guard let group = CurriculumYear(text) else { throw .unreadableYearGroup }
          return group.text
        })
    case .enteredOn:
      Declaration(
        words: "day of entry", about: "When the name was entered.",
        usual: ["Date Entered", "Date of Entry in Register"], schema: Day.jsonSchema)
    case .enrolledOn:
      Declaration(
        words: "first day on roll", about: "The first day on roll.",
        usual: [
          "Date of Admission", "Admission Date", "Entry Date", "Date of Entry", "Start Date", "Enrolment Date",
          "Enrolled On", "Date Joined", "Date Started", "Joining Date", "DOA",
        ], isNeeded: true, schema: Day.jsonSchema)
    case .status:
      Declaration(
        words: "status", about: "single, main or subsidiary.",
        usual: ["Enrolment Status", "Registration Status", "Enrol Status", "Enrollment Status"],
        read: { text throws(Fault) in
          guard let status = RegistrationStatus(written: text) else { throw .unreadableStatus }
          return status.rawValue
        })
    case .leftOn:
      Declaration(
        words: "last day on roll", about: "The last day on roll.",
        usual: ["Date of Leaving", "Leaving Date", "Leave Date", "Date Left", "End Date", "DOL", "Last Day on Roll"],
        schema: Day.jsonSchema)
    case .deletedOn:
      Declaration(
        words: "day of deletion", about: "When the name was deleted.",
        usual: ["Date of Deletion", "Date Deleted", "Date Removed from Roll"], schema: Day.jsonSchema)
    case .ground:
      Declaration(
        words: "ground of deletion", about: "The ground of deletion, a to o.",
        usual: ["Ground for Deletion", "Deletion Ground", "Grounds for Removal", "Ground of Deletion"])
    case .destination:
      Declaration(
        words: "destination", about: "Where the child goes: a school's URN, or words.",
        usual: ["Destination School", "Next School", "Leaving Destination"])
    case .addressProtected:
      Declaration(
        words: "address protection", about: "Whether the address must not be disclosed.",
        usual: ["Protected Address", "Address Protected"], schema: .boolean)
    case .contacts:
      Declaration(
        words: "list of contacts", about: "The child's contacts; absent leaves them as they are.",
        schema: .array(ContactSubmission.schema))
    }
  }

  /// Whether it is true or false and no text.
  var isFlag: Bool { self == .addressProtected }
  /// Its column in a file.
  public var column: String { self == .formerUPN ? "formerUpn" : rawValue }
  /// Its column in the table of pupils.
  public var stored: String {
    rawValue.reduce(into: "") { text, letter in text += letter.isUppercase ? "_\(letter.lowercased())" : String(letter)
    }
  }

  /// Those that have a column of a file, in order.
  public static let columns = allCases.filter { $0 != .contacts }
  /// Those that are kept of a child as they were said, and looked into by no rule.
  public static let details = allCases.filter(\.declaration.isDetail)
  /// Those of a child's record, for which a school's word may have to wait.
  public static let recorded: [PupilField] =
    [.upn, .formerUPN, .givenName, .familyName, .dateOfBirth] + details + [.yearGroup, .addressProtected, .contacts]

  /// As a school office says it of a record.
  var ofRecord: String {
    switch self {
    case .addressProtected: "the protection of the address"
    case .contacts: "the protection of a contact"
    default: "the \(declaration.words)"
    }
  }
}

/// A field of a record for which a school's word may wait.
extension PupilField: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .oneOf(recorded.map(\.rawValue)) }
  public static var sample: JSONValue { .string(PupilField.upn.rawValue) }
}

/// What was said of a child and its time on a roll, checked: of each field its text as it is kept, a day as `YYYY-MM-DD`.
/// What is not there was not said. In JSON every field stands under its name.
public struct PupilStatement: Hashable, Sendable, Codable {
  private var texts: [PupilField: String] = [:]
  public var contacts: [ContactStatement]?
  /// Whether the contacts are all that there are.
  public var areContactsWhole: Bool?
  /// Whether a last day was sent that cannot be read.
  var isLeavingUnread: Bool?

  public init() {}

  public subscript(field: PupilField) -> String? {
    get { texts[field] }
    set { texts[field] = newValue }
  }

  /// What was said of some fields only.
  public func only(_ fields: [PupilField]) -> PupilStatement {
    var part = PupilStatement()
    part.texts = texts.filter { fields.contains($0.key) }
    if fields.contains(.contacts) { (part.contacts, part.areContactsWhole) = (contacts, areContactsWhole) }
    return part
  }

  /// Whether it says of a field what another says.
  public func says(_ field: PupilField, like other: PupilStatement) -> Bool {
    field == .contacts
      ? contacts != nil && contacts == other.contacts : texts[field] != nil && texts[field] == other[field]
  }

  /// The details of which something is said.
  public var details: [PupilField: String] { texts.filter { $0.key.declaration.isDetail } }

  private enum Key: String, CodingKey { case areContactsWhole, isLeavingUnread }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: PupilField.self)
    for field in PupilField.columns {
      texts[field] =
        field.isFlag
        ? try values.decodeIfPresent(Bool.self, forKey: field).map { String($0) }
        : try values.decodeIfPresent(String.self, forKey: field)
    }
    contacts = try values.decodeIfPresent([ContactStatement].self, forKey: .contacts)
    let more = try decoder.container(keyedBy: Key.self)
    areContactsWhole = try more.decodeIfPresent(Bool.self, forKey: .areContactsWhole)
    isLeavingUnread = try more.decodeIfPresent(Bool.self, forKey: .isLeavingUnread)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: PupilField.self)
    for (field, text) in texts {
      if field.isFlag {
        try values.encode(text == "true", forKey: field)
      } else {
        try values.encode(text, forKey: field)
      }
    }
    try values.encodeIfPresent(contacts, forKey: .contacts)
    var more = encoder.container(keyedBy: Key.self)
    try more.encodeIfPresent(areContactsWhole, forKey: .areContactsWhole)
    try more.encodeIfPresent(isLeavingUnread, forKey: .isLeavingUnread)
  }
}

extension PupilStatement {
  public var upn: UPN? { texts[.upn].flatMap { try? UPN($0) } }
  public var formerUPN: UPN? { texts[.formerUPN].flatMap { try? UPN($0) } }
  public var dateOfBirth: Day? { texts[.dateOfBirth].flatMap { Day(iso: $0) } }
  public var sex: Sex? { texts[.sex].flatMap(Sex.init(rawValue:)) }
  public var yearGroup: CurriculumYear? { texts[.yearGroup].flatMap { CurriculumYear($0) } }
  /// The day on which the name was entered, where it is not the first day on roll.
  public var enteredOn: Day? { texts[.enteredOn].flatMap { Day(iso: $0) } }
  public var status: RegistrationStatus? { texts[.status].flatMap(RegistrationStatus.init(rawValue:)) }
  /// The last day on roll.
  public var leftOn: Day? { texts[.leftOn].flatMap { Day(iso: $0) } }
  /// The day on which the name was deleted.
  public var deletedOn: Day? { texts[.deletedOn].flatMap { Day(iso: $0) } }
  public var ground: DeletionGround? { texts[.ground].flatMap(DeletionGround.init(rawValue:)) }
  /// Where the child goes: a school's URN, or words.
  public var destination: String? { texts[.destination] }
  public var addressProtected: Bool? { texts[.addressProtected].map { $0 == "true" } }
}
