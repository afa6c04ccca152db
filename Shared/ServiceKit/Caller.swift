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

  /// Whether the caller may act for a school: a school's own users for theirs only.
  public func mayActFor(school urn: String) -> Bool { schools?.contains(urn) ?? (role != .school) }

  /// - Throws: `Problem` forbidden unless the caller may act for the school.
  public func requireActing(forSchool urn: String) throws(Problem) {
    guard mayActFor(school: urn) else { throw .forbidden }
  }
}

/// Who may use a route. Every route has one; there is no other way to add a route.
public enum Policy: Sendable, Hashable {
  /// Anybody: health and metrics only, which hold nothing about a person.
  case open
  /// Callers of these roles, with a token of this authority.
  case roles(Set<Role>)

  public static func roles(_ roles: Role...) -> Policy { .roles(Set(roles)) }
}
