import Contracts
public import Rulebook

/// A subscription as a person asks for it: nothing checked yet.
public struct SubscriptionRequest: Hashable, Sendable {
  /// The receiver's organisation.
  public var name: String
  /// A ``RecipientKind``.
  public var recipientKind: String
  /// Full type names.
  public var eventTypes: [String]
  /// `nil` asks for all schools.
  public var schools: [String]?
  /// A ``DisclosureLevel``.
  public var level: String
  /// A ``LawfulBasis``.
  public var lawfulBasis: String
  /// What the authority calls the agreement.
  public var agreementReference: String
  /// A day, `YYYY-MM-DD`.
  public var agreementExpiresOn: String
  /// A ``ReceiverAddress``.
  public var address: String
  /// A ``SigningAlgorithm``.
  public var algorithm: String

  public init(
    name: String, recipientKind: String, eventTypes: [String], schools: [String]?, level: String, lawfulBasis: String,
    agreementReference: String, agreementExpiresOn: String, address: String, algorithm: String
  ) {
    self.name = name
    self.recipientKind = recipientKind
    self.eventTypes = eventTypes
    self.schools = schools
    self.level = level
    self.lawfulBasis = lawfulBasis
    self.agreementReference = agreementReference
    self.agreementExpiresOn = agreementExpiresOn
    self.address = address
    self.algorithm = algorithm
  }

  /// The most schools one subscription may name.
  public static let mostSchools = 1000
  /// The longest name or agreement reference, in characters.
  public static let longestText = 200

  /// The schools that it names, as far as they are numbers of schools at all.
  public var urns: Set<URN> { Set((schools ?? []).prefix(Self.mostSchools).compactMap { try? URN($0) }) }

  /// Checks the request against the policy in force.
  ///
  /// - Parameter unknownSchools: those of ``urns`` that no event has told of.
  /// - Throws: every fault at once.
  public func checked(
    id: String, on day: Day, policy: DisclosurePolicy, allowsLoopback: Bool, unknownSchools: Set<URN> = []
  ) throws(Faults) -> Subscription {
    var faults = Faults()
    func fault(_ field: String, _ detail: String) { faults.note("/\(field)", detail) }
    func choice<Value: RawRepresentable & CaseIterable>(_ text: String, _ field: String) -> Value?
    where Value.RawValue == String {
      let value = Value(rawValue: text)
      if value == nil { fault(field, "must be one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))") }
      return value
    }
    func text(_ value: String, _ field: String) {
      if (1...Self.longestText).contains(value.count) { return }
      fault(field, "must have 1 to \(Self.longestText) characters")
    }

    text(name, "name")
    text(agreementReference, "agreement/reference")
    let kind: RecipientKind? = choice(recipientKind, "recipientKind")
    let level: DisclosureLevel? = choice(level, "level")
    let basis: LawfulBasis? = choice(lawfulBasis, "lawfulBasis")
    let algorithm: SigningAlgorithm? = choice(algorithm, "algorithm")
    let types = checkedTypes(on: day, policy, fault)
    let scope = checkedScope(kind, unknownSchools, fault)
    let expiry = Day(iso: agreementExpiresOn)
    if let expiry {
      if expiry < day { fault("agreement/expiresOn", "must be today or later") }
    } else {
      fault("agreement/expiresOn", "must be a day, YYYY-MM-DD")
    }
    var address: ReceiverAddress?
    do { address = try ReceiverAddress(self.address, allowsLoopback: allowsLoopback) } catch {
      fault("address", error.rawValue)
    }
    if let kind {
      for type in types { judge(type, kind, level, basis, on: day, policy, fault) }
    }
    guard faults.all.isEmpty, let kind, let level, let basis, let algorithm, let scope, let expiry, let address else {
      throw faults
    }
    return Subscription(
      id: id, name: name, recipientKind: kind, eventTypes: types, scope: scope, level: level, lawfulBasis: basis,
      agreement: Agreement(reference: agreementReference, expiresOn: expiry), address: address, algorithm: algorithm)
  }

  private func checkedTypes(
    on day: Day, _ policy: DisclosurePolicy, _ fault: (String, String) -> Void
  ) -> [EventType] {
    let offered = policy.events(on: day)
    if eventTypes.isEmpty { fault("eventTypes", "must name at least one event type") }
    if Set(eventTypes).count != eventTypes.count { fault("eventTypes", "must not name a type twice") }
    return eventTypes.enumerated().compactMap { index, name in
      if let type = offered.first(where: { $0.name == name }) { return type }
      fault("eventTypes/\(index)", "must be one of \(offered.map(\.name).joined(separator: ", "))")
      return nil
    }
  }

  private func checkedScope(
    _ kind: RecipientKind?, _ unknown: Set<URN>, _ fault: (String, String) -> Void
  ) -> Subscription.Scope? {
    guard let schools else {
      // A school sees its own pupils and no others.
      if kind == .school { fault("scope", "must name the schools where the recipient is a school") }
      return .all
    }
    guard (1...Self.mostSchools).contains(schools.count) else {
      fault("scope/schools", "must name 1 to \(Self.mostSchools) schools")
      return nil
    }
    var urns: Set<URN> = []
    for (index, text) in schools.enumerated() {
      guard let urn = try? URN(text) else {
        fault("scope/schools/\(index)", "must be a school's URN: six digits")
        continue
      }
      if unknown.contains(urn) {
        fault(
          "scope/schools/\(index)",
          "school \(urn.text) is not set up in registers. Check the number, or set the school up first "
            + "(PUT /schools/\(urn.text) at registers) and try again a moment later.")
      }
      urns.insert(urn)
    }
    return .schools(urns)
  }

  private func judge(
    _ type: EventType, _ kind: RecipientKind, _ level: DisclosureLevel?, _ basis: LawfulBasis?, on day: Day,
    _ policy: DisclosurePolicy, _ fault: (String, String) -> Void
  ) {
    guard let found = policy.rule(for: type, to: kind, on: day) else {
      return fault(
        "recipientKind", "\(kind.rawValue) must not receive \(type.fact): the disclosure rules do not allow it")
    }
    let rule = found.value
    if let condition = rule.condition, !condition.canBeEstablished(by: type) {
      fault(
        "recipientKind",
        "\(kind.rawValue) can receive \(type.fact) only for \(condition.rawValue), which is not known here yet "
          + "(\(found.source))")
    }
    if let level, level > rule.highest {
      let highest = rule.highest.rawValue
      fault("level", "\(kind.rawValue) can receive \(type.fact) at \(highest) at most (\(found.source))")
    }
    if let basis, !rule.bases.contains(basis) {
      let bases = rule.bases.map(\.rawValue).sorted().joined(separator: ", ")
      fault("lawfulBasis", "for \(type.fact) must be one of \(bases) (\(found.source))")
    }
  }
}
