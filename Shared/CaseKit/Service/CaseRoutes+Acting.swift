import CaseFlow
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import NIOCore
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
    on(router, "/cases/{id}/acts", "Do something in a case", CaseForms.Act.self) { form, _ in
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
    on(router, "/cases/{id}/allocation", "Give a case to somebody", CaseForms.Allocation.self) { form, _ in
      try Self.check(form.reason, nil)
      return .allocate(to: try form.owner.owner(Kind.Role.self), reason: form.reason)
    }
    on(
      router, "/cases/{id}/second", "Agree or disagree, as the second person, with what waits", CaseForms.Second.self
    ) { form, _ in
      try Self.check(form.reason ?? "", nil)
      return .second(agrees: form.agrees, reason: form.reason ?? "")
    }
    let number = About.Parameter("number", .integer(minimum: 1), "The decision's number.")
    on(
      router, "/cases/{id}/decisions/{number}/uphold",
      "Uphold a decision although its grounds have changed", CaseForms.Upholding.self, path: [number]
    ) { form, context in
      try Self.check(form.reason, form.evidence)
      guard let number = Int(try context.parameter("number")) else { throw Problem.notFound("Decision") }
      return .attempt(
        .init(
          .uphold(decision: number), overriding: Set(form.overriding ?? []), reason: form.reason,
          evidence: form.evidence ?? []))
    }
  }

  /// A route that moves a case: it takes `If-Match` and `Idempotency-Key`, and answers with the case.
  private func on<Form: Codable & Sendable>(
    _ router: ServiceRouter, _ path: String, _ summary: String, _ type: Form.Type, path more: [About.Parameter] = [],
    _ read: @escaping @Sendable (Form, ServiceRequestContext) throws -> Move<Kind>
  ) {
    router.on(
      .post, path, actors,
      About(
        summary, path: [Self.id] + more, body: type, answer: CaseAnswers.Detail.self, takesIdempotencyKey: true,
        takesIfMatch: true, problems: [404, 409]), bodyLimitBytes: Self.bodyBytes
    ) { [self] request, context in
      let (id, caller) = (try context.parameter("id"), try context.caller)
      let actor = try actor(caller)
      let body = Data(try await request.bytes(upTo: Self.bodyBytes).readableBytesView)
      let move = try read(try decodeJSON(type, from: body), context)
      let key = try IdempotencyKey(request, caller: caller, body: body)
      let guarded = transactions.onlyIf(Precondition(request), key: key) { db in
        try Cases<Kind>.find(id, in: db).flatMap { caller.maySee($0.school) ? $0 : nil }.map {
          CaseAnswers.Detail($0, for: role(of: caller))
        }
      }
      let answer = try await guarded.write(by: caller, once: key) { unit in
        var stored = try find(id, for: caller, unit)
        try desk.move(&stored, move, by: actor, in: unit)
        return CaseAnswers.Detail(stored, for: role(of: caller))
      }
      return .remembered(answer)
    }
  }

  private static func check(_ reason: String, _ evidence: [String]?) throws(Problem) {
    var faults = Problem.Faults()
    faults.require(reason.count <= reasonCharacters, "/reason", "must have at most \(reasonCharacters) characters")
    let isShort = (evidence ?? []).allSatisfy { (1...100).contains($0.utf8.count) }
    faults.require(
      isShort && (evidence?.count ?? 0) <= mostEvidence, "/evidence",
      "must be at most \(mostEvidence) references of 1 to 100 bytes")
    try faults.refuse()
  }

  private static func facts(_ given: [String: FactValue]) throws(Problem) -> Facts<Kind.Fact> {
    var facts = Facts<Kind.Fact>()
    var faults = Problem.Faults()
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
