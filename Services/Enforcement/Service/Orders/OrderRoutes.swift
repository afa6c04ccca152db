import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  fileprivate static let orderConflictsRead = AuditAction("order.conflicts.read")
  fileprivate static let orderCircumstancesSet = AuditAction("order.circumstances.set")
}

/// What the routes of orders take and answer.
enum OrderForms {
  /// The first step to an order.
  struct Beginning: Codable, Sendable {
    let pupil: PupilID
    /// The school whose register is meant; absent for a child who is on no roll.
    let school: URN?
    /// The parent, for an order that is made against one.
    let person: PersonID?
    /// The act that begins it, and what it asks for.
    let act: String
    let facts: [String: FactValue]
    /// What is known that stands in the way.
    let circumstances: [String]
    let reason: String
    let evidence: [String]?
  }

  struct Done: Codable, Sendable { let id, state: String }
}

/// What people do with one kind of order: begin it, and the acts of its flow.
struct OrderRoutes<Kind: CaseKind>: Sendable {
  let desk: OrderDesk<Kind>
  let transactions: Transactions
  let base: String
  let readers: Set<Role>
  /// Whether the order is made against a parent.
  let isAgainstParent: Bool
  /// What ``Conflicts`` calls it.
  let step: Conflicts.Step

  /// The largest body, bytes.
  private static var bodyBytes: Int { 64 << 10 }
  /// The most characters of a text, and the most references.
  private static var mostCharacters: Int { 4_000 }
  private static var mostEvidence: Int { 50 }

  func add(to router: ServiceRouter) {
    CaseRoutes(desk: desk.cases, transactions: transactions, readers: readers, at: base).add(to: router)
    let officers = Policy.roles(
      Set(Kind.Role.allCases.compactMap { Role(rawValue: $0.rawValue) }).intersection(readers), .ownRecords)
    router.write(
      .post, base, officers, "Take the first step to an order", status: 201, upTo: Self.bodyBytes,
      problems: [404, 409], location: { [base] (done: OrderForms.Done) in "\(base)/\(done.id)" }, begin)
    router.read(
      "\(base)/{id}/conflicts", .roles(readers, .ownRecords), "What stands in the way of an order, and by which rule",
      path: [Self.id], conflicts)
    router.write(
      .post, "\(base)/{id}/circumstances", officers, "Say what of the child stands in the way", path: [Self.id],
      problems: [404], setCircumstances)
  }

  static var id: About.Parameter { .init("id", .string(pattern: "^c[1-9][0-9]*$"), "The order's case.") }

  func find(_ id: String, _ unit: UnitOfWork) throws -> (StoredCase<Kind>, StoredOrder) {
    guard let stored = try Cases<Kind>.find(id, in: unit.db), unit.caller.maySee(stored.school),
      let order = try StoredOrders.find(subject: stored.subject, in: unit.db)
    else { throw Problem.notFound("Order") }
    return (stored, order)
  }

  private func conflicts(_ call: Call) async throws -> ConflictAnswer {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let (stored, order) = try find(id, unit)
      try unit.audit(.orderConflictsRead, of: stored.pupil, ["case": stored.id])
      let notices = desk.notices
      return ConflictAnswer(
        id: stored.id, try order.conflicts(step, of: notices, in: unit), order.circumstances)
    }
  }

  private func setCircumstances(_ call: Call, _ form: CircumstancesForm) async throws -> Remembered<OrderForms.Done> {
    let (id, circumstances) = (try call.text("id"), try Set(named: form.circumstances))
    return try await transactions.write(call.edit) { unit in
      let (stored, order) = try find(id, unit)
      try StoredOrders.set(circumstances, of: order.number, in: unit.db)
      try unit.audit(
        .orderCircumstancesSet, of: stored.pupil, ["case": stored.id, "circumstances": circumstances.count])
      try desk.cases.factsChanged(of: stored.pupil, in: unit)
      return OrderForms.Done(id: stored.id, state: stored.file.state?.rawValue ?? "")
    }
  }

  private func begin(_ call: Call, _ form: OrderForms.Beginning) async throws -> Remembered<OrderForms.Done> {
    guard call.caller.maySee(form.school) else { throw Problem.forbidden }
    guard let role = Kind.Role(rawValue: call.caller.role.rawValue) else { throw Problem.forbidden }
    let intent = try intent(form)
    let circumstances = try Set(named: form.circumstances)
    let actor = Actor<Kind.Role>.person(call.caller.subject, role)
    return try await transactions.write(call.edit) { unit in
      let stored = try desk.begin(
        .init(pupil: form.pupil, school: form.school, person: form.person, circumstances: circumstances), intent,
        by: actor, in: unit)
      return OrderForms.Done(id: stored.id, state: stored.file.state?.rawValue ?? "")
    }
  }

  private func intent(_ form: OrderForms.Beginning) throws(Problem) -> Intent<Kind> {
    var faults = Faults()
    let openings = Kind.flow.acts.filter(\.from.isEmpty).map(\.act)
    let act = Kind.Act(rawValue: form.act).flatMap { openings.contains($0) ? $0 : nil }
    faults.require(
      act != nil, "/act", "must be one of: \(openings.map(\.rawValue).sorted().joined(separator: ", "))")
    faults.require(
      (form.person != nil) == isAgainstParent, "/person", "must be given where the order is against a parent")
    faults.require(form.reason.count <= Self.mostCharacters, "/reason", "must have at most 4,000 characters")
    faults.require(
      (form.evidence ?? []).allSatisfy { (1...100).contains($0.utf8.count) }
        && (form.evidence?.count ?? 0) <= Self.mostEvidence,
      "/evidence", "must be at most \(Self.mostEvidence) references of 1 to 100 bytes")
    var facts = Facts<Kind.Fact>()
    for (name, value) in form.facts.sorted(by: { $0.key < $1.key }) {
      let fact = Kind.Fact(rawValue: name)
      faults.require(fact != nil, "/facts", "must be what the act asks for")
      if case .text(let text) = value {
        faults.require(text.count <= Self.mostCharacters, "/facts", "must have at most 4,000 characters each")
      }
      if let fact { facts[fact] = value }
    }
    try faults.refuse()
    guard let act else { throw .invalid([.init("/act", "is required")]) }
    return Intent(.act(act), stating: facts, reason: form.reason, evidence: form.evidence ?? [])
  }
}
