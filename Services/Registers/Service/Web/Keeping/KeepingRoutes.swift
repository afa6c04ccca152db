import Foundation
import Hummingbird
import Messaging
import ServiceKit

/// Disposal of what has had its time: proposed by the program on a manager's word, approved by two people, reversible
/// for a month (`notifications.md` 8).
struct KeepingRoutes: Sendable {
  let registers: Registers

  private static let approvers = Policy.roles(.manager, .attendanceOfficer, reach: .wholeAuthority)

  func add(to router: ServiceRouter) {
    let read = ReadDisposals(registers: registers)
    router.on(
      .post, "/disposals", .roles(.manager, reach: .wholeAuthority),
      About(
        "Propose that the entries whose time is over go, by school and school year; nothing is removed",
        answer: DisposalReport.self, status: 201)
    ) { [registers] _, context in
      try .json(try await ProposeDisposal(registers: registers)(by: try context.caller), status: .created)
    }
    router.on(
      .get, "/disposals", Self.approvers,
      About("The latest disposals with their counts", answer: ReadDisposals.Page.self)
    ) { _, _ in try .json(try await read.all()) }
    router.on(
      .get, "/disposals/{number}", Self.approvers,
      About("A disposal: what was proposed, approved, removed and held back", answer: DisposalReport.self)
    ) { _, context in try .json(try await read.one(try Self.number(context))) }
    router.on(
      .post, "/disposals/{number}/approve", Self.approvers,
      About(
        "Approve a disposal. The approval of a second person carries it out; on one that was interrupted it goes on",
        answer: DisposalReport.self, takesIfMatch: true)
    ) { request, context in
      let number = try Self.number(context)
      return try .json(
        try await CarryOutDisposal(registers: onlyIf(request, number)).approve(number, by: try context.caller))
    }
    router.on(
      .post, "/disposals/{number}/withdraw", .roles(.manager, reach: .wholeAuthority),
      About("Withdraw a disposal before the second approval", answer: DisposalReport.self, takesIfMatch: true)
    ) { request, context in
      let number = try Self.number(context)
      return try .json(
        try await CarryOutDisposal(registers: onlyIf(request, number)).withdraw(number, by: try context.caller))
    }
    router.on(
      .post, "/disposals/{number}/reverse", .roles(.manager, reach: .wholeAuthority),
      About(
        "Put back everything that a disposal removed, within a month of it", answer: DisposalReport.self,
        takesIfMatch: true)
    ) { request, context in
      let number = try Self.number(context)
      return try .json(try await ReverseDisposal(registers: onlyIf(request, number))(number, by: try context.caller))
    }
  }

  /// The registers for a decision about a disposal that is as the caller read it.
  private func onlyIf(_ request: Request, _ number: Int64) -> Registers {
    registers.onlyIf(Precondition(request)) { db in
      try Disposals.find(number, in: db) == nil ? nil : try DisposalReport(number, in: db)
    }
  }

  private static func number(_ context: ServiceRequestContext) throws(Problem) -> Int64 {
    guard let number = Int64(try context.parameter("number")), number > 0 else { throw .notFound("Disposal") }
    return number
  }
}
