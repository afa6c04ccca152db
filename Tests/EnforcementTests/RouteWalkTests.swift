import Contracts
import EnforcementDomain
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import ServiceTestKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// Every route of enforcement, called by those it is not for and by those it is for.
@Suite("Every route of enforcement", .timeLimit(.minutes(5))) struct RouteWalkTests {
  private static let school = "900101"
  private static let theirs = "900102"
  private static let pupil = "p000000001"
  private static let now = Date(timeIntervalSince1970: 1_798_761_600)  // 2027-01-01

  /// The service as the program builds it, with one open proposal at each of two schools and a lapsed one at the first.
  private static func run(_ body: @Sendable @escaping (RouteWalk) async throws -> Void) async throws {
    try await BuiltProgram.run(
      "enforcement", at: now,
      preparing: { path, _ in
        try await PackWalk.fill(path, school: school, theirs: theirs)
        try await ProsecutionWalk.fill(path, school: school, theirs: theirs)
        try await OrderWalk.fill(path, school: school)
        try await PaymentWalk.fill(path, school: school, pupil: pupil)
        try await NoticeWalk.fill(path, school: school)
        try await DatabaseQueue(path: path).write { try fill($0) }
        return [
          "LETTERS_SENDER": "Made-up Council;1 Made-up Street",
          "CODE_OF_CONDUCT": projectFolder.appending(path: "docs/examples/code-of-conduct.json").path,
        ]
      }, build: { try await Enforcement.build($0, $1) }, { try await body(walk($0)) })
  }

  private static func fill(_ db: Database) throws {
    let day = try #require(Day(iso: "2026-11-02"))
    let rule = try #require(ThresholdRule.national.inForce(on: day)).reference
    let grounds = ProposalGrounds(
      metOn: day, windowFirstWeek: day, windowLastWeek: day, sessions: [], unresolved: 0, rule: rule)
    for (pupil, school) in [(pupil, school), ("p000000002", theirs)] {
      let id = try Proposals.insert(
        pupil: try #require(PupilID(pupil)), school: try URN(school), grounds: grounds, in: db)
      try Proposals.addJudgement(id, .proposed(grounds), cause: "event-1", at: Timestamp(now), in: db)
    }
  }

  private static func walk(_ program: BuiltProgram) -> RouteWalk {
    RouteWalk(
      program, school: school, otherSchool: theirs, path: ["id": "pn-1"],
      rows: [
        "GET /audit/anchor": .init("head=120.9f86d081884c7d659a2feaa0&reader=notifier", holdsRecords: false),
        "POST /audit/chain/acknowledgements": .init(body: #"{"breaks":["1"],"reason":"Seen"}"#),
        "GET /audit": .init("subject=\(pupil)&after=0&verify=page"),
        "GET /export": .init("table=proposals&format=jsonl&after=0"),
        "GET /pupils/{id}/subject-access": .init(path: ["id": pupil]),
        "GET /proposals": .init("", "status=all&after=0"),
        "GET /pupils/{id}/threshold": .init(path: ["id": pupil], "school=\(school)"),
        "GET /events": .init("after=0&limit=10"), "POST /parked/{id}/retry": .init(path: ["id": "1"]),
        "POST /parked/{id}/discard": .init(path: ["id": "1"]),
      ].merging(PackWalk.rows(school: school)) { $1 }.merging(ProsecutionWalk.rows(school: school)) { $1 }
        .merging(OrderWalk(first: 8).rows(school: school)) { $1 }.merging(PaymentWalk.rows()) { $1 }
        .merging(NoticeWalk(first: 12).rows(school: school)) { $1 }
        .merging(LetterWalk(order: 8, notice: 11).rows()) { $1 },
      ofTheSchool: [pupil, school] + PackWalk.ofTheSchool + ProsecutionWalk.ofTheSchool + [
        OrderWalk.reason, NoticeWalk.ofTheSchool,
      ])
  }

  @Test func foreignCallersAreKeptOut() async throws { try await Self.run { try await $0.foreignCallersAreKeptOut() } }
  @Test func ownCallersAreLetIn() async throws { try await Self.run { try await $0.ownCallersAreLetIn() } }
  @Test func queriesAreAsDescribed() async throws { try await Self.run { try await $0.queriesAreAsDescribed() } }
  @Test func writesAreDoneOnce() async throws {
    try await Self.run {
      try await $0.writesAreDoneOnce(
        refused: PackWalk.refused.union(ProsecutionWalk.refused).union(OrderWalk.refused).union(NoticeWalk.refused)
          .union(LetterWalk.refused).union([
            "POST /parked/{id}/retry", "POST /parked/{id}/discard", "POST /audit/chain/acknowledgements",
          ]))
    }
  }
  @Test func staleEditsAreRefused() async throws { try await Self.run { try await $0.staleEditsAreRefused() } }

  /// A page of proposals of some schools is found by its index, and holds theirs alone.
  @Test func proposalsAreFoundBySchool() throws {
    let queue = try DatabaseQueue()
    try queue.write { db in
      for migration in EnforcementSchema.migrations { try db.execute(sql: migration.sql) }
      try Self.fill(db)
      for state in [nil, Proposal.State.open] {
        let page = try Proposals.page(state: state, at: [Self.theirs], after: 0, limit: 10, in: db)
        #expect(page.map(\.1.school.text) == [Self.theirs])
        #expect(try Proposals.page(state: state, at: [], after: 0, limit: 10, in: db).isEmpty)
        #expect(try Proposals.page(state: state, at: nil, after: 0, limit: 10, in: db).count == 2)
      }
    }
  }
}
