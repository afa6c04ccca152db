import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Messaging
import RollCopy
import Rulebook
import SealedPacks
import ServiceKit
import Store
import Testing

@testable import EnforcementService
@testable import Keeping

/// Court packs from the first document to the court, on a real store.
@Suite("Court packs on a store") struct CourtPackServiceTests {
  private static let charged = MadeUpPack.register.prefix(6).map(\.place)

  @Test("A signed pack is one file that the published keys vouch for, and it is the same each time")
  func signing() async throws {
    let service = try await Packed()
    let id = try await service.begin()
    #expect(try await service.found(id).file == nil)
    try await service.sign(id)
    let found = try await service.found(id)
    let file = try #require(found.file)
    #expect(try await service.found(id).file == file)
    let verdict = PackVerifier(try await service.published()).verify(PackBytes(file))
    #expect(verdict.faults == [])
    let manifest = try #require(verdict.manifest)
    #expect(manifest.number == found.number && found.number.hasPrefix("880-CP-2627-000001-"))
    #expect(manifest.authority == "880" && manifest.route == "s444-1" && manifest.signer == "u-lawyer")
    #expect(manifest.day == service.clock.today())
    let documents = MadeUpPack.documents(.summons).map(\.0.rawValue)
    #expect(manifest.parts.map(\.document) == ["register", "figures"] + documents)
    #expect(try await service.found(try await service.begin()).number.hasPrefix("880-CP-2627-000002-"))
  }

