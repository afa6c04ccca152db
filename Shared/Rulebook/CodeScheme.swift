/// What a mark is in the statistics (`attendance.md` 3).
public enum StatisticalClass: String, Codable, Sendable, CaseIterable {
  case attending
  case approvedEducationalActivity = "approved_educational_activity"
  case authorisedAbsence = "authorised_absence"
  case unauthorisedAbsence = "unauthorised_absence"
  case notPossible = "not_possible"
  case notCollected = "not_collected"

  public var isPresent: Bool { self == .attending || self == .approvedEducationalActivity }
  public var isAbsent: Bool { self == .authorisedAbsence || self == .unauthorisedAbsence }
  public var isPossible: Bool { isPresent || isAbsent }
}

/// Whom a code may be used for.
public enum AgeRule: String, Sendable {
  case any
  case compulsoryOnly = "csa_only"
  case nonCompulsoryOnly = "non_csa_only"
}

/// One code of one scheme.
public struct CodeRule: Sendable, Hashable {
  /// What a code counts toward beside the statistics.
  public enum Purpose: Sendable, Hashable { case penaltyNotice, attendanceReturn, sicknessReturn }

  public let code: AttendanceCode
  public let meaning: String
  public let statisticalClass: StatisticalClass
  /// The only session it may stand in; `nil` for both.
  public let session: Session?
  public let ageRule: AgeRule
  public let whoOrWhen: String
  public let counts: Set<Purpose>
  /// The first session date; `nil` when before the product's time.
  public let validFrom: Day?
  /// The last session date; `nil` while it lasts.
  public let validTo: Day?
  public let source: String

  /// Whether it counts toward the national threshold for penalty notices (`enforcement.md` 3.1).
  public var countsTowardPenaltyNotice: Bool { counts.contains(.penaltyNotice) }
  public var attendanceReturn: Bool { counts.contains(.attendanceReturn) }
  public var sicknessReturn: Bool { counts.contains(.sicknessReturn) }
  public var possibleSession: Bool { statisticalClass.isPossible }
  public var countsAsPresent: Bool { statisticalClass.isPresent }
  public var countsAsAbsent: Bool { statisticalClass.isAbsent }
}

/// What becomes of a token in an import.
public enum ImportDecision: Equatable, Sendable {
  case accept(AttendanceCode)
  /// Accepted as another code than was written.
  case acceptFlagged(AttendanceCode, note: String)
  /// No mark.
  case missing
  /// Kept aside until the school has corrected it.
  case quarantine(reason: String, suggestion: String?)
  /// Never accepted.
  case reject(reason: String)
}

/// The codes in force on a session's date.
public struct CodeScheme: Sendable {
  /// `2024` or `before-2024`.
  public let name: String
  /// The rules, in the order of the table.
  public let rules: [CodeRule]
  private let byRegisterByte: [CodeRule?]

  private init(_ name: String, _ rules: [CodeRule]) {
    self.name = name
    self.rules = rules
    var table = [CodeRule?](repeating: nil, count: 128)
    for rule in rules { table[Int(rule.code.registerByte)] = rule }
    byRegisterByte = table
  }

  /// The scheme that a session of this date is coded in, whenever it was entered.
  public static func inForce(on day: Day) -> CodeScheme { day >= changed ? scheme2024 : before2024 }

  /// The rule of a code in this scheme; `nil` when it is not in force.
  public func rule(for code: AttendanceCode) -> CodeRule? { byRegisterByte[Int(code.registerByte)] }

  /// The class of a code in this scheme without copying the rule; `nil` when it is not in force.
  public func statisticalClass(_ code: AttendanceCode) -> StatisticalClass? {
    byRegisterByte[Int(code.registerByte)]?.statisticalClass
  }

  /// Decides about a token for a session (`attendance.md` 3 and 5).
  public static func decide(token: some StringProtocol, on day: Day, session: Session) -> ImportDecision {
    decide(tokenBytes: token.utf8, on: day, session: session)
  }

  /// Decides about a token given as bytes. Accepting allocates nothing.
  public static func decide(tokenBytes: some Collection<UInt8>, on day: Day, session: Session) -> ImportDecision {
    if tokenBytes.isEmpty || tokenBytes.elementsEqual(CollectionOfOne(UInt8(ascii: "-"))) { return .missing }
    if tokenBytes.elementsEqual(CollectionOfOne(UInt8(ascii: "!"))) {
      return .quarantine(reason: "no-attendance-required", suggestion: "D, X, C2 or #")
    }
    guard let code = AttendanceCode(tokenBytes: tokenBytes) else { return decideSubcode(tokenBytes, on: day) }
    let scheme = inForce(on: day)
    guard let rule = scheme.byRegisterByte[Int(code.registerByte)] else { return scheme.decideOther(code) }
    if let only = rule.session, only != session {
      return .quarantine(reason: "wrong-session", suggestion: session == .am ? "/" : "\\")
    }
    return .accept(code)
  }

  /// A subcode of the pandemic counts as its code on the days on which there were such.
  private static func decideSubcode(_ tokenBytes: some Collection<UInt8>, on day: Day) -> ImportDecision {
    let token = String(decoding: tokenBytes.prefix(4), as: UTF8.self).uppercased()
    guard let subcode = CodeTables.subcodes[token] else { return .quarantine(reason: "unknown-code", suggestion: nil) }
    if subcode.applies(on: day) {
      return .acceptFlagged(subcode.value, note: "\(token) counts as \(subcode.value): a subcode of 2020 to 2022")
    }
    if let from = subcode.from, day < from { return .quarantine(reason: "code-not-yet-in-force", suggestion: nil) }
    return .quarantine(
      reason: "code-no-longer-in-force",
      suggestion: token.hasPrefix("I") ? "I" : "I where the pupil was ill, otherwise the code that fits")
  }

  /// The last day of a token that has ended; `nil` when it has not, or never was a code.
  public static func lastDay(ofToken token: String) -> Day? {
    if let subcode = CodeTables.subcodes[token.uppercased()] { return subcode.to }
    guard let code = AttendanceCode(token), scheme2024.rule(for: code) == nil else { return nil }
    return before2024.rule(for: code)?.validTo
  }

  /// The first day of a token that began within the product's time; `nil` when it did not, or is no code.
  public static func firstDay(ofToken token: String) -> Day? {
    if let subcode = CodeTables.subcodes[token.uppercased()] { return subcode.from }
    guard let code = AttendanceCode(token), before2024.rule(for: code) == nil else { return nil }
    return scheme2024.rule(for: code)?.validFrom
  }

  /// A code that is in the other scheme only.
  private func decideOther(_ code: AttendanceCode) -> ImportDecision {
    guard name == Self.scheme2024.name else { return .quarantine(reason: "code-not-yet-in-force", suggestion: nil) }
    switch code.text {
    case "J":
      return AttendanceCode("J1").map { .acceptFlagged($0, note: "J is J1 since 19 August 2024: an absence") }
        ?? .missing
    case "H":
      return .quarantine(
        reason: "code-no-longer-in-force", suggestion: "C if leave was given for an exceptional circumstance, else G")
    case "Y": return .quarantine(reason: "code-no-longer-in-force", suggestion: "Y1 to Y7")
    case "F": return .reject(reason: "code-no-longer-in-force")
    default: return .quarantine(reason: "unknown-code", suggestion: nil)
    }
  }

  private static let changed = on(2024, 8, 19)
  private static let scheme2024 = CodeScheme("2024", CodeTables.rules2024)
  private static let before2024 = CodeScheme("before-2024", CodeTables.rulesBefore2024)
}
