import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store

/// What casework adds to the duty of section 19: nothing from outside; all that it rests on is stated.
struct Section19Cases: CaseProgram {
  typealias Kind = Section19

  func facts(of stored: StoredCase<Section19>, in unit: UnitOfWork) throws -> Facts<Section19.Fact> { Facts() }

  func calendar(of stored: StoredCase<Section19>, in unit: UnitOfWork) throws -> SchoolCalendar? {
    try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
  }

  func happened(_ entry: Entry<Section19>, in stored: StoredCase<Section19>, _ unit: UnitOfWork) throws {}
}

/// Fifteen school days of illness put the duty of section 19 before an officer.
struct SicknessWatch: Sendable {
  let desk: CaseDesk<Section19Cases>

  func look(at event: Event, in unit: UnitOfWork) throws {
    guard event.type == Found<FifteenDaySickness>.type.name else { return }
    let data = try Found<FifteenDaySickness>.decode(event)
    let pupil = try Roll.current(data.pupil, in: unit.db)
    guard try Cases<Section19>.open(about: pupil.text, in: unit.db) == nil else { return }
    let intent = Intent<Section19>(
      .act(.notice),
      stating: .init([.ground: .text(Section19.Ground.illness.rawValue), .since: .day(data.since)]), reason: "",
      evidence: [data.finding])
    _ = try desk.open(intent, about: pupil.text, pupil, at: data.school, by: .program, in: unit)
  }

  /// Of two records of one child the one that goes joins the other.
  func willMerge(_ merged: PupilID, into kept: PupilID, in unit: UnitOfWork) throws {
    guard try Cases<Section19>.open(about: kept.text, in: unit.db) != nil,
      var stored = try Cases<Section19>.open(about: merged.text, in: unit.db)
    else { return }
    try desk.move(&stored, .act(.join, reason: ""), by: .program, in: unit)
  }
}

extension AuditAction {
  static let section19Noticed = AuditAction("section-19.noticed")
  static let section19Read = AuditAction("section-19.page.read")
}

/// Noting a child without suitable education, and the one page that says who considered and decided what, and when.
struct Section19Routes: Sendable {
  let desk: CaseDesk<Section19Cases>
  let transactions: Transactions

  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)

  struct Noticed: Codable, Sendable {
    let pupil: PupilID
    let school: URN
    let ground: String
    let since: Day
    let reason: String
  }

  struct Made: Codable, Sendable {
    let id, state: String
  }

  struct Paper: Codable, Sendable {
    struct Step: Codable, Sendable {
      let on: Day
      let act, reason: String
      /// Who did it, by an opaque identifier; absent for the program.
      let by: String?
      /// What was stated, each as `name: value`.
      let stated: [String]
    }

    let id, state: String
    let pupil: PupilID
    let ground: String?
    /// The first day without suitable education.
    let since: Day?
    /// School days from then until education was arranged or refused, or until today; absent without a calendar.
    let schoolDaysWaited: Int?
    let consideredOn, decidedOn: Day?
    let provision: String?
    let hours: Int?
    let reviews: Int
    let steps: [Step]
  }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/section-19", Self.officers, "Note a child without suitable education", status: 201,
      problems: [404, 409], location: { (made: Made) in "/section-19/\(made.id)" }, notice)
    router.read(
      "/section-19/{id}/page", Self.officers,
      "All that was considered and decided about a child without suitable education, as one page",
      path: [RecordRoutes.id], page)
  }

  private func notice(_ call: Call, _ form: Noticed) async throws -> Remembered<Made> {
    guard let role = Section19.Role(rawValue: call.caller.role.rawValue) else { throw Problem.forbidden }
    return try await transactions.write(call.edit) { unit in
      let pupil = try Roll.current(form.pupil, in: unit.db)
      guard unit.caller.maySee(form.school),
        try !Roll.registrations(of: pupil, at: form.school, in: unit.db).isEmpty
      else { throw Problem.notFound("Pupil") }
      guard form.since <= unit.today else { throw Problem.invalid([.init("/since", "must not be after today")]) }
      let stored = try desk.open(
        .init(
          .act(.notice), stating: .init([.ground: .text(form.ground), .since: .day(form.since)]), reason: form.reason),
        about: pupil.text, pupil, at: form.school, by: .person(unit.caller.subject, role), in: unit)
      try unit.audit(.section19Noticed, of: pupil, ["case": stored.id])
      return Made(id: stored.id, state: stored.file.state?.rawValue ?? "")
    }
  }

  private func page(_ call: Call) async throws -> Paper {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      guard let stored = try Cases<Section19>.find(id, in: unit.db), unit.caller.maySee(stored.school) else {
        throw Problem.notFound("Case")
      }
      try unit.audit(.section19Read, of: stored.pupil, ["case": id])
      return try Self.paper(of: stored, on: unit.today, in: unit.db)
    }
  }

  private static func paper(of stored: StoredCase<Section19>, on today: Day, in db: Database) throws -> Paper {
    let entries = try String.fetchAll(
      db.cachedStatement(sql: "SELECT json FROM case_entry WHERE case_number = ? ORDER BY number"),
      arguments: [stored.number]
    ).map { try JSONDecoder().decode(Entry<Section19>.self, from: Data($0.utf8)) }
    let acts = entries.compactMap { entry -> (Section19.Act, Entry<Section19>)? in
      if case .acted(let act) = entry.what { (act, entry) } else { nil }
    }
    func day(_ wanted: Set<Section19.Act>) -> Day? { acts.first { wanted.contains($0.0) }?.1.on }
    let (stated, decided) = (stored.file.stated, day([.provide, .notOwe]))
    let since = stated.day(.since)
    let until = decided ?? day([.end, .join]) ?? today
    let calendar = try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: db) }
    return Paper(
      id: stored.id, state: stored.file.state?.rawValue ?? "", pupil: try stored.pupil, ground: stated.text(.ground),
      since: since,
      schoolDaysWaited: since.flatMap { first in calendar?.schoolDays.count { first <= $0 && $0 <= until } },
      consideredOn: day([.consider]), decidedOn: decided, provision: stated.text(.provision),
      hours: stated.number(.hours), reviews: acts.count { $0.0 == .review },
      steps: acts.map { act, entry in
        .init(
          on: entry.on, act: act.rawValue, reason: entry.reason, by: entry.by.isProgram ? nil : entry.by.id,
          stated: entry.stated.values.map { "\($0.key.rawValue): \($0.value.words)" }.sorted())
      })
  }
}

extension FactValue {
  /// As a person reads it.
  var words: String {
    switch self {
    case .flag(let flag): flag ? "yes" : "no"
    case .number(let number): "\(number)"
    case .text(let text): text
    }
  }
}
