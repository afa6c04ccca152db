public import Rulebook

/// The register of children not in school and the new orders of the Children's Wellbeing and Schools Act 2026 (ss37 to
/// 39): enacted, and without a day of commencement. An authority that is given a day says so in its configuration;
/// until then no entry is taken and no figure is made (CME-14).
public struct ChildrenNotInSchool: Hashable, Sendable {
  /// Why a child is to be in the register (Education Act 1996 s436B, as inserted by s38).
  public enum Ground: String, Hashable, Sendable, Codable, CaseIterable {
    /// Registered at no school.
    case notRegistered = "not-registered"
    /// Registered, and by agreement educated elsewhere for part or all of the time: flexi-schooling, off site, part-time,
    /// arranged under s19 or otherwise than at school.
    case absentByAgreement = "absent-by-agreement"
  }

  /// What a parent must tell (s436D), and by when after it is asked or changes.
  public enum Particular: String, Hashable, Sendable, Codable, CaseIterable {
    case name
    case dateOfBirth = "date-of-birth"
    case homeAddress = "home-address"
    case parents
    /// How much education each parent gives, and who else gives any.
    case education
  }

  /// How many calendar days a parent has to tell, and the authority to ask for a visit; the first is that of the notice.
  public let answeringDays: Int
  /// What withdrawing a child from school needs the authority's consent for (s37).
  public let consentFor: Set<Consent>

  /// Children who may be withdrawn with consent only.
  public enum Consent: String, Hashable, Sendable, Codable, CaseIterable {
    case placedSpecialSchool = "placed-special-school"
    case childProtection = "child-protection"
  }

  /// As enacted; in force nowhere before an authority has a day for it.
  public static let enacted = ChildrenNotInSchool(
    answeringDays: 15, consentFor: [.placedSpecialSchool, .childProtection])

  /// Where the law is.
  public static let source =
    "Education Act 1996 ss436B to 436G, inserted by Children's Wellbeing and Schools Act 2026 s38; CME-14"

  /// The law as it stands in an authority on a day; `nil` while it is not in force there.
  ///
  /// - Parameter start: the day of commencement that the authority's configuration names; `nil` while it is switched
  ///   off.
  public static func law(from start: Day?, on day: Day) -> ChildrenNotInSchool? {
    start.flatMap { InForce(enacted, from: $0, source: source).applies(on: day) ? enacted : nil }
  }

  /// Whether a child is to be in the register, and why; `nil` for a child who is not.
  ///
  /// - Parameters:
  ///   - isRegistered: whether the child is on the roll of a school.
  ///   - isAbsentByAgreement: whether the school agreed that the child is educated elsewhere.
  public func ground(
    dateOfBirth: Day, livesHere: Bool, isRegistered: Bool, isAbsentByAgreement: Bool, on day: Day
  ) -> Ground? {
    guard livesHere, CompulsorySchoolAge.isCompulsory(dateOfBirth: dateOfBirth, on: day) else { return nil }
    if !isRegistered { return .notRegistered }
    return isAbsentByAgreement ? .absentByAgreement : nil
  }
}
