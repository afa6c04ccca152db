/// How much of a child's affairs a message discloses. Each level contains the one before it.
public enum DisclosureLevel: String, Codable, Sendable, CaseIterable, Comparable {
  /// Nothing about a child.
  case nothing = "L0"
  /// The identity link only: name, date of birth, school and whom to contact.
  case identity = "L1"
  /// With attendance: sessions and dates.
  case attendance = "L2"
  /// With codes, reasons and rules.
  case reasons = "L3"
  /// Restricted matters, for named workers only.
  case restricted = "L4"

  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Why the law allows a disclosure (UK GDPR art 6 and 9, Data Protection Act 2018 sch 1).
public enum LawfulBasis: String, Codable, Sendable, CaseIterable {
  /// A statutory duty or public task under education law.
  case educationDuty = "LB1"
  /// Safeguarding under the Children Acts.
  case safeguarding = "LB2"
  /// Special-category data, for safeguarding or legal claims.
  case specialCategory = "LB3"
  /// Criminal-offence data.
  case criminalOffence = "LB4"
  /// Consent; never for a statutory step.
  case consent = "LB5"
  /// Vital interests in an emergency.
  case vitalInterests = "LB6"
  /// An information sharing agreement in force, an instance of LB1 or LB2.
  case sharingAgreement = "LB7"

  /// What the basis means, with its law: the table of docs/http.md.
  public var meaning: String {
    switch self {
    case .educationDuty:
      "statutory duty or public task under education law: UK GDPR Art 6(1)(c) and (e); Education Act 1996 ss 7, 19, "
        + "434 to 447 and 436A; 2024 Regulations"
    case .safeguarding:
      "safeguarding: UK GDPR Art 6(1)(e); Children Act 1989 ss 17 and 47, Children Act 2004 ss 10 and 11"
    case .specialCategory:
      "special-category data (health, ethnicity) for safeguarding or legal claims: UK GDPR Art 9(2)(g) and (f), Data "
        + "Protection Act 2018 Sch 1 para 18"
    case .criminalOffence:
      "criminal-offence data: Data Protection Act 2018 Sch 1 paras 6, 10 and 33"
    case .consent: "consent, for voluntary early help; never for a statutory step: UK GDPR Art 6(1)(a)"
    case .vitalInterests: "vital interests, in an emergency: UK GDPR Art 6(1)(d) and 9(2)(c)"
    case .sharingAgreement: "an information sharing agreement in force, as an instance of LB1 or LB2"
    }
  }

  /// A basis that the law knows and subscriptions do not take: whoever discloses or refuses under it records why each
  /// time, which a standing subscription cannot do.
  public static let notTaken = (
    code: "LB8",
    meaning: "duty to disclose for the safeguarding or welfare of a child: Children Act 2004 s 16LA, from 30 September "
      + "2026 (each authority's lawyers confirm the day); not taken here, because every disclosure under it is "
      + "decided and recorded by a person: name LB2 or LB7"
  )

  /// All bases with their meanings, in one text.
  public static var explanation: String {
    (allCases.map { "\($0.rawValue): \($0.meaning)." } + ["\(notTaken.code): \(notTaken.meaning)."])
      .joined(separator: " ")
  }

  /// What the data is shared for, in words, for the log of disclosures.
  public var purpose: String {
    switch self {
    case .educationDuty: "school attendance duties of the authority"
    case .safeguarding: "safeguarding a child"
    case .specialCategory: "safeguarding or legal claims, with special-category data"
    case .criminalOffence: "attendance offences"
    case .consent: "early help to which the family agreed"
    case .vitalInterests: "protecting life in an emergency"
    case .sharingAgreement: "school attendance duties under a sharing agreement"
    }
  }
}

/// What a receiver is. Parents are told by letter and the Department by returns, so neither has a webhook.
public enum RecipientKind: String, Codable, Sendable, CaseIterable {
  case school
  case socialCare = "social-care"
  case health
  case youthJustice = "youth-justice"
  case police
  case virtualSchool = "virtual-school"
  case earlyHelp = "early-help"
  case otherAuthority = "other-authority"
}

/// One field of a message's data, and what it takes to be told. The one list from which messages are cut.
public enum DisclosedField: String, Codable, Sendable, CaseIterable {
  /// The authority that tells; says nothing about a child.
  case authority
  /// The child's opaque identifier, by which a receiver knows that two messages are about the same child.
  case pupil
  case givenName, familyName, dateOfBirth
  /// The school's number and name.
  case school
  /// Which service to contact.
  case contact
  case proposal, metOn, windowFirstWeek, windowLastWeek
  /// A penalty notice, by which a receiver knows what a later message is about.
  case notice
  /// A prosecution or an order, by which a receiver knows what a later message is about.
  case prosecution, order
  /// A performance licence, by which a school's leave and a later message go, and its days.
  case licence, dates
  /// How a register and a child's licences differ.
  case difference
  /// The approval of a chaperone.
  case approval
  /// A search for a missing child, by which a receiver knows what a later message is about.
  case search
  /// Whether a child who was looked for was found.
  case located
  /// What made the authority look for a child: T1 to T13.
  case trigger
  /// The days and sessions counted.
  case sessions
  /// How many sessions any window still holds after a correction.
  case mostSessions
  /// The code of each counted session.
  case sessionCode = "sessions.code"
  case unresolved
  /// The rule that was applied, with its source.
  case rule
  /// The number of what was found, by which a receiver knows what a correction takes back.
  case finding
  /// The day on which something became true, or was seen not to be true.
  case on
  /// The session that was missed or of which no register came.
  case session
  /// The day of which no register came.
  case date
  /// The first day that counts toward a finding.
  case since
  /// What was counted: sessions, school days or elapsed days.
  case count
  /// The possible sessions of which `count` is a share.
  case outOf
  /// Which return a school filed; tells of illness where it is a sickness return.
  case returnKind = "return"
  case filedOn, dueOn
  /// The last day on roll.
  case leftOn
  /// The ground of deletion, reg 9(1)(a) to (o).
  case ground
  case destinationKnown

  /// The lowest level at which the field may be disclosed.
  public var level: DisclosureLevel {
    switch self {
    case .authority: .nothing
    case .pupil, .givenName, .familyName, .dateOfBirth, .school, .contact: .identity
    case .notice, .prosecution, .order, .proposal, .metOn, .windowFirstWeek, .windowLastWeek, .sessions, .mostSessions:
      .attendance
    case .licence, .dates, .difference, .approval: .attendance
    case .finding, .on, .session, .date, .filedOn, .dueOn, .leftOn, .search, .located: .attendance
    case .sessionCode, .unresolved, .rule, .trigger: .reasons
    // What a finding rests on goes only to those who act on it (UK GDPR art 5(1): minimum necessary).
    case .since, .count, .outOf, .returnKind, .ground, .destinationKnown: .reasons
    }
  }

  /// Whether the field tells where a child lives or learns: withheld for a child whose address is protected.
  public var revealsPlace: Bool { self == .school }

  /// For a field that travels inside the elements of another: that other field, and its key there.
  var place: (parent: DisclosedField, key: String)? { self == .sessionCode ? (.sessions, "code") : nil }

  /// The fields that a message may contain.
  ///
  /// - Parameters:
  ///   - level: the level that was decided.
  ///   - addressProtected: refuge, adoption, witness: no field that reveals a place.
  public static func allowed(at level: DisclosureLevel, addressProtected: Bool) -> Set<DisclosedField> {
    Set(allCases.filter { $0.level <= level && !(addressProtected && $0.revealsPlace) })
  }
}
