import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let contractOffered = AuditAction("contract.offered")
  static let contractRead = AuditAction("contract.read")
}

/// Offering a contract in a case, and reading what it says and what became of its target. What else is done with it are acts
/// of its flow, at `/contracts`.
struct ContractRoutes: Sendable {
  let desk: CaseDesk<AttendanceContracts>
  let cases: CaseDesk<AttendanceCases>
  let program: AttendanceContracts
  let transactions: Transactions

  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)
  private static let bodyBytes = 64 << 10

  struct Offer: Codable, Sendable {
    /// The one parent that it is with, by registers' identifier.
    let parent: PersonID
    /// Per cent, for example `92.5`.
    let target: String
    let first, last: Day
    let words: ContractTerms.Words
    let reason: String
  }

  struct Offered: Codable, Sendable {
    let id, `case`: String
    let baseline: CaseFigures.Figure?
  }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/cases/{id}/contracts", Self.officers, "Offer an attendance contract to one parent",
      path: [RecordRoutes.id], upTo: Self.bodyBytes, problems: [404, 409], offer)
    router.read(
      "/contracts/{id}/terms", Self.officers, "What a contract says, and what its sessions say of the target",
      path: [.init("id", .string(pattern: "^c[1-9][0-9]*$"), "The contract's identifier.")], terms)
  }

  private func offer(_ call: Call, _ form: Offer) async throws -> Remembered<Offered> {
    let (id, caller) = (try call.text("id"), call.caller)
    try form.words.faults.refuse()
    guard let role = AttendanceContract.Role(rawValue: caller.role.rawValue) else { throw Problem.forbidden }
    return try await transactions.write(call.edit) { unit in
      let stored = try Cases<AttendanceCase>.open(id, for: caller, in: unit.db)
      guard let school = stored.school else { throw Problem.notFound("School") }
      try mayBeWith(form.parent, stored.pupil, unit)
      let intent = Intent<AttendanceContract>(
        .act(.offer),
        stating: .init([
          .target: .text(form.target), .firstDay: .day(form.first), .lastDay: .day(form.last),
        ]), reason: form.reason, evidence: [stored.id])
      let contract = try desk.open(
        intent, about: ContractTerms.subject(stored.number, form.parent), stored.pupil, at: school,
        by: .person(caller.subject, role), in: unit)
      try ContractTerms(
        contract: contract.id, caseNumber: stored.number, parent: form.parent, target: form.target, words: form.words
      ).insert(in: unit.db)
      let baseline = try program.figures.freeze(
        .contract, of: stored.number, for: contract.number, stored.pupil, at: school,
        last: form.first.adding(days: -1), in: unit)
      try unit.audit(.contractOffered, of: stored.pupil, ["case": stored.id, "contract": contract.id])
      try cases.factsChanged(of: stored.pupil, in: unit)
      try SupportBook.publish(of: stored.pupil, in: unit)
      return Offered(id: contract.id, case: stored.id, baseline: baseline)
    }
  }

  /// A contract is with a parent who may be written to; where registers has published no parent, the officer knows.
  private func mayBeWith(_ person: PersonID, _ pupil: PupilID, _ unit: UnitOfWork) throws {
    let parents = try Roll.parents(of: pupil, in: unit.db).filter { !$0.hasEnded }
    guard !parents.isEmpty else { return }
    let current = try Roll.current(person, in: unit.db)
    guard let parent = parents.first(where: { $0.id == current }) else {
      throw Problem.invalid([.init("/parent", "must be a contact of the child")])
    }
    guard parent.isSafeToContact else { throw Problem.notSafeToContact }
  }

  struct Terms: Codable, Sendable {
    let id, `case`, state: String
    let pupil: PupilID
    let parent: PersonID
    let target: String
    let first, last: Day?
    let words: ContractTerms.Words
    let baseline, achieved: Attended?
    /// Each to one decimal; absent without a possible session.
    let baselinePercentage, achievedPercentage: String?
    /// What the sessions of the period say so far.
    let result: ContractResult.Outcome?
    let sessionsShort: Int?
  }

  private func terms(_ call: Call) async throws -> Terms {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { [program] unit in
      guard let stored = try Cases<AttendanceContract>.find(id, in: unit.db), unit.caller.maySee(stored.school),
        let terms = try ContractTerms.find(id, in: unit.db)
      else { throw Problem.notFound("Contract") }
      try unit.audit(.contractRead, of: stored.pupil, ["contract": id])
      let found = try program.result(of: stored, in: unit.db)
      return Terms(
        id: id, case: "c\(terms.caseNumber)", state: stored.file.state?.rawValue ?? "", pupil: try stored.pupil,
        parent: terms.parent, target: terms.target, first: stored.file.stated.day(.firstDay),
        last: stored.file.stated.day(.lastDay), words: terms.words, baseline: found?.baseline,
        achieved: found?.achieved, baselinePercentage: found?.baseline.shown, achievedPercentage: found?.achieved.shown,
        result: found?.result.outcome, sessionsShort: found?.result.sessionsShort)
    }
  }
}