  @Test("Every figure in the file opens to its sessions")
  func figures() async throws {
    let service = try await Packed()
    let id = try await service.begin()
    try await service.sign(id)
    let text = String(decoding: try #require(try await service.found(id).file), as: UTF8.self)
    let lines = text.split(separator: "\r\n").map(String.init)
    for (name, count) in [("possible", 20), ("attended", 12), ("authorised", 2), ("unauthorised", 6), ("charged", 6)] {
      let opened = lines.filter { $0.hasPrefix("\(name),\(count),2026-11-") }
      #expect(opened.count == count && Set(opened).count == count, "\(name)")
      #expect(!lines.contains { $0.hasPrefix("\(name),") && !$0.hasPrefix("\(name),\(count),") })
    }
    #expect(lines.contains("charged,6,2026-11-02,AM,O"))
  }

  @Test("Without a key nothing is signed, and nothing else happens")
  func noKey() async throws {
    let service = try await Packed(keyText: nil)
    let id = try await service.begin()
    let problem = await #expect(throws: Problem.self) { try await service.sign(id) }
    #expect(problem?.slug == "no-signing-key")
    let found = try await service.found(id)
    #expect(found.state == .reviewed && found.file == nil)
  }

  @Test("A pack that lacks something is not reviewed; put together anew it is")
  func incomplete() async throws {
    let service = try await Packed()
    let id = try await service.begin(MadeUpPack.contents(.summons, without: .fullCodeTest))
    await #expect(throws: Refusal<CourtPackCase>.self) { try await service.sign(id) }
    try await service.fill(id, MadeUpPack.contents(.summons))
    try await service.sign(id)
    #expect(try await service.found(id).state == .signed)
  }

  @Test("What waits for a second person, and what was reviewed, cannot be changed")
  func noChangeBehindTheReviewer() async throws {
    let service = try await Packed()
    let id = try await service.begin()
    try await service.move(id, .act(.review, reason: "Complete"), by: Packed.officer)
    await #expect(throws: Problem.self) { try await service.fill(id, MadeUpPack.contents(.summons)) }
    try await service.move(id, .second(agrees: true, reason: ""), by: Packed.lawyer)
    await #expect(throws: Problem.self) { try await service.fill(id, MadeUpPack.contents(.summons)) }
    try await service.move(id, .act(.revise, reason: "Another letter"), by: Packed.officer)
    try await service.fill(id, MadeUpPack.contents(.summons))
    try await service.sign(id)
    await #expect(throws: Problem.self) { try await service.fill(id, MadeUpPack.contents(.summons)) }
  }

  @Test(
    "An amended charge freezes a signed, a served and a lodged pack: work, an alarm, and the file as it was",
    arguments: 0...2)
  func freezing(steps: Int) async throws {
    let service = try await Packed()
    let id = try await service.begin()
    try await service.sign(id)
    if steps > 0 { try await service.serve(id) }
    if steps > 1 { try await service.lodge(id) }
    let before = try await service.found(id)
    #expect(service.alarmed.isEmpty)
    #expect(try await service.amend([Self.charged[2]]) == [before.number])
    let after = try await service.found(id)
    #expect(after.state == .frozen && after.file == before.file && after.work.contains("amendment"))
    #expect(service.alarmed.count == 1 && service.alarmed[0].contains(before.number))
    #expect(PackVerifier(try await service.published()).verify(PackBytes(try #require(after.file))).isSound)
    // The next start finds it too.
    try service.store.close()
    let again = try await Packed(path: service.path)
    #expect(again.alarmed == service.alarmed)
    try await again.move(id, .act(.keep, reason: "Still absent"), by: Packed.lawyer)
    #expect(again.alarmed.count == 1, "one person alone settles nothing")
    try await again.move(id, .second(agrees: true, reason: ""), by: Packed.manager)
    #expect(again.alarmed.isEmpty)
    #expect(try await again.found(id).state == .signed)
    try await again.amend([Self.charged[3]])
    #expect(try await again.found(id).state == .frozen)
    try await again.move(id, .act(.replace, reason: "Charge less"), by: Packed.lawyer)
    #expect(again.alarmed.isEmpty)
    #expect(try await again.amend([Self.charged[4]]) == [], "a replaced pack is history")
  }

  @Test("Other sessions, other children and another school's register freeze nothing")
  func notTouched() async throws {
    let service = try await Packed()
    let id = try await service.begin()
    try await service.sign(id)
    #expect(try await service.amend([MadeUpPack.register[10].place]) == [])
    let another = try #require(PupilID("p000000002"))
    #expect(try await service.amend(Self.charged, of: another) == [])
    #expect(try await service.amend(Self.charged, at: try URN("100002")) == [])
    #expect(try await service.found(id).state == .signed)
  }

  @Test("What the registers publish of an amendment reaches the pack in the transaction of the event")
  func fromTheRegister() async throws {
    let service = try await Packed()
    let id = try await service.begin()
    try await service.sign(id)
    let handler = RegistersHandler(
      notices: try .madeUp(JudgeThreshold(codes: .england), Timetable()), packs: service.packs)
    let amendment = MarksAmended.Amendment(
      pupil: service.pupil, date: Self.charged[1].date, session: Self.charged[1].session,
      from: MadeUpPack.code("O"), to: MadeUpPack.code("I"), reason: .corrected)
    let data = MarksAmended(school: service.school, amendments: [amendment])
    let event = Event(
      id: "event-1", source: "/880/registers", type: MarksAmended.type.name, subject: service.school.text,
      time: Timestamp(service.clock.now()), recordedTime: Timestamp(service.clock.now()), sequence: 1, traceparent: nil,
      classification: MarksAmended.classification, data: try data.encoded())
    try await service.transactions.write(by: .program(.registers)) { try handler.handle(event, in: $0) }
    #expect(try await service.found(id).state == .frozen)
    #expect(service.alarmed.count == 1)
  }

  @Test("Before it is signed, an amended charge must be looked at again: the pack is put together anew")
  func amendedBefore() async throws {
    let service = try await Packed()
    let id = try await service.begin()
    try await service.move(id, .act(.review, reason: "Complete"), by: Packed.officer)
    try await service.move(id, .second(agrees: true, reason: ""), by: Packed.lawyer)
    try await service.amend([Self.charged[0]])
    let found = try await service.found(id)
    #expect(found.state == .reviewed && found.work.contains { $0.hasPrefix("decision-") } && service.alarmed.isEmpty)
    await #expect(throws: Refusal<CourtPackCase>.self) {
      try await service.move(id, .act(.sign, reason: "Ready"), by: Packed.lawyer)
    }
    try await service.move(id, .act(.revise, reason: "Amended"), by: Packed.officer)
    try await service.fill(
      id, MadeUpPack.contents(.summons, charged: Array(Self.charged.dropFirst())))
    try await service.sign(id)
    #expect(try await service.found(id).state == .signed)
  }

