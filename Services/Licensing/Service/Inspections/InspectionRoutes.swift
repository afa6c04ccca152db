import CaseFlow
import CaseKit
import Contracts
import HTTPTypes
import LicensingDomain
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let inspectionPlanned = AuditAction("licensing.inspection.planned")
  static let inspectionRecorded = AuditAction("licensing.inspection.recorded")
  static let inspectionRead = AuditAction("licensing.inspection.read")
  static let recordSheetChecked = AuditAction("licensing.record-sheet.checked")
}

/// Planning a visit, and what was found at it; the rest are the routes of cases.
struct InspectionRoutes: Sendable {
  let desk: CaseDesk<InspectionCases>
  let transactions: Transactions

  struct Form: Codable, Sendable {
    let visit: InspectionVisit
    /// The day that is planned.
    let at: Day
  }

  struct Opened: Codable, Sendable {
    let id, state: String
  }

  struct Entered: Codable, Sendable {
    let id: String
    /// Of the record, counted from 1.
    let version: Int
  }

  struct Record: Codable, Sendable {
    struct Check: Codable, Sendable {
      let check: InspectionCheck
      let words: String
    }

    let id: String
    let visit: InspectionVisit
    /// What is looked at, in order.
    let form: [Check]
    /// Absent before the visit.
    let record: InspectionRecord?
  }

  private static let policy = Policy.roles(.licensingOfficer, .manager, reach: .wholeAuthority)
  private static let id = About.Parameter("id", .string(pattern: "^c[1-9][0-9]*$"), "The case's identifier.")

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/inspections", Self.policy, "Plan a visit, announced or not", upTo: 16 << 10, problems: [409], plan)
    router.read(
      "/inspections/{id}/record", Self.policy, "The plan, the form and the record of a visit", path: [Self.id], read)
    router.write(
      .post, "/inspections/{id}/record", Self.policy, "Enter the record of a visit, or enter it anew", path: [Self.id],
      upTo: 512 << 10, problems: [404, 409], record)
  }

  private func plan(_ call: Call, _ form: Form) async throws -> Remembered<Opened> {
    var faults = Problem.Faults()
    faults.require((1...500).contains(form.visit.place.count), "/visit/place", "must have 1 to 500 characters")
    faults.require(form.visit.subject.count <= 40, "/visit/subject", "must be a case or a party")
    try faults.refuse()
    return try await transactions.write(call.edit) { unit in
      guard try Self.isKnown(form.visit.subject, unit) else {
        throw Problem.invalid([.init("/visit/subject", "must be a case or a party of the register")])
      }
      let stored = try desk.open(
        .init(.act(.plan), stating: Facts([.at: .day(form.at)]), reason: "Planned"),
        about: "inspection of \(form.visit.subject)", nil, at: nil, by: unit.caller.acting(), in: unit)
      try InspectionBook.add(form.visit, of: stored.number, in: unit.db)
      try unit.audit(.inspectionPlanned, of: stored.audited)
      return Opened(id: stored.id, state: stored.file.state?.rawValue ?? "")
    }
  }

  private static func isKnown(_ subject: String, _ unit: UnitOfWork) throws -> Bool {
    for kind in Party.Kind.allCases where try Parties.find(subject, kind, in: unit.db) != nil { return true }
    return try Cases<WorkPermit>.find(subject, in: unit.db) != nil
      || Cases<PerformanceLicence>.find(subject, in: unit.db) != nil
      || Cases<BodyApproval>.find(subject, in: unit.db) != nil
  }

  private func read(_ call: Call) async throws -> Record {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let stored = try Self.find(id, unit)
      guard let visit = try InspectionBook.visit(stored.number, in: unit.db) else {
        throw Problem.notFound("Inspection")
      }
      try unit.audit(.inspectionRead, of: stored.audited)
      return Record(
        id: stored.id, visit: visit, form: InspectionCheck.allCases.map { .init(check: $0, words: $0.words) },
        record: try InspectionBook.record(of: stored.number, in: unit.db))
    }
  }

  private func record(_ call: Call, _ form: InspectionRecord) async throws -> Remembered<Entered> {
    let id = try call.text("id")
    let faults = form.faults
    guard faults.isEmpty else { throw Problem.invalid(faults.map { .init($0.field, $0.text) }) }
    return try await transactions.write(call.edit) { unit in
      let stored = try Self.find(id, unit)
      guard stored.file.state == .planned else {
        throw Problem.conflict("not-from-here", "This cannot be done in the current state of the case")
      }
      for (index, finding) in form.findings.enumerated() {
        guard try finding.of.map({ try Self.isKnown($0, unit) }) ?? true else {
          throw Problem.invalid([.init("/findings/\(index)/of", "must be the case of a permit or a licence")])
        }
      }
      let version = try InspectionBook.add(form, of: stored.number, in: unit.db)
      try unit.audit(.inspectionRecorded, of: stored.audited, ["version": version])
      return Entered(id: stored.id, version: version)
    }
  }

  private static func find(_ id: String, _ unit: UnitOfWork) throws -> StoredCase<Inspection> {
    guard let stored = try Cases<Inspection>.find(id, in: unit.db) else { throw Problem.notFound("Case") }
    return stored
  }
}

/// A holder's record of the days, against the licence and the rules: nothing of it is kept.
struct RecordSheetRoutes: Sendable {
  let transactions: Transactions

  struct Line: Codable, Sendable {
    let on: Day
    let differences: [RecordSheet.Difference]
  }

  struct Answer: Codable, Sendable {
    let id: String
    let differences: [Line]
    let days: [DayLine]
    let picturesLeftOut: Int
  }

  private static let policy = Policy.roles(.licensingOfficer, .manager, reach: .ownRecords)

  func add(to router: ServiceRouter) {
    router.ask(
      "/performance-licences/{id}/record-sheet/check", Self.policy,
      "A holder's daily records against the licence and the rules",
      path: [.init("id", .string(pattern: "^c[1-9][0-9]*$"), "The case's identifier.")], upTo: 512 << 10, check)
  }

  private func check(_ call: Call, _ sheet: RecordSheet) async throws -> Answer {
    let id = try call.text("id")
    guard 1...LicenceApplication.mostDays ~= sheet.days.count else {
      throw Problem.invalid([.init("/days", "must be 1 to \(LicenceApplication.mostDays) days")])
    }
    return try await transactions.write(by: call.caller) { unit in
      guard let stored = try Cases<PerformanceLicence>.find(id, in: unit.db), unit.caller.maySee(stored.school),
        let (_, licence) = try ApplicationBook.current(LicenceApplication.self, of: stored.number, in: unit.db),
        let birth = try Roll.pupil(stored.pupil, in: unit.db)?.dateOfBirth
      else { throw Problem.notFound("Application") }
      try unit.audit(.recordSheetChecked, of: stored.audited, ["case": stored.id])
      var table = DayTable()
      let lines = table.lines(of: licence.schedule(dateOfBirth: birth, days: sheet.days), all: false)
      return Answer(
        id: stored.id,
        differences: sheet.differences(from: licence, today: unit.today).map {
          Line(on: $0.on, differences: $0.differences)
        },
        days: lines, picturesLeftOut: table.picturesLeftOut)
    }
  }
}
