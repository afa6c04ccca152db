public import Schemas

/// What a contact is to a child. What schools write is read as one of these (interpretation: relationship).
public enum Relationship: String, Codable, Sendable, Hashable, CaseIterable {
  case mother, father
  case stepParent = "step-parent"
  /// Whoever fosters the child.
  case fosterCarer = "foster-carer"
  /// A guardian or special guardian.
  case guardian
  case grandparent
  /// Another member of the family.
  case relative
  /// Whoever looks after the child and is none of the others.
  case carer
  /// Whoever is there because of their work: a social worker, a childminder, a doctor.
  case professional
  /// What is none of these, is not said, or could not be read.
  case other
}

/// A child's parents and other contacts were recorded or changed, each as an opaque person.
public struct ContactsRecorded: EventData {
  public static let type = EventType(.registers, "contacts-recorded")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "A child's parents and other contacts were recorded or changed. Published at every change, with all of them; each is an opaque person, and names and addresses stay in the registers."
  public static let schema = JSONSchema.object([
    .init("pupil", .pupil, "The child."),
    .init(
      "contacts",
      .array(
        .object([
          .init("person", .person, "The contact. One person may have several identifiers until they are merged."),
          .init("relationship", .oneOf(Relationship.allCases.map(\.rawValue)), "What the person is to the child."),
          .init(
            "parentalResponsibility", .boolean,
            "Whether the person has parental responsibility, as stated (Children Act 1989 s3)."),
          .init("livesWith", .boolean, "Whether the child lives with the person."),
          .init("safeToContact", .boolean, "Whether the person may be written to and called."),
          .init("protected", .boolean, "Whether where the person lives must not be disclosed."),
          .init("ended", .boolean, "Whether the person is no longer a contact of the child."),
        ])), "All that there are and were, in order of the identifier, each person once."),
  ])

  public let pupil: PupilID
  public let contacts: [Contact]

  public init(pupil: PupilID, contacts: [Contact]) {
    self.pupil = pupil
    self.contacts = contacts
  }

  /// What a person is to the child.
  public struct Contact: Codable, Hashable, Sendable {
    public let person: PersonID
    public let relationship: Relationship
    /// As stated (Children Act 1989 s3).
    public let parentalResponsibility: Bool
    public let livesWith: Bool
    /// Whether the person may be written to and called.
    public let safeToContact: Bool
    /// Whether where the person lives must not be disclosed.
    public let protected: Bool
    /// Whether the person is no longer a contact of the child.
    public let ended: Bool

    public init(
      person: PersonID, relationship: Relationship, parentalResponsibility: Bool, livesWith: Bool, safeToContact: Bool,
      protected: Bool, ended: Bool
    ) {
      self.person = person
      self.relationship = relationship
      self.parentalResponsibility = parentalResponsibility
      self.livesWith = livesWith
      self.safeToContact = safeToContact
      self.protected = protected
      self.ended = ended
    }
  }
}

/// An officer confirmed that two identifiers are one person's.
public struct PersonsMerged: EventData {
  public static let type = EventType(.registers, "persons-merged")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "An officer confirmed that two identifiers are one person's. Published once; what rests on either must be looked at again. It may be undone: see persons-parted."
  public static let schema = JSONSchema.object([
    .init("person", .person, "The identifier that stands for both now: the smaller one."),
    .init("merged", .person, "The identifier that no longer stands for itself, nor for those that it stood for."),
  ])

  public let person: PersonID
  public let merged: PersonID

  public init(person: PersonID, merged: PersonID) {
    self.person = person
    self.merged = merged
  }
}

/// An officer took back that some identifiers are one person's.
public struct PersonsParted: EventData {
  public static let type = EventType(.registers, "persons-parted")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "An officer took back that some identifiers are one person's: they are two people's. Published once; what rests on either must be looked at again."
  public static let schema = JSONSchema.object([
    .init("person", .person, "The identifier that stood for all and stands for those that are left."),
    .init(
      "parted", .array(.person),
      "The identifiers of the other person, in order: the first stands for them now. Never empty."),
  ])

  public let person: PersonID
  public let parted: [PersonID]

  public init(person: PersonID, parted: [PersonID]) {
    self.person = person
    self.parted = parted
  }
}
