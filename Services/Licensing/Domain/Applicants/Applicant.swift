public import Rulebook

/// What an employer, a parent or a production sends before an officer enters it: who they are, which child is meant, and the
/// application.
public struct ApplicantForm: Hashable, Sendable, Codable {
  /// Who applies.
  public struct Applicant: Hashable, Sendable, Codable {
    public let name: String
    /// Where the code is sent, and where the applicant is answered.
    public let email: String
    public let address: [String]
  }

  /// The child in the applicant's words: an officer finds the child's record.
  public struct Child: Hashable, Sendable, Codable {
    public let givenName, familyName: String
    public let dateOfBirth: Day
    public let address: [String]
    /// The school as the applicant names it.
    public let school: String?
  }

  /// What stands in an application where the party's identifier stands later.
  public static let applicant = "applicant"
  /// The most characters of a name, a school or a line of an address, and the most lines.
  public static let (mostCharacters, mostLines) = (200, 8)

  public let applicant: Applicant
  public let child: Child
  /// One of the two.
  public let permit: PermitApplication?
  public let licence: LicenceApplication?

  /// Why it cannot be taken: a field and what is wrong.
  public func faults(on today: Day) -> [(field: String, text: String)] {
    var faults: [(String, String)] = []
    for (field, text) in [
      ("/applicant/name", applicant.name), ("/child/givenName", child.givenName),
      ("/child/familyName", child.familyName), ("/child/school", child.school ?? "-"),
    ] where !(1...Self.mostCharacters ~= text.count) {
      faults.append((field, "must have 1 to \(Self.mostCharacters) characters"))
    }
    for (field, lines) in [("/applicant/address", applicant.address), ("/child/address", child.address)]
    where !(1...Self.mostLines ~= lines.count) || !lines.allSatisfy({ 1...Self.mostCharacters ~= $0.count }) {
      faults.append((field, "must be 1 to \(Self.mostLines) lines of 1 to \(Self.mostCharacters) characters"))
    }
    if EmailAddress(applicant.email) == nil { faults.append(("/applicant/email", "must be an e-mail address")) }
    if !(0..<20 ~= today.age(bornOn: child.dateOfBirth)) {
      faults.append(("/child/dateOfBirth", "must be that of a child"))
    }
    switch (permit, licence) {
    case (let permit?, nil):
      faults += permit.faults.map { ("/permit\($0.field)", $0.text) }
      if permit.employer != Self.applicant { faults.append(("/permit/employer", "must be \(Self.applicant)")) }
    case (nil, let licence?):
      faults += licence.faults.map { ("/licence\($0.field)", $0.text) }
      if licence.holder != Self.applicant { faults.append(("/licence/holder", "must be \(Self.applicant)")) }
    default: faults.append(("/permit", "must be there, or a licence, and not both"))
    }
    return faults
  }
}

/// What an applicant may do and for how long: the authority's own figures (LIC-27).
public struct ApplicantTerms: Hashable, Sendable {
  /// After so many days a draft that nobody confirmed is forgotten.
  public let daysToConfirm: Int
  /// How often a code may be tried, and how often one is sent.
  public let tries, mails: Int
  /// How many drafts of one address may wait to be confirmed, and how many of all.
  public let waitingOfOne, waitingOfAll: Int
  /// How many drafts may wait for an officer.
  public let waitingForOfficers: Int
  /// How many files a draft may have.
  public let mostFiles: Int

  public static let england: Dated<ApplicantTerms> = [
    InForce(
      ApplicantTerms(
        daysToConfirm: 3, tries: 5, mails: 3, waitingOfOne: 3, waitingOfAll: 2_000, waitingForOfficers: 5_000,
        mostFiles: 20), source: "interpretation LIC-27")
  ]
}
