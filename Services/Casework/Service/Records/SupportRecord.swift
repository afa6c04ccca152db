import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit
import Store

extension AuditAction {
  static let supportRead = AuditAction("child.support-record.read")
}

/// The support that a family was given, by day: what enforcement considers before a notice, and what a court is shown. It
/// says what was done and what came of it, never what was said.
struct SupportRecord: WholeList, Sendable {
  /// What was done on a day, as it is published too.
  typealias Step = SupportRecorded.Step

  let pupil: PupilID
  let steps: [Step]
  /// Whether support is on record in an open case.
  let isSupported: Bool
  /// The legal basis that was noted at the last escalation; absent without one.
  let legalBasis: String?
  let socialWorkerConsulted: Bool?

  var list: (name: String, rows: [Step]) { ("support-record", steps) }

  init(of pupil: PupilID, _ cases: [StoredCase<AttendanceCase>], in db: Database) throws {
    var steps: [Step] = []
    for stored in cases {
      let (id, number) = (stored.id, stored.number)
      func kept<Record: CaseRecord>(
        _: Record.Type, _ make: (RecordBook.Kept<Record>) -> (on: Day, what: String, outcome: String?)
      ) throws {
        for record in try RecordBook.all(Record.self, of: number, in: db) {
          let line = make(record)
          steps.append(
            Step(on: line.on, case: id, what: line.what, outcome: line.outcome, reference: "r\(record.number)"))
        }
      }
      for referral in try Referrals.all(ofCase: number, in: db) {
        steps += (referral.form.steps ?? []).map {
          Step(on: $0.on, case: id, what: "school-\($0.kind.rawValue)", outcome: nil, reference: referral.id)
        }
      }
      try kept(ContactEntry.self) { ($0.record.on, "contact-\($0.record.way.rawValue)", $0.record.outcome.rawValue) }
      try kept(VisitOutcome.self) { ($0.record.on, "visit", $0.record.outcome.rawValue) }
      try kept(Minutes.self) { ($0.record.on, "meeting", $0.record.wasHeld ? "held" : "not-held") }
      try kept(AgencyConsent.self) { ($0.record.on, "agency-help", $0.record.answer.rawValue) }
      try kept(Assessment.self) { kept in
        (kept.record.completed ?? kept.record.opened, "assessment", kept.record.completed == nil ? "open" : "complete")
      }
      try kept(FamilyPlan.self) { ($0.record.from, "plan", nil) }
      try kept(StepDone.self) { ($0.record.on, "plan-step", "done") }
      try kept(ReviewRecord.self) { ($0.record.on, "review", $0.record.outcome.rawValue) }
      for terms in try ContractTerms.all(ofCase: number, in: db) {
        guard let contract = try Cases<AttendanceContract>.find(terms.contract, in: db),
          let offered = contract.file.openedOn
        else { continue }
        steps.append(
          Step(
            on: offered, case: id, what: "contract", outcome: contract.file.state?.rawValue, reference: contract.id))
      }
      steps += try CaseHistory.days(of: [.contact, .escalate, .stepDown], in: number, db).map {
        Step(on: $0.on, case: id, what: $0.act, outcome: nil, reference: id)
      }
    }
    self.pupil = pupil
    self.steps = steps.sorted { ($0.on, $0.case, $0.reference) < ($1.on, $1.case, $1.reference) }
    let open = cases.last { AttendanceCase.flow.isOpen($0.file.state) }
    isSupported = steps.contains { $0.case == open?.id && ["plan-step", "contract"].contains($0.what) }
    legalBasis = cases.last?.file.stated.text(.legalBasis)
    socialWorkerConsulted = cases.last?.file.stated.flag(.consulted)
  }
}

/// The support record as it is published: whole, whenever it changes, once a case of the child has been accepted.
enum SupportBook {
  static func publish(of pupil: PupilID, in unit: UnitOfWork) throws {
    let cases = try Cases<AttendanceCase>.all(of: pupil, in: unit.db).filter {
      $0.file.state.map { AttendanceCase.accepted.contains($0) || $0 == .closed } ?? false
    }
    guard let school = cases.last?.school else { return }
    let record = try SupportRecord(of: pupil, cases, in: unit.db)
    guard !record.steps.isEmpty else { return }
    try unit.publish(
      SupportRecorded(
        pupil: pupil, school: school, on: unit.today, steps: record.steps.suffix(SupportRecorded.mostSteps),
        isSupported: record.isSupported, hasLegalBasis: record.legalBasis != nil,
        socialWorkerConsulted: record.socialWorkerConsulted), subject: pupil.text)
  }
}

/// The support record of a child, as enforcement reads it in the name of whoever decides.
struct SupportRoutes: Sendable {
  let transactions: Transactions

  private static let readers = Policy.roles(.attendanceOfficer, .legalOfficer, .manager, reach: .ownRecords)

  func add(to router: ServiceRouter) {
    router.read(
      "/children/{id}/support-record", Self.readers,
      "The support that a family was given, by day: for a decision about enforcement and for a court",
      path: [.init("id", .pupil, "The child's opaque identifier.")], read)
  }

  private func read(_ call: Call) async throws -> SupportRecord {
    let id = try call.pupil()
    return try await transactions.write(by: call.caller) { unit in
      let pupil = try Roll.current(id, in: unit.db)
      let cases = try Cases<AttendanceCase>.all(of: pupil, in: unit.db).filter { unit.caller.maySee($0.school) }
      guard !cases.isEmpty else { throw Problem.notFound("Child") }
      try unit.audit(.supportRead, of: pupil)
      return try SupportRecord(of: pupil, cases, in: unit.db)
    }
  }
}
