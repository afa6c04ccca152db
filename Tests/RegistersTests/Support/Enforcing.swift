import Contracts
import EnforcementDomain
import Foundation
import GRDB
import HTTPTypes
import Letters
import Logging
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// Enforcement beside the registers in one process: the real handler on a store of its own, which applies the registers'
/// feed event by event as the intake does.
actor Enforcing {
  private let store: Store
  private let outbox: Outbox
  private let judge: JudgeThreshold
  private let handler: RegistersHandler
  private let clock: ManualClock
  /// Events of these types are passed over after their first: what a reader would do that forgot them.
  private let forgets: Set<String>
  private var seen: Set<String> = []
  private var last: Int64 = 0

  init(beside world: World, forgets: Set<String> = []) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "enforcing-\(UUID().uuidString).sqlite").path
    store = try Store(
      path: path, owner: "880.enforcement", migrations: MessagingSchema.migrations + EnforcementSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    outbox = Outbox(service: .enforcement, authority: "880", store: store)
    judge = JudgeThreshold(codes: .england)
    let documents = Documents(
      service: .enforcement, authority: try AuthorityCode("880"),
      sender: LetterSender(name: "Made-up Council", address: ["1 Made-up Street"]), book: try LetterBook([]))
    let code = CodeOfConduct(
      issuers: [.attendanceOfficer], improvementWeeks: 3...6, paymentMethods: ["By post"],
      representations: "1 Made-up Street")
    let frozen = FrozenPacks([], alarms: Alarms(logger: Logger(label: "enforcing")))
    let packs = CourtPacks(
      authority: documents.authority, codes: .england, keys: nil, frozen: frozen, timetable: Timetable())
    handler = RegistersHandler(
      notices: NoticeDesk(
        judge: judge, documents: documents, code: [InForce(code, source: "a made-up code of conduct")],
        timetable: Timetable()), packs: packs)
    clock = world.clock
    self.forgets = forgets
  }

  /// Applies what the registers have published since.
  func catchUp(_ world: World) async throws {
    while true {
      let answer = try await world.send(.get, "/events?after=\(last)&limit=1000", as: .service)
      let events = try JSONBatchFormat.decode(Array(answer.text.utf8))
      guard let newest = events.last else { return }
      for event in events where handler.handledTypes.contains(event.type) {
        let isFirst = seen.insert("\(event.type) \(event.subject)").inserted
        if forgets.contains(event.type), !(isFirst && event.type == CalendarRecorded.type.name) { continue }
        let transactions = Transactions(store: store, outbox: outbox, clock: clock)
        try await transactions.write(by: .program(.registers)) { [handler] in
          try handler.handle(event, in: $0)
          try handler.finish(in: $0)
        }
      }
      last = newest.sequence
    }
  }

  /// The sessions that count toward the threshold, as `2026-09-07 AM O` and in order.
  func sessions(of pupil: String, at school: String) async throws -> [String] {
    try await finding(pupil, school).sessions.map { "\($0.date) \($0.session.rawValue) \($0.code)" }
  }

  /// The same of many children at some schools, by `pupil school`.
  func sessions(of pupils: [String], at schools: [String]) async throws -> [String: [String]] {
    let urns = try schools.map { try URN($0) }
    let ids = try pupils.map { try #require(PupilID($0)) }
    return try await store.read { [judge, today = clock.today()] db in
      var all: [String: [String]] = [:]
      for urn in urns {
        let school = try judge.school(urn, in: db)
        for id in ids {
          all["\(id.text) \(urn.text)"] = try judge.find(pupil: id, at: school, asOf: today, in: db).sessions
            .map { "\($0.date) \($0.session.rawValue) \($0.code)" }
        }
      }
      return all
    }
  }

  func judgement(of pupil: String, at school: String) async throws -> PenaltyNoticeThreshold.Judgement? {
    try await finding(pupil, school).judgement
  }

  private func finding(_ pupil: String, _ school: String) async throws -> JudgeThreshold.Finding {
    let id = try #require(PupilID(pupil))
    let urn = try URN(school)
    return try await store.read { [judge, today = clock.today()] db in
      try judge.find(pupil: Roll.current(id, in: db), at: judge.school(urn, in: db), asOf: today, in: db)
    }
  }

  /// The grounds of the open proposals, by `pupil school`.
  func openProposals() async throws -> [String: ProposalGrounds] {
    let rows = try await store.read { db in
      try Row.fetchAll(db, sql: "SELECT id, pupil, school FROM proposal WHERE state = 'open'").map { row in
        ("\(row["pupil"] as String) \(row["school"] as String)", row["id"] as String)
      }
    }
    var grounds: [String: ProposalGrounds] = [:]
    for (key, id) in rows {
      grounds[key] = try await store.read { try Proposals.find(id, in: $0)?.proposal.grounds }
    }
    return grounds
  }

  /// What became of a proposal, in order.
  func history(_ proposal: String) async throws -> [String] {
    try await store.read { try Proposals.judgements(proposal, in: $0).map(\.fact) }
  }

  /// The facts of the outbox in order.
  func facts() async throws -> [String] {
    try await store.read { [outbox] in try outbox.events(after: 0, limit: 10_000, maximumBytes: .max, in: $0) }
      .map { String($0.type.split(separator: ".")[3]) }
  }

  func count(_ sql: String) async throws -> Int { try await store.read { try Int.fetchOne($0, sql: sql) } ?? -1 }
}
