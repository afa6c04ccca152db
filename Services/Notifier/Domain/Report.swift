public import Contracts
public import Rulebook
public import Schemas

/// A fact that receivers can be told of, as its event tells it: no name in it.
public struct Report: Hashable, Sendable {
  /// What a report does to what a receiver was told before.
  public enum Course: Hashable, Sendable {
    /// It tells something for the first time.
    case begins
    /// It changes the details of what was told: whoever was told no more than that there is something learns nothing.
    case changes
    /// It tells what became of what was told: a fact of its own, so that whoever is told no more than that there is
    /// something is told so again, and asks.
    case follows
    /// It takes back what was told (UK GDPR art 5(1): a message that became wrong is corrected).
    case withdraws
  }

  /// The type of the event.
  public let type: EventType
  /// The child; `nil` where the report is about a school and no child.
  public let pupil: PupilID?
  /// The school whose register is meant, or where the child was last; `nil` where none is known, or the report is about
  /// no school.
  public let school: URN?
  /// What it does to what was told before.
  public let course: Course
  /// What the report is about, the same in every report that begins, changes or withdraws it, and unique among the
  /// events of all services; `nil` where it is never changed or withdrawn.
  public let matter: String?
  /// Whose concern the child was at the time; `nil` where the event does not say.
  public let concerns: Set<Concern>?
  /// What it tells beside the child and the school, by field. Every field has its level.
  public let facts: [DisclosedField: JSONValue]

  /// What an event's data reports.
  public init(_ data: some Reportable) { self = data.report }

  init(
    type: EventType, pupil: PupilID?, school: URN?, course: Course = .begins, matter: String? = nil,
    concerns: [Concern]? = nil, facts: [DisclosedField: JSONValue]
  ) {
    self.type = type
    self.pupil = pupil
    self.school = school
    self.course = course
    self.matter = matter
    self.concerns = concerns.map { Set($0) }
    self.facts = facts
  }

  /// The same report about the identifier that the child has now (``PupilsMerged``).
  public func about(_ pupil: PupilID?) -> Report {
    Report(
      type: type, pupil: pupil, school: school, course: course, matter: matter, concerns: concerns.map { Array($0) },
      facts: facts)
  }
}

/// Who a child is: personal, kept by the notifier only to put into messages that may name the child.
public struct Identity: Hashable, Sendable {
  /// The child.
  public let pupil: PupilID
  /// The given name.
  public let givenName: String
  /// The family name.
  public let familyName: String
  /// The date of birth.
  public let dateOfBirth: Day
  /// Never tell where this child lives or learns.
  public let addressProtected: Bool

  public init(pupil: PupilID, givenName: String, familyName: String, dateOfBirth: Day, addressProtected: Bool) {
    self.pupil = pupil
    self.givenName = givenName
    self.familyName = familyName
    self.dateOfBirth = dateOfBirth
    self.addressProtected = addressProtected
  }
}

/// What is known around a report when its message is cut.
public struct ReportContext: Hashable, Sendable {
  /// Who the child is; `nil` where the report is about no child.
  public let identity: Identity?
  /// `nil` while the school's own event has not arrived.
  public let schoolName: String?
  /// When it happened.
  public let time: Timestamp
  /// The authority's three digits.
  public let authority: String
  /// The most that the receiver was told of the report's matter before; `nil` when it was told nothing.
  public let told: DisclosureLevel?

  public init(
    identity: Identity?, schoolName: String?, time: Timestamp, authority: String, told: DisclosureLevel? = nil
  ) {
    self.identity = identity
    self.schoolName = schoolName
    self.time = time
    self.authority = authority
    self.told = told
  }
}
