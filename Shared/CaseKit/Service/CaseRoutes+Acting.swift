import CaseFlow
import Foundation
import GRDB
import HTTPTypes
import Messaging
import Rulebook
import Schemas
import ServiceKit

/// The routes by which people change cases.
extension CaseRoutes {
  /// The largest body, bytes: a reason and some references.
  private static var bodyBytes: Int { 32 << 10 }
  /// The most characters of a reason, and the most references.
  private static var reasonCharacters: Int { 4_000 }
  private static var mostEvidence: Int { 50 }

  func addActing(to router: ServiceRouter) {
    on(router, "acts", "Do something in a case") { (form: CaseForms.Act, _) in
      try Self.check(form.reason, form.evidence)
      guard let act = Kind.Act(rawValue: form.act) else {
        throw Problem.invalid([
          .init("/act", "must be one of: \(Kind.Act.allCases.map(\.rawValue).joined(separator: ", "))")
        ])
      }
      return .attempt(
        .init(
          .act(act), owner: try form.owner?.owner(Kind.Role.self), stating: try Self.facts(form.facts ?? [:]),
          overriding: Set(form.overriding ?? []), reason: form.reason, evidence: form.evidence ?? []))
    }
    on(router, "allocation", "Give a case to somebody") { (form: CaseForms.Allocation, _) in
      try Self.check(form.reason, nil)
      return .allocate(to: try form.owner.owner(Kind.Role.self), reason: form.reason)
    }
    on(
      router, "second", "Agree or disagree, as the second person, with what waits"
    ) { (form: CaseForms.Second, _) in
      try Self.check(form.reason ?? "", nil)
      return .second(agrees: form.agrees, reason: form.reason ?? "")
    }
    let number = About.Parameter("number", .integer(minimum: 1), "The decision's number.")
    on(
      router, "decisions/{number}/uphold",
      "Find that a decision stands although what it rests on has changed", path: [number]
    ) { (form: CaseForms.Upholding, call) in
      try Self.check(form.reason, form.evidence)
      let number = Int(try call.number("Decision"))
      return .attempt(
        .init(
          .uphold(decision: number), overriding: Set(form.overriding ?? []), reason: form.reason,
          evidence: form.evidence ?? []))
    }
  }

  /// A route that moves a case: it takes `If-Match` and `Idempotency-Key`, and answers with the case.
  private func on<Form: Codable & Sendable>(
    _ router: ServiceRouter, _ end: String, _ summary: String, path more: [About.Parameter] = [],
    _ read: @escaping @Sendable (Form, Call) throws -> Move<Kind>
  ) {
    router.write(
      .post, "\(path)/{id}/\(end)", actors, summary, path: [Self.id] + more, ifMatch: true, upTo: Self.bodyBytes,
      problems: [404, 409]
    ) { [self] (call: Call, form: Form) in
      let (id, caller) = (try call.text("id"), call.caller)
      let (actor, move) = (try actor(caller), try read(form, call))
      let current = { @Sendable (db: Database) -> (any Encodable)? in
        try Cases<Kind>.find(id, in: db).flatMap { caller.maySee($0.school) ? $0 : nil }.map {
          CaseAnswers.Detail($0, for: role(of: caller))
        }
      }
      return try await transactions.write(call.edit, of: current) { unit in
        var stored = try Cases<Kind>.find(id, for: caller, in: unit.db)
        try desk.move(&stored, move, by: actor, in: unit)
        return CaseAnswers.Detail(stored, for: role(of: caller))
      }
    }
  }

  private static func check(_ reason: String, _ evidence: [String]?) throws(Problem) {
    var faults = Faults()
    faults.require(reason.count <= reasonCharacters, "/reason", "must have at most \(reasonCharacters) characters")
    let isShort = (evidence ?? []).allSatisfy { (1...100).contains($0.utf8.count) }
    faults.require(
      isShort && (evidence?.count ?? 0) <= mostEvidence, "/evidence",
      "must be at most \(mostEvidence) references of 1 to 100 bytes")
    try faults.refuse()
  }

  private static func facts(_ given: [String: FactValue]) throws(Problem) -> Facts<Kind.Fact> {
    var facts = Facts<Kind.Fact>()
    var faults = Faults()
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let fact = Kind.Fact(rawValue: name) else {
        faults.require(false, "/facts", "must be named: \(Kind.Fact.allCases.map(\.rawValue).joined(separator: ", "))")
        continue
      }
      if case .text(let text) = value {
        faults.require(
          text.count <= reasonCharacters, "/facts/\(fact.rawValue)", "must have at most \(reasonCharacters) characters")
      }
      facts[fact] = value
    }
    try faults.refuse()
    return facts
  }
}
