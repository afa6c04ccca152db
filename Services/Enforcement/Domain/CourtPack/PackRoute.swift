/// What a court pack is for.
public enum PackRoute: String, Hashable, Sendable, Codable, CaseIterable {
  /// A summons for failure to secure regular attendance (Education Act 1996 s444(1)).
  case summons = "s444-1"
  /// A summons for the offence with knowledge (Education Act 1996 s444(1A)).
  case knowingSummons = "s444-1a"
  /// A written charge that a single justice decides on papers: s444(1) only (Criminal Procedure Rules r24.9).
  case singleJustice = "single-justice"
  /// Breach of a school attendance order (Education Act 1996 s443).
  case orderBreach = "s443"
  /// An application for an education supervision order (Children Act 1989 s36).
  case supervisionOrder = "supervision-order"
  /// A request for a parenting order on conviction (Sentencing Code s369).
  case parentingOrder = "parenting-order"

  /// Whether sessions are charged: a pack without any cannot then be reviewed.
  public var chargesSessions: Bool {
    switch self {
    case .summons, .knowingSummons, .singleJustice: true
    case .orderBreach, .supervisionOrder, .parentingOrder: false
    }
  }
}

/// Who makes a document of a pack.
public enum PackMaker: String, Hashable, Sendable, Codable, CaseIterable {
  case legal, officer, manager, school
  case headTeacher = "head-teacher"
  case properOfficer = "proper-officer"
  /// Applies the full code test, and is not the case officer.
  case reviewer
  case socialServices = "social-services"

  /// For texts: `the head teacher`.
  public var words: String {
    switch self {
    case .legal: "the legal officer"
    case .officer: "the case officer"
    case .manager: "a manager"
    case .school: "the school"
    case .headTeacher: "the head teacher"
    case .properOfficer: "the proper officer"
    case .reviewer: "a reviewer who is not the case officer"
    case .socialServices: "the authority's social services"
    }
  }
}

/// What is so of the matter, and makes more necessary.
public enum PackCircumstance: String, Hashable, Sendable, Codable, CaseIterable {
  /// A penalty notice for these absences was not paid.
  case penaltyNotice = "penalty-notice"
  /// Who makes the witness statement is under 18.
  case makerUnderEighteen = "maker-under-18"
  /// The child is under 16.
  case childUnderSixteen = "child-under-16"
}
