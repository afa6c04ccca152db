import Hummingbird
import Messaging
public import ServiceKit

/// The routes of a ``DisposalDesk``: proposed by the program on a manager's word, approved by two people, reversible for
/// a month.
public struct DisposalRoutes<Work: Disposing>: Sendable {
  private let desk: DisposalDesk<Work>

  private struct List: Codable, Sendable {
    /// The latest first.
    let disposals: [DisposalDesk<Work>.Report]
  }

  private enum Decision { case approve, withdraw, reverse }

  public init(_ desk: DisposalDesk<Work>) { self.desk = desk }

  public func add(to router: ServiceRouter) {
    let approvers = Policy.roles(.manager, .attendanceOfficer, reach: .wholeAuthority)
    let managers = Policy.roles(.manager, reach: .wholeAuthority)
    router.on(
      .post, "/disposals", managers,
      About(
        "Propose that what has had its time goes; nothing is removed", answer: DisposalDesk<Work>.Report.self,
        status: 201)
    ) { [desk] _, context in try .json(try await desk.propose(by: try context.caller), status: .created) }
    router.on(
      .get, "/disposals", approvers, About("The latest disposals with their counts", answer: List.self)
    ) { [desk] _, _ in try .json(List(disposals: try await desk.latest())) }
    router.on(
      .get, "/disposals/{number}", approvers,
      About(
        "A disposal: what was proposed, approved, removed and held back", answer: DisposalDesk<Work>.Report.self)
    ) { [desk] _, context in try .json(try await desk.one(try Self.number(context))) }
    decide(
      "approve", .approve, approvers,
      "Approve a disposal. The approval of a second person carries it out; on one that was interrupted it goes on",
      router)
    decide("withdraw", .withdraw, managers, "Withdraw a disposal before the second approval", router)
    decide(
      "reverse", .reverse, managers, "Put back everything that a disposal removed, within a month of it", router)
  }

  private func decide(
    _ verb: String, _ decision: Decision, _ policy: Policy, _ summary: String, _ router: ServiceRouter
  ) {
    router.on(
      .post, "/disposals/{number}/\(verb)", policy,
      About(summary, answer: DisposalDesk<Work>.Report.self, takesIfMatch: true)
    ) { [desk] request, context in
      let (number, caller) = (try Self.number(context), try context.caller)
      let guarded = desk.onlyIf(Precondition(request), number)
      switch decision {
      case .approve: return try .json(try await guarded.approve(number, by: caller))
      case .withdraw: return try .json(try await guarded.withdraw(number, by: caller))
      case .reverse: return try .json(try await guarded.reverse(number, by: caller))
      }
    }
  }

  private static func number(_ context: ServiceRequestContext) throws(Problem) -> Int64 {
    guard let number = Int64(try context.parameter("number")), number > 0 else { throw .notFound("Disposal") }
    return number
  }
}
