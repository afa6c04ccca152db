/// What a mark is in the statistics: attending, absent, or not counted.
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

/// One code of one table.
public struct CodeRule: Sendable, Hashable {
  public let code: AttendanceCode
  public let meaning: String
  public let statisticalClass: StatisticalClass
  /// The only session it may stand in; `nil` for both.
  public let session: Session?
  public let ageRule: AgeRule
  public let whoOrWhen: String
  /// Everything the rules ask of it, the class and the age rule included.
  public let traits: CodeTraits

  /// - Parameter traits: what the code is beside its class and its age rule.
  public init(
    _ code: AttendanceCode, _ statisticalClass: StatisticalClass, _ meaning: String, session: Session? = nil,
    ageRule: AgeRule = .any, whoOrWhen: String = "all schools", traits: CodeTraits = []
  ) {
    self.code = code
    self.meaning = meaning
    self.statisticalClass = statisticalClass
    self.session = session
    self.ageRule = ageRule
    self.whoOrWhen = whoOrWhen
    let age: CodeTraits =
      switch ageRule {
      case .any: []
      case .compulsoryOnly: .compulsoryOnly
      case .nonCompulsoryOnly: .nonCompulsoryOnly
      }
    self.traits = traits.union(age).union(CodeTraits(statisticalClass))
  }

  public var countsTowardPenaltyNotice: Bool { traits.contains(.penaltyNotice) }
  public var attendanceReturn: Bool { traits.contains(.attendanceReturn) }
  public var sicknessReturn: Bool { traits.contains(.illness) }
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

/// One table of codes: what each means on the days on which the table is in force. Made once and shared.
public final class CodeScheme: Sendable, Hashable {
  /// `2024` or `before-2024`.
  public let name: String
  /// The rules, in the order of the table.
  public let rules: [CodeRule]
  /// By register byte, of all 256; none for what is no code of the table.
  public let traits: [CodeTraits]
  /// What becomes of tokens that are no code of the table, by token in upper case.
  public let tokens: [String: ImportDecision]
  /// The register bytes of the rules, in their order.
  public let bytes: [UInt8]
  private let places: [UInt8]

  /// - Parameters:
  ///   - rules: each code once.
  ///   - tokens: for example those of codes that have ended, in upper case; any other is decided by the book.
  public init(_ name: String, _ rules: [CodeRule], tokens: [String: ImportDecision] = [:]) {
    self.name = name
    self.rules = rules
    self.tokens = tokens
    var traits = [CodeTraits](repeating: [], count: 256)
    var places = [UInt8](repeating: .max, count: 256)
    for (place, rule) in rules.enumerated() {
      let byte = Int(rule.code.registerByte)
      precondition(traits[byte].isEmpty, "a table has a code twice")
      traits[byte] = rule.traits
      places[byte] = UInt8(place)
    }
    self.traits = traits
    self.places = places
    bytes = rules.map(\.code.registerByte)
  }

  /// The rule of a code; `nil` when it is not in the table.
  public func rule(for code: AttendanceCode) -> CodeRule? {
    let place = places[Int(code.registerByte)]
    return place == .max ? nil : rules[Int(place)]
  }

  /// What the rules ask of a code; nothing of one that is not in the table.
  public func traits(_ code: AttendanceCode) -> CodeTraits { traits[Int(code.registerByte)] }

  /// The class of a code; `nil` when it is not in the table.
  public func statisticalClass(_ code: AttendanceCode) -> StatisticalClass? { rule(for: code)?.statisticalClass }

  /// The codes with any of some traits, by name.
  public func codes(_ traits: CodeTraits) -> [AttendanceCode] {
    rules.filter { !$0.traits.isDisjoint(with: traits) }.map(\.code).sorted()
  }

  /// The codes with any of some traits as people write them: `B, K, P, V and W`. For texts that name codes.
  public func words(_ traits: CodeTraits, _ conjunction: String = "and") -> String {
    let texts = codes(traits).map(\.text)
    guard let last = texts.last, texts.count > 1 else { return texts.first ?? "" }
    return "\(texts.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
  }

  public static func == (a: CodeScheme, b: CodeScheme) -> Bool {
    a === b || (a.name == b.name && a.rules == b.rules && a.tokens == b.tokens)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
