public import Contracts

/// What a caller is; decides which routes it may use.
public enum Role: String, Sendable, Codable, CaseIterable {
  /// A school's own staff or information system; sees its own pupils only.
  case school
  case attendanceOfficer = "attendance-officer"
  case legalOfficer = "legal-officer"
  /// Tracks children missing education.
  case cmeOfficer = "cme-officer"
  /// Looks after the education of children in care.
  case virtualSchool = "virtual-school"
  /// Books payments for penalty notices and sends them back; sees notices by their numbers only.
  case finance = "finance-officer"
  /// Decides about children's work, performances and chaperones.
  case licensingOfficer = "licensing-officer"
  case manager
  /// A partner agency or a councillor: sees figures of groups only, small numbers suppressed.
  case agency
  /// Sets up subscriptions of partner agencies.
  case integration
  /// Another program of the suite.
  case service
  /// Runs the programs: parked events, receivers.
  case `operator`
}

/// Who is calling, from a verified token.
public struct Caller: Sendable, Hashable {
  /// Opaque.
  public let subject: String
  public let role: Role
  /// The schools the caller belongs to, by URN; `nil` when it is not bound to any.
  public let schools: Set<String>?
  public let scopes: Set<String>

  public init(subject: String, role: Role, schools: Set<String>? = nil, scopes: Set<String> = []) {
    self.subject = subject
    self.role = role
    self.schools = schools
    self.scopes = scopes
  }

  /// A program of the suite, for what it does by itself or because of another's event.
  public static func program(_ name: ServiceName) -> Caller { Caller(subject: name.rawValue, role: .service) }

  /// The schools that the caller is confined to, by URN; `nil` for one who works for the whole authority. A school's user
  /// whose token names no school is confined to none.
  public var confinedTo: Set<String>? { schools ?? (role == .school ? [] : nil) }

  /// Whether the caller may act for a school.
  public func mayActFor(school urn: String) -> Bool { confinedTo?.contains(urn) ?? true }

  /// - Throws: `Problem` forbidden unless the caller may act for the school.
  public func requireActing(forSchool urn: String) throws(Problem) {
    guard mayActFor(school: urn) else { throw .forbidden }
  }
}

/// How a route confines callers who are bound to schools: a school's users, and officers whose token names schools.
///
/// The router itself enforces ``ownSchool`` and ``wholeAuthority``. A handler under ``ownRecords`` must leave out what
/// belongs to other schools, by `Caller.confinedTo` or `Caller.mayActFor(school:)`; a test calls every described route
/// as a foreign school and as a foreign officer.
public enum Reach: String, Sendable, Hashable, Codable, CaseIterable {
  /// The path names a school as `{urn}`: callers bound to schools may use the route for theirs only (403).
  case ownSchool = "own-school"
  /// The answer holds only what belongs to the caller's schools; a record of another school is not found (404).
  case ownRecords = "own-records"
  /// Authority-wide data: callers bound to schools may not use the route (403).
  case wholeAuthority = "whole-authority"
  /// The same for every caller: the route holds nothing about a child, or about what one school did.
  case shared

  /// - Parameter school: the path's `{urn}`.
  /// - Throws: `Problem` forbidden where the route alone decides that the caller may not use it.
  func admit(_ caller: Caller, school: String?) throws(Problem) {
    guard let own = caller.confinedTo else { return }
    switch self {
    case .ownSchool: guard let school, own.contains(school) else { throw .forbidden }
    case .wholeAuthority: throw .forbidden
    case .ownRecords, .shared: break
    }
  }
}

/// Who may use a route, and for which schools. Every route has one; there is no other way to add a route.
public enum Policy: Sendable, Hashable {
  /// Anybody: health, metrics, descriptions and published keys, which hold nothing about a person.
  case open
  /// Callers of these roles with a token of this authority, confined as the reach says.
  case roles(Set<Role>, Reach)

  public static func roles(_ roles: Role..., reach: Reach) -> Policy { .roles(Set(roles), reach) }
}