  @Test("Nothing in the tables of court packs changes or goes, and nothing is added to a signed pack")
  func appendOnly() async throws {
    let service = try await Packed()
    let id = try await service.begin()
    try await service.sign(id)
    try await service.amend([Self.charged[0]])
    try await service.revoke()
    let tables = try await service.store.read { db in
      try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'court_pack*'")
    }
    #expect(tables.count == 9)
    for table in tables {
      let column = try await service.store.read { db in
        try #require(try String.fetchOne(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table]))
      }
      #expect(try await service.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 } > 0)
      for sql in ["UPDATE \(table) SET \(column) = \(column)", "DELETE FROM \(table)"] {
        await #expect(throws: DatabaseError.self, "\(sql)") {
          try await service.store.write { try $0.execute(sql: sql) }
        }
      }
    }
    let number = try await service.found(id).number
    await #expect(throws: DatabaseError.self) {
      try await service.store.write { db in
        try db.execute(
          sql: "INSERT INTO court_pack_contents (pack, revision, json, at_millis, by) VALUES (?, 9, '{}', 0, 'u')",
          arguments: [number])
      }
    }
  }

  @Test("Two records that are one child: the pack follows, and freezes under the identifier that is kept")
  func merging() async throws {
    let service = try await Packed()
    let id = try await service.begin()
    try await service.sign(id)
    let kept = try #require(PupilID("p000000009"))
    try await service.store.write { db in
      try db.execute(sql: "UPDATE case_file SET pupil = ?", arguments: [kept.text])
    }
    #expect(try await service.store.read { try EnforcementSchema.roll.unmoved(keeping: [], in: $0) } == [])
    try await service.amend([Self.charged[0]], of: kept)
    #expect(try await service.found(id).state == .frozen)
  }

  @Test("Packs leave in full, and a child is told of its own")
  func records() async throws {
    let service = try await Packed()
    let id = try await service.begin()
    try await service.sign(id)
    try await service.amend([Self.charged[0]])
    let counts = try await service.store.read { db in
      try CourtPackRecords.tables.reduce(into: [String: Int]()) { counts, table in
        var after: Int64? = 0
        while let position = after {
          after = try table.page(after: position, in: db) { _ in counts[table.name, default: 0] += 1 }
        }
      }
    }
    #expect(
      counts == [
        "courtPacks": 1, "courtPackParts": 12, "courtPackSessions": 6, "courtPackSeals": 1, "courtPackKeys": 1,
      ])
  }
}

/// The keys that the program publishes.
@Suite("Published keys of court packs") struct PackKeyStoreTests {
  private static let second = "2027-09-01 \(String(repeating: "2", count: 64))\n"

  private func record(_ text: String, in service: Packed) async throws {
    let keys = try PackSigningKeys(text: text)
    try await service.transactions.write(by: .program(.enforcement)) { try PackKeyStore.record(keys, in: $0) }
  }

  @Test("A new key is published before it signs, and an old one stays when it has gone from the file")
  func rotation() async throws {
    let service = try await Packed()
    let id = try await service.begin()
    try await service.sign(id)
    try await record(Packed.keyText + Self.second, in: service)
    #expect(try await service.published().keys.map(\.lastDay?.iso) == ["2027-08-31", nil])
    try await record(Self.second, in: service)
    let keys = try await service.published()
    #expect(keys.keys.map(\.firstDay.iso) == ["2026-09-01", "2027-09-01"])
    let file = try #require(try await service.found(id).file)
    #expect(PackVerifier(keys).verify(PackBytes(file)).isSound)
  }

  @Test("A key whose first day was changed, or that begins today beside another, is refused at the start")
  func refusedKeys() async throws {
    let service = try await Packed()
    for text in [
      Packed.keyText.replacing("2026-09-01", with: "2026-09-02"),
      Packed.keyText + Self.second.replacing("2027-09-01", with: "2026-11-30"),
    ] {
      await #expect(throws: ConfigurationError.self) { try await record(text, in: service) }
    }
    #expect(try await service.published().keys.count == 1)
  }
}
