import HTTPTypes
import Messaging
public import ServiceKit

/// The routes of a ``DisposalDesk``: proposed by the program on a manager's word, approved by two people, reversible for
/// a month.
public struct DisposalRoutes<Work: Disposing>: Sendable {
  private let desk: DisposalDesk<Work>

  private struct List: WholeList, Sendable {
    /// The latest first.
    let disposals: [DisposalDesk<Work>.Report]
    var list: (name: String, rows: [DisposalDesk<Work>.Report]) { ("disposals", disposals) }
  }

  public init(_ desk: DisposalDesk<Work>) { self.desk = desk }

  public func add(to router: ServiceRouter) {
    let approvers = Policy.roles(.manager, .attendanceOfficer, reach: .wholeAuthority)
    let managers = Policy.roles(.manager, reach: .wholeAuthority)
    router.write(
      .post, "/disposals", managers, "Propose that what has had its time goes; nothing is removed", status: 201
    ) { [desk] call in try await desk.once(call.edit) { try await $0.propose(by: call.caller) } }
    router.read("/disposals", approvers, "The latest disposals with their counts") { [desk] _ in
      List(disposals: try await desk.latest())
    }
    router.read(
      "/disposals/{number}", approvers, "A disposal: what was proposed, approved, removed and held back"
    ) { [desk] in try await desk.one($0.number("Disposal")) }
    decide(
      "approve", approvers,
      "Approve a disposal. The approval of a second person carries it out; on one that was interrupted it goes on",
      router
    ) { try await $0.approve($1, by: $2) }
    decide("withdraw", managers, "Withdraw a disposal before the second approval", router) {
      try await $0.withdraw($1, by: $2)
    }
    decide("reverse", managers, "Put back everything that a disposal removed, within a month of it", router) {
      try await $0.reverse($1, by: $2)
    }
  }

  private func decide(
    _ verb: String, _ policy: Policy, _ summary: String, _ router: ServiceRouter,
    _ decision: @Sendable @escaping (DisposalDesk<Work>, Int64, Caller) async throws -> DisposalDesk<Work>.Report
  ) {
    router.write(.post, "/disposals/{number}/\(verb)", policy, summary, ifMatch: true) { [desk] call in
      let number = try call.number("Disposal")
      return try await desk.once(call.edit, of: number) { try await decision($0, number, call.caller) }
    }
  }
}
