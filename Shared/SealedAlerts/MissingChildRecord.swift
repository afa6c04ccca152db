public import Rulebook

/// What is told of a missing child to the authority where the child may live: the least that finds the child, and no
/// history in free text (chapter 7 of `cme.md`; level L3 of the notifications, or L1 where the address is protected).
public struct MissingChildRecord: Hashable, Sendable, Codable {
  public struct Name: Hashable, Sendable, Codable {
    public let given, family: String

    public init(given: String, family: String) {
      self.given = given
      self.family = family
    }
  }

  /// A parent, with up to three ways to reach them.
  public struct Parent: Hashable, Sendable, Codable {
    public let name, relationship: String
    public let contacts: [String]

    public init(name: String, relationship: String, contacts: [String]) {
      self.name = name
      self.relationship = relationship
      self.contacts = contacts
    }
  }

  public struct Sibling: Hashable, Sendable, Codable {
    public let given: String
    public let dateOfBirth: Day

    public init(given: String, dateOfBirth: Day) {
      self.given = given
      self.dateOfBirth = dateOfBirth
    }
  }

  /// One enquiry that was made: its number in the national list and whether it found anything.
  public struct Enquired: Hashable, Sendable, Codable {
    public let item: Int
    public let on: Day
    public let found: Bool

    public init(item: Int, on: Day, found: Bool) {
      self.item = item
      self.on = on
      self.found = found
    }
  }

  /// Who to call about the alert.
  public struct Contact: Hashable, Sendable, Codable {
    public let name, role, telephone: String

    public init(name: String, role: String, telephone: String) {
      self.name = name
      self.role = role
      self.telephone = telephone
    }
  }

  public let name: Name
  public var knownNames: [Name] = []
  public let dateOfBirth: Day
  public var sex: Sex?
  public var upn: UPN?
  public var lastSchool: String?
  public var lastAttended: Day?
  public var ground: DeletionGround?
  /// In lines.
  public var lastAddress: [String] = []
  /// The address or area where the child is believed to live, in lines.
  public var believedAddress: [String] = []
  public var parents: [Parent] = []
  public var siblings: [Sibling] = []
  /// The authority that maintains an education, health and care plan.
  public var planAuthority: AuthorityCode?
  /// How to reach the social worker; never what the work is about.
  public var socialWorker: String?
  /// The number to call where there is an urgent risk.
  public var urgentNumber: String?
  public var languages: [String] = []
  public var enquiries: [Enquired] = []
  public let sender: Contact

  public init(name: Name, dateOfBirth: Day, sender: Contact) {
    self.name = name
    self.dateOfBirth = dateOfBirth
    self.sender = sender
  }

  /// What may be told where the child's address is protected: who the child is and whom to call. No address, no school
  /// and nobody through whom the child could be found.
  public var withAddressProtected: MissingChildRecord {
    var record = MissingChildRecord(name: name, dateOfBirth: dateOfBirth, sender: sender)
    record.urgentNumber = urgentNumber
    return record
  }

  /// Whether it keeps to the numbers and lengths that an alert has room for.
  var isWithinLimits: Bool {
    let names = [name] + knownNames
    let short = names.flatMap { [$0.given, $0.family] } + parents.map(\.name) + siblings.map(\.given)
    let words = parents.map(\.relationship) + languages
    let lines =
      [lastSchool, socialWorker, urgentNumber].compactMap { $0 } + lastAddress + believedAddress
      + parents.flatMap(\.contacts) + [sender.name, sender.role, sender.telephone]
    return knownNames.count <= 4 && parents.count <= 4 && siblings.count <= 10 && languages.count <= 4
      && lastAddress.count <= 6 && believedAddress.count <= 6 && parents.allSatisfy { $0.contacts.count <= 3 }
      && enquiries.count <= 20 && short.allSatisfy { $0.isPlain(upTo: 60) } && words.allSatisfy { $0.isPlain(upTo: 30) }
      && lines.allSatisfy { $0.isPlain(upTo: 80) }
  }
}
