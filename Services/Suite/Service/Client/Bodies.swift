import Contracts
public import Rulebook
public import SuiteDomain

/// The body of `PUT /schools/{urn}`.
public struct SchoolBody: Encodable, Sendable {
  let name, phase, type: String

  public init(_ school: MadeUpSchool) {
    name = school.name
    phase = school.phase.rawValue
    type = school.kind.rawValue
  }
}

/// The body of `PUT /schools/{urn}/calendars/{year}`.
public struct CalendarBody: Encodable, Sendable {
  let terms: [DayRange]
  let closed: [Day]
  let oneSessionDays: [String: Session]

  public init(_ calendar: SchoolCalendar) {
    terms = calendar.terms
    closed = calendar.closed.sorted()
    oneSessionDays = Dictionary(uniqueKeysWithValues: calendar.oneSessionDays.map { ($0.key.iso, $0.value) })
  }
}

/// The body of `POST /schools/{urn}/pupils`.
public struct PupilsBody: Encodable, Sendable {
  struct Pupil: Encodable, Sendable {
    let upn, givenName, familyName: String
    let dateOfBirth: Day
    let yearGroup: String
    let enrolledOn: Day
    let contacts: [Contact]?
  }

  /// A parent or another person to turn to.
  public struct Contact: Encodable, Sendable {
    let givenName, familyName, relation: String
    let parentalResponsibility, livesWith, safeToContact: Bool
    let address, postcode: String
  }

  let pupils: [Pupil]

  /// - Parameter contacts: those of each pupil; left as they are when `nil`.
  public init(_ pupils: some Sequence<MadeUpPupil>, contacts: [Contact]? = nil) {
    self.pupils = pupils.map {
      Pupil(
        upn: $0.upn.text, givenName: $0.givenName, familyName: $0.familyName, dateOfBirth: $0.dateOfBirth,
        yearGroup: $0.yearGroup, enrolledOn: $0.enrolledOn, contacts: contacts)
    }
  }
}
