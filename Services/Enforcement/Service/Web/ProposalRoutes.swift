import Contracts
import EnforcementDomain
import GRDB
import Hummingbird
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

/// What people ask enforcement. Reading about a child is audited in the transaction of the read.
struct ProposalRoutes: Sendable {
  /// The most proposals of one page.
  static let pageSize = 100

  let transactions: Transactions
  let judge: JudgeThreshold

  private static let readers = Policy.roles(.attendanceOfficer, .legalOfficer, .manager, reach: .ownRecords)

  func add(to router: ServiceRouter) {
    let status = About.Parameter(
      "status", .oneOf(["open", "lapsed", "all"]), required: false, "Which proposals; the open ones when absent.")
    router.on(
      .get, "/proposals", Self.readers,
      About("Proposals to consider a penalty notice", query: [status, .after], answer: ListPage.self)
    ) { [self] request, context in try await list(request, context) }
    router.on(
      .get, "/proposals/{id}", Self.readers,
      About(
        "A proposal with every judgement about it",
        path: [.init("id", .string(pattern: "^pn-[1-9][0-9]*$"), "The proposal's identifier.")], answer: Detail.self)
    ) { [self] _, context in try await one(context) }
    router.on(
      .get, "/pupils/{id}/threshold", Self.readers,
      About(
        "How far a child's unauthorised absence at a school is from the national threshold",
        query: [.init("school", .urn, "The school's unique reference number.")], answer: Live.self)
    ) { [self] request, context in try await threshold(request, context) }
  }

  private struct Summary: Codable {
    let id, pupil, school, state: String
    let grounds: ProposalGrounds
  }

  private struct ListPage: Page, Codable {
    let proposals: [Summary]
    /// What to ask for `after` next; absent on the last page.
    let next: Int64?
  }

  private func list(_ request: Request, _ context: ServiceRequestContext) async throws -> Response {
    let status = try request.optionalQuery("status") { ["open", "lapsed", "all"].contains($0) ? $0 : nil } ?? "open"
    let after = try request.after()
    let rows = try await transactions.write(by: try context.caller) { unit in
      try unit.audit(.proposalsListed, of: .record(status))
      return try Proposals.page(
        state: Proposal.State(rawValue: status), at: unit.caller.confinedTo, after: after, limit: Self.pageSize,
        in: unit.db)
    }
    return try .page(
      ListPage(proposals: rows.map { Self.summary($0.1) }, next: rows.count == Self.pageSize ? rows.last?.0 : nil),
      of: request)
  }

  private struct Detail: Codable {
    let id, pupil, school, state: String
    let grounds: ProposalGrounds
    /// Every judgement, with the event that brought it about.
    let history: [Proposals.Judgement]
    /// A person decides: the program never issues a notice.
    let decision: String
  }

  private func one(_ context: ServiceRequestContext) async throws -> Response {
    let id = try context.parameter("id")
    let (stored, history) = try await transactions.write(by: try context.caller) { unit in
      guard let stored = try Proposals.find(id, in: unit.db), unit.caller.mayActFor(school: stored.school.text) else {
        throw Problem.notFound("Proposal")
      }
      try unit.audit(.proposalRead, of: .record(id))
      return (stored, try Proposals.judgements(id, in: unit.db))
    }
    let summary = Self.summary(stored)
    return try .json(
      Detail(
        id: summary.id, pupil: summary.pupil, school: summary.school, state: summary.state, grounds: summary.grounds,
        history: history, decision: "an authorised officer considers and decides"))
  }

  private struct Live: Codable {
    let pupil, school: String
    let waitingFor: [String]
    let met: Bool?
    let metOn, currentFirstWeek: Day?
    let currentSessions, qualifyingSessions, mostSessions: Int?
    let rule: RuleReference?
    let sessions: [ProposalGrounds.CountedSession]
  }

  private func threshold(_ request: Request, _ context: ServiceRequestContext) async throws -> Response {
    guard let pupil = PupilID(try context.parameter("id")) else { throw Problem.notFound("Pupil") }
    let school = try request.query("school") { try? URN($0) }
    try context.caller.requireActing(forSchool: school.text)
    let finding = try await transactions.write(by: try context.caller) { [judge] unit in
      try unit.audit(.pupilThresholdRead, of: pupil)
      return try judge.find(
        pupil: Roll.current(pupil, in: unit.db), at: judge.school(school, in: unit.db), asOf: unit.today, in: unit.db)
    }
    let judgement = finding.judgement
    return try .json(
      Live(
        pupil: pupil.text, school: school.text, waitingFor: finding.waitingFor, met: judgement.map { $0.met != nil },
        metOn: judgement?.met?.on, currentFirstWeek: judgement?.currentFirstWeek,
        currentSessions: judgement?.currentSessions, qualifyingSessions: judgement?.qualifying,
        mostSessions: judgement?.most, rule: ThresholdRule.national.inForce(on: transactions.today)?.reference,
        sessions: finding.sessions))
  }

  private static func summary(_ stored: Proposals.Stored) -> Summary {
    Summary(
      id: stored.id, pupil: stored.pupil.text, school: stored.school.text, state: stored.proposal.state.rawValue,
      grounds: stored.proposal.grounds)
  }
}

/// What people read of enforcement, as the audit log names it.
extension AuditAction {
  fileprivate static let proposalsListed = AuditAction("proposals.list")
  fileprivate static let proposalRead = AuditAction("proposal.read")
  fileprivate static let pupilThresholdRead = AuditAction("pupil.threshold.read")
}
