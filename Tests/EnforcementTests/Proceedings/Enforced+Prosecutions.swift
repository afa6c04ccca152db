import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Logging
import Messaging
import Rulebook
import SealedPacks
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// Prosecutions on the real desk and the real store.
extension Enforced {
  typealias Fact = Prosecution.Fact

  static let attorney = Actor<Prosecution.Role>.person("u-lawyer", .legalOfficer)
  static let reviewer = Actor<Prosecution.Role>.person("u-reviewer", .legalOfficer)
  static let chief = Actor<Prosecution.Role>.person("u-manager", .manager)
  static let clerk = Actor<Prosecution.Role>.person("u-officer", .attendanceOfficer)

  /// A notice to the mother for the first ten sessions, unpaid after its time; today is the first day of proceedings.
  static func withUnpaidNotice(sessions: Int = 10) async throws -> (service: Enforced, notice: String) {
    let service = try await withProposal(sessions: sessions)
    let notice = try await service.consider()
    try await service.issue(notice)
    try await service.passTime(to: try #require(Day(iso: "2027-02-02")))
    #expect(try await service.state(notice) == .unpaid)
    return (service, notice)
  }

  func places(_ range: Range<Int>) -> [RegisterSession] {
    range.map(session).map { RegisterSession($0.0, $0.1) }
  }

  func refer(
    _ range: Range<Int> = 0..<10, _ person: PersonID = mother, route: String = "unpaid-notice",
    circumstances: Set<Conflicts.Circumstance> = []
  ) async throws -> String {
    let caller = Caller(subject: "u-officer", role: .attendanceOfficer)
    let sessions = places(range).compactMap { place in
      AttendanceCode("O").map { ProposalGrounds.CountedSession(date: place.date, session: place.session, code: $0) }
    }
    return try await transactions.write(by: caller) { [desk, pupil, school] unit in
      try desk.prosecutions.refer(
        .init(
          person: person, pupil: pupil, school: school, breach: nil, sessions: sessions, circumstances: circumstances),
        .init(
          .act(.refer),
          stating: .init([
            .route: .text(route), .support: .text("recorded"), .parentVerified: .flag(true),
          ]), reason: "Unpaid"), by: Self.clerk, in: unit
      ).id
    }
  }

  func does(
    _ id: String, _ act: Prosecution.Act, _ stating: [Fact: FactValue] = [:], overriding: Set<String> = [],
    by actor: Actor<Prosecution.Role> = attorney
  ) async throws {
    try await move(
      id, .attempt(.init(.act(act), stating: Facts(stating), overriding: overriding, reason: "It is right")), by: actor)
  }

  func move(_ id: String, _ move: Move<Prosecution>, by actor: Actor<Prosecution.Role>) async throws {
    try await transactions.write(by: Caller(subject: actor.id, role: .legalOfficer)) { [desk] unit in
      var stored = try #require(try Cases<Prosecution>.find(id, in: unit.db))
      try desk.prosecutions.cases.move(&stored, move, by: actor, in: unit)
    }
  }

  /// Takes a referral to the point where it can be laid, but for its pack.
  func prepare(_ id: String, _ procedure: String = "summons") async throws {
    try await does(id, .considerSupervision, [.supervision: .text("not-now")], by: Self.chief)
    try await does(id, .review, [.offence: .text("s444-1"), .procedure: .text(procedure)])
    try await testCode(id)
  }

  func testCode(_ id: String) async throws {
    let yes: [Fact: FactValue] = [
      .evidenceSuffices: .flag(true), .publicInterest: .flag(true), .defencesConsidered: .flag(true),
      .equalityConsidered: .flag(true),
    ]
    try await does(id, .testCode, yes, by: Self.reviewer)
  }

  func lay(_ id: String, overriding: Set<String> = []) async throws {
    try await does(id, .lay, [.adult: .flag(true)], overriding: overriding)
    try await move(id, .second(agrees: true, reason: "Agreed"), by: Self.chief)
  }

  /// A signed pack for a prosecution that charges sessions.
  func signPack(_ id: String, _ range: Range<Int> = 0..<10, for person: PersonID = mother) async throws {
    let keys = try PackSigningKeys(text: Packed.keyText)
    try await transactions.write(by: .program(.enforcement)) { try PackKeyStore.record(keys, in: $0) }
    let alarms = Alarms(logger: Logger(label: "packs"))
    let packs = CourtPacks(
      authority: try AuthorityCode("880"), codes: .england, keys: keys, frozen: FrozenPacks([], alarms: alarms),
      timetable: timetable)
    let contents = contents(id, range, person)
    let pack = try await transactions.write(by: Caller(subject: "u-officer", role: .attendanceOfficer)) {
      [pupil, school] unit in
      try packs.begin(contents, about: pupil, at: school, reason: "Unpaid", by: Packed.officer, in: unit).stored.id
    }
    for (step, actor) in [
      (Move<CourtPackCase>.act(.review, reason: "Complete"), Packed.officer),
      (.second(agrees: true, reason: ""), Packed.lawyer), (.act(.sign, reason: "Ready"), Packed.lawyer),
    ] {
      try await transactions.write(by: Caller(subject: actor.id, role: .legalOfficer)) { unit in
        var stored = try #require(try Cases<CourtPackCase>.find(pack, in: unit.db))
        try packs.desk.move(&stored, step, by: actor, in: unit)
      }
    }
  }

  /// A complete pack for sessions that were all missed.
  private func contents(_ id: String, _ range: Range<Int>, _ person: PersonID) -> PackContents {
    let places = places(range)
    let made = MadeUpPack.contents(
      .summons, stated: [.possible: places.count, .attended: 0, .unauthorised: places.count])
    return PackContents(
      route: made.route, matter: id, person: person.text, caseOfficer: made.caseOfficer,
      circumstances: made.circumstances,
      register: places.map { place in
        PackMark(date: place.date, session: place.session, code: MadeUpPack.code("O"))
      }, charged: places, stated: made.stated, parts: made.parts)
  }

  func prosecution(_ id: String) async throws -> CaseFile<Prosecution> {
    try await store.read { try #require(try Cases<Prosecution>.find(id, in: $0)).file }
  }

  /// The sessions of a charge and why others were taken out.
  func charge(_ id: String) async throws -> (charged: Int, bars: Set<Charge.Bar>) {
    try await store.read { db in
      let stored = try #require(try Cases<Prosecution>.find(id, in: db))
      let prosecution = try #require(try StoredProsecutions.find(subject: stored.subject, in: db))
      let sessions = try StoredProsecutions.sessions(of: prosecution.number, in: db)
      return (sessions.count { $0.bar == nil }, Set(sessions.compactMap(\.bar)))
    }
  }

  /// The guards that forbid a step of a prosecution; empty when it is done.
  func forbidding(_ body: () async throws -> Void) async throws -> [String] {
    do {
      try await body()
      return []
    } catch let refusal as Refusal<Prosecution> {
      guard case .unmet(let unmet) = refusal else { throw refusal }
      return unmet.map(\.id)
    }
  }
}
