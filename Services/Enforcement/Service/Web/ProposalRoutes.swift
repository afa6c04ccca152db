import Contracts
import EnforcementDomain
import GRDB
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

  private static let status = QueryParameter<String>(
    "status", .oneOf(["open", "lapsed", "all"]), "Which proposals; the open ones when absent.", { $0 }
  ).or("open")
  private static let school = QueryParameter<URN>("school", "The school's unique reference number.")

  func add(to router: ServiceRouter) {
    router.read(
      "/proposals", Self.readers, "Proposals to consider a penalty notice", query: [Self.status.about, .after], list)
    router.read(
      "/proposals/{id}", Self.readers, "A proposal with every judgement about it",
      path: [.init("id", .string(pattern: "^pn-[1-9][0-9]*$"), "The proposal's identifier.")], one)
    router.read(
      "/pupils/{id}/threshold", Self.readers,
      "How far a child's unauthorised absence at a school is from the national threshold", query: [Self.school.about],
      threshold)
  }

  private struct Summary: Listed {
    static let list = "proposals"

    let id, pupil, school, state: String
    let grounds: ProposalGrounds
  }

  private func list(_ call: Call) async throws -> Page<Summary> {
    let (status, after) = (try call[Self.status], try call.after)
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.proposalsListed, of: .record(status))
      let rows = try Proposals.page(
        state: Proposal.State(rawValue: status), at: unit.caller.confinedTo, after: after, limit: Self.pageSize,
        in: unit.db)
      return Page(rows, of: Self.pageSize, endsAt: { $0.0 }) { Self.summary($0.1) }
    }
  }

  private struct Detail: Codable, Sendable {
    let id, pupil, school, state: String
    let grounds: ProposalGrounds
    /// Every judgement, with the event that brought it about.
    let history: [Proposals.Judgement]
    /// A person decides: the program never issues a notice.
    let decision: String
  }

  private func one(_ call: Call) async throws -> Detail {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      guard let stored = try Proposals.find(id, in: unit.db), unit.caller.mayActFor(school: stored.school.text) else {
        throw Problem.notFound("Proposal")
      }
      try unit.audit(.proposalRead, of: .record(id))
      let summary = Self.summary(stored)
      return Detail(
        id: summary.id, pupil: summary.pupil, school: summary.school, state: summary.state, grounds: summary.grounds,
        history: try Proposals.judgements(id, in: unit.db), decision: "an authorised officer considers and decides")
    }
  }

  private struct Live: Codable, Sendable {
    let pupil, school: String
    let waitingFor: [String]
    let met: Bool?
    let metOn, currentFirstWeek: Day?
    let currentSessions, qualifyingSessions, mostSessions: Int?
    /// Advice, which gives rise to nothing: what the window that ends now holds together with the child's other schools
    /// (PN-3). Absent for callers who are bound to schools.
    let combinedSessions: Int?
    let rule: RuleReference?
    let sessions: [ProposalGrounds.CountedSession]
  }

  private func threshold(_ call: Call) async throws -> Live {
    let (pupil, school) = (try call.pupil(), try call[Self.school])
    try call.caller.requireActing(forSchool: school.text)
    return try await transactions.write(by: call.caller) { [judge] unit in
      try unit.audit(.pupilThresholdRead, of: pupil)
      let current = try Roll.current(pupil, in: unit.db)
      let finding = try judge.find(
        pupil: current, at: judge.school(school, in: unit.db), asOf: unit.today, in: unit.db)
      let judgement = finding.judgement
      let combined =
        unit.caller.confinedTo == nil
        ? try judgement.flatMap { try judge.combined($0, of: current, besides: school, in: unit) } : nil
      return Live(
        pupil: pupil.text, school: school.text, waitingFor: finding.waitingFor, met: judgement.map { $0.met != nil },
        metOn: judgement?.met?.on, currentFirstWeek: judgement?.currentFirstWeek,
        currentSessions: judgement?.currentSessions, qualifyingSessions: judgement?.qualifying,
        mostSessions: judgement?.most, combinedSessions: combined,
        rule: ThresholdRule.national.inForce(on: unit.today)?.reference,
        sessions: finding.sessions)
    }
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
