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

/// Court packs on a real store file.
struct Packed {
  static let officer = Actor<CourtPackCase.Role>.person("u-officer", .attendanceOfficer)
  static let lawyer = Actor<CourtPackCase.Role>.person("u-lawyer", .legalOfficer)
  static let manager = Actor<CourtPackCase.Role>.person("u-manager", .manager)
  static let keyText = "2026-09-01 \(String(repeating: "1", count: 64))\n"

  let path: String
  let store: Store
  let transactions: Transactions
  let packs: CourtPacks
  let alarms: Alarms
  let clock = ManualClock(Date(timeIntervalSince1970: 1_796_032_800))  // 2026-11-30
  let school: URN
  let pupil: PupilID

  init(
    path: String = NSTemporaryDirectory() + "packs-\(UUID().uuidString).sqlite", keyText: String? = Packed.keyText,
    school: String = "100001"
  ) async throws {
    self.path = path
    store = try Store(
      path: path, owner: "880.enforcement", migrations: MessagingSchema.migrations + EnforcementSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    transactions = Transactions(
      store: store, outbox: Outbox(service: .enforcement, authority: "880", store: store), clock: clock)
    var logger = Logger(label: "packs")
    logger.logLevel = .critical
    alarms = Alarms(logger: logger)
    self.school = try URN(school)
    pupil = try #require(PupilID("p000000001"))
    let authority = try AuthorityCode("880")
    var keys: PackSigningKeys?
    if let keyText {
      let read = try PackSigningKeys(text: keyText)
      try await transactions.write(by: .program(.enforcement)) { try PackKeyStore.record(read, in: $0) }
      keys = read
    }
    let frozen = FrozenPacks(try await transactions.read(FrozenPacks.numbers), alarms: alarms)
    packs = CourtPacks(
      authority: authority, codes: .england, keys: keys, frozen: frozen, timetable: Timetable())
  }

  /// Begins a pack.
  ///
  /// - Returns: its case.
  func begin(_ contents: PackContents = MadeUpPack.contents(.summons), of pupil: PupilID? = nil) async throws -> String
  {
    let pupil = pupil ?? self.pupil
    return try await transactions.write(by: Caller(subject: "u-officer", role: .attendanceOfficer)) {
      [packs, school] unit in
      try packs.begin(contents, about: pupil, at: school, reason: "Unpaid", by: Self.officer, in: unit).stored.id
    }
  }

  func fill(_ id: String, _ contents: PackContents) async throws {
    let caller = Caller(subject: "u-officer", role: .attendanceOfficer)
    try await transactions.write(by: caller) { [packs] unit in
      _ = try packs.fill(try packs.find(id, for: caller, in: unit.db), contents, in: unit)
    }
  }

  func move(_ id: String, _ move: Move<CourtPackCase>, by actor: Actor<CourtPackCase.Role>) async throws {
    try await transactions.write(by: Caller(subject: actor.id, role: .legalOfficer)) { [packs] unit in
      var stored = try #require(try Cases<CourtPackCase>.find(id, in: unit.db))
      try packs.desk.move(&stored, move, by: actor, in: unit)
    }
  }

  /// Reviews and signs a pack.
  func sign(_ id: String) async throws {
    try await move(id, .act(.review, reason: "Complete"), by: Self.officer)
    try await move(id, .second(agrees: true, reason: ""), by: Self.lawyer)
    try await move(id, .act(.sign, reason: "Ready"), by: Self.lawyer)
  }

  func serve(_ id: String) async throws {
    let stating = Facts<CourtPackCase.Fact>([.servedOn: .day(clock.today()), .proof: .text("post-1")])
    try await move(id, .attempt(.init(.act(.serve), stating: stating, reason: "Posted")), by: Self.officer)
  }

  func lodge(_ id: String) async throws {
    let stating = Facts<CourtPackCase.Fact>([.certificate: .text("certificate-1")])
    try await move(id, .attempt(.init(.act(.lodge), stating: stating, reason: "Sent")), by: Self.officer)
  }

  @discardableResult
  func amend(
    _ sessions: [RegisterSession], of pupil: PupilID? = nil, at school: URN? = nil
  ) async throws -> [String] {
    let (pupil, school) = (pupil ?? self.pupil, school ?? self.school)
    return try await transactions.write(by: .program(.registers)) { [packs] in
      try packs.amended(pupil: pupil, at: school, sessions: Set(sessions), in: $0)
    }
  }

  func found(_ id: String) async throws -> (state: CourtPackCase.State?, number: String, file: Data?, work: [String]) {
    try await store.read { db in
      let stored = try #require(try Cases<CourtPackCase>.find(id, in: db))
      let pack = try #require(try StoredPack.ofCase(stored.number, in: db))
      return (
        stored.file.state, pack.number, try pack.file(in: db), CourtPackCase.flow.work(of: stored.file).map(\.name)
      )
    }
  }

  /// Revokes the key that signs, from today on.
  func revoke() async throws {
    let (key, today) = (try #require(try await published().keys.last?.id), clock.today())
    try await transactions.write(by: Caller(subject: "u-manager", role: .manager)) { unit in
      _ = try PackKeyStore.revoke(key, from: today, because: .compromised, in: unit)
    }
  }

  func published() async throws -> PackKeySet { try await store.read { try PackKeyStore.published(in: $0) } }

  var alarmed: [String] { alarms.active.map(\.detail) }
}
