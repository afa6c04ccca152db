import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import GRDB
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import SealedAlerts
import ServiceKit
import Store

extension AuditAction {
  static let childReported = AuditAction("child.reported")
  static let reportedListed = AuditAction("child.reported.listed")
  static let reportedDecided = AuditAction("child.reported.decided")
}

/// Children whom no school has: an agency or the public told of them. The program proposes who of the roll it may be, and
/// a person decides.
struct ReportedRoutes: Sendable {
  let desk: CaseDesk<MissingChildren>
  let reader: RegistersReader
  let transactions: Transactions

  private static let officers = Policy.roles(.cmeOfficer, .manager, reach: .wholeAuthority)
  private static let pageSize = 100
  private static let id = About.Parameter("id", .pupil, "The child's identifier.")
  /// What can make an authority look for a child whom no school has.
  private static let triggers: Set<Trigger> = [.report, .otherAuthority, .arrival, .noRollMatch]

  struct Form: Codable, Sendable {
    let child: LostPupilRoutes.Child
    /// T9, T10, T11 or T13.
    let trigger: String
    /// Who told: an agency, an office, the public.
    let source: String
    let reason: String
  }

  struct Reported: Codable, Sendable {
    struct Candidate: Codable, Sendable {
      let pupil: PupilID
      /// Why it may be the child.
      let ground: String
      /// What a person said; absent until then.
      let isSame: Bool?
    }

    let id: PupilID
    let child: LostPupilRoutes.Child
    /// The search for it; absent once it is closed.
    let search: String?
    /// Children of the roll who may be the child.
    let candidates: [Candidate]
  }

  struct List: WholeList, Sendable {
    let children: [Reported]
    var list: (name: String, rows: [Reported]) { ("children", children) }
  }

  struct Decision: Codable, Sendable {
    let candidate: PupilID
    let isSame: Bool
    let reason: String
  }

  struct Decided: Codable, Sendable {
    /// The identifier under which the child goes on.
    let pupil: PupilID
    let search: String?
  }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/reported-children", Self.officers,
      "Report a child whom no school has; who of the roll it may be is proposed",
      upTo: SearchRoutes.bodyBytes, problems: [409], report)
    router.read(
      "/reported-children", Self.officers, "Children whom no school has, with who of the roll they may be", list)
    router.write(
      .post, "/reported-children/{id}/decision", Self.officers, "Say whether a child of the roll is the child",
      path: [Self.id], upTo: SearchRoutes.bodyBytes, problems: [404], decide)
  }

  /// The answer says no name: it is kept to be given again.
  private func report(_ call: Call, _ form: Form) async throws -> Remembered<Decided> {
    try SearchRoutes.check(form.reason, [])
    let child = try form.child.checked()
    var faults = Problem.Faults()
    let trigger = Trigger(rawValue: form.trigger).flatMap { Self.triggers.contains($0) ? $0 : nil }
    faults.require(trigger != nil, "/trigger", "must be T9, T10, T11 or T13")
    faults.require(form.source.isPlain(upTo: 100), "/source", "must have 1 to 100 characters")
    try faults.refuse()
    let actor = try SearchRoutes.actor(call.caller)
    return try await transactions.write(call.edit) { unit in
      guard try ReportedChildren.count(in: unit.db) < ReportedChildren.most else {
        throw Problem.conflict("too-many-reported", "Decide about the children who were reported before")
      }
      var random = SystemRandomNumberGenerator()
      let pupil = PupilID.random(using: &random)
      try ReportedChildren.add(
        child, pupil, source: form.source, on: unit.today, by: unit.caller.subject, in: unit.db)
      for candidate in try candidates(child, unit) {
        try ReportedChildren.propose(pupil, candidate, "roll", in: unit.db)
      }
      let stored = try desk.open(
        .init(
          .act(.open), stating: .init([.trigger: .text(trigger?.rawValue ?? "")]), reason: form.reason, evidence: []),
        about: pupil.text, pupil, at: nil, by: actor, in: unit)
      try unit.audit(.childReported, of: pupil, ["case": stored.id])
      return Decided(pupil: pupil, search: stored.id)
    }
  }

  /// The children of the roll who are kept under the same values; none where the authority has no secret for them: then
  /// the roll is compared as registers publish it.
  private func candidates(_ child: LostPupil, _ unit: UnitOfWork) throws -> [PupilID] {
    guard let matching = reader.matching else { return [] }
    let identity = ChildIdentity(
      givenName: child.givenName, familyName: child.familyName, dateOfBirth: child.dateOfBirth, upn: child.upn)
    let tokens = try matching.kept(identity, on: unit.today)
    let marks = tokens.map { _ in "?" }.joined(separator: ", ")
    return try PupilID.fetchAll(
      unit.db, sql: "SELECT DISTINCT pupil FROM match_token WHERE token IN (\(marks)) ORDER BY pupil LIMIT 100",
      arguments: StatementArguments(tokens))
  }

  private func list(_ call: Call) async throws -> List {
    try await transactions.write(by: call.caller) { unit in
      try unit.audit(.reportedListed, of: .all)
      return List(
        children: try ReportedChildren.page(after: "", limit: ReportedChildren.most, in: unit.db).map { one in
          Reported(
            id: one.id, child: .init(one.child),
            search: try Cases<MissingChild>.open(about: one.id.text, in: unit.db)?.id,
            candidates: try ReportedChildren.pairs(of: one.id, in: unit.db).map {
              .init(pupil: $0.candidate, ground: $0.ground, isSame: $0.isSame)
            })
        })
    }
  }

  private func decide(_ call: Call, _ form: Decision) async throws -> Remembered<Decided> {
    try SearchRoutes.check(form.reason, [])
    let pupil = try call.pupil()
    return try await transactions.write(call.edit) { unit in
      guard try ReportedChildren.find(pupil, in: unit.db) != nil,
        try ReportedChildren.pairs(of: pupil, in: unit.db).contains(where: { $0.candidate == form.candidate })
      else { throw Problem.notFound("Child") }
      try unit.audit(.reportedDecided, of: pupil, ["candidate": form.candidate.text, "same": form.isSame])
      if form.isSame {
        try ReportedChildren.join(pupil, into: form.candidate, reader, unit)
      } else {
        try ReportedChildren.deny(pupil, form.candidate, by: unit.caller.subject, in: unit.db)
      }
      let now = form.isSame ? form.candidate : pupil
      return Decided(pupil: now, search: try Cases<MissingChild>.open(about: now.text, in: unit.db)?.id)
    }
  }
}
