import Contracts
import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import Store
import TestKit
import Testing

/// A broken audit log is told, and keeps nobody from reading and writing.
@Suite(.timeLimit(.minutes(10))) struct AuditChainTests {
  private static func attack(_ world: World, _ sql: String) throws {
    try world.execute(
      """
      DROP TRIGGER IF EXISTS audit_log_no_update; DROP TRIGGER IF EXISTS audit_log_no_delete; \(sql)
      """)
  }

  /// Some entries, of which no event tells: the last three are of a child that was read.
  ///
  /// - Returns: the child, and the number of the last entry.
  private static func prepare(_ world: World) async throws -> (id: String, last: Int) {
    try await world.open()
    let id = try #require(try await world.enrol([0])[0])
    for _ in 0..<3 { try await read(world, id) }
    return (id, try #require(try world.sql("SELECT max(number) AS n FROM audit_log").first?["n"]))
  }

  private static func read(_ world: World, _ id: String) async throws {
    let answer = try await world.send(.get, "/pupils/\(id)/attendance?from=2026-09-01&to=2026-09-30")
    #expect(answer.status == 200)
  }

  /// The alarms that are not about the machine on which the test runs.
  private static func alarms(_ world: World) async throws -> [String] {
    try await world.send(.get, "/status", as: .operator).list("alarms").compactMap { $0["name"] as? String }
      .filter { !["descriptors", "free-space"].contains($0) }
  }

  @Test func aRowThatIsGoneEndsNothing() async throws {
    try await World.run { world in
      let (id, last) = try await Self.prepare(world)
      let gone = last - 1
      #expect(try await Self.alarms(world).isEmpty)
      try Self.attack(world, "DELETE FROM audit_log WHERE number = \(gone)")
      let page = try await world.send(.get, "/audit", as: .manager)
      #expect(page.status == 200)
      #expect(page.list("entries").map { $0["number"] as? Int } == (1...last).filter { $0 != gone })
      #expect(page.list("entries").filter { $0["sound"] as? Bool == false }.map { $0["number"] as? Int } == [last])
      let whole = try #require(
        try await world.send(.get, "/audit?verify=whole", as: .manager)["chain", as: [String: Any].self])
      #expect(whole["sound"] as? Bool == false && whole["firstBreak"] as? Int == gone)
      let chain = try await world.send(.post, "/audit/chain/checks", as: .operator)
      #expect(chain["sound"] == false && chain.list("breaks").map { $0["name"] as? String } == ["missing-\(gone)"])

      // It is told, and everything goes on.
      let status = try await world.send(.get, "/status", as: .operator)
      #expect(status["ready"] == true, "a broken log does not keep a program from being ready")
      #expect(status["audit", as: [String: Any].self]?["sound"] as? Bool == false)
      #expect(try await Self.alarms(world) == ["audit-chain"])
      let health = try await world.send(.get, "/health/ready", as: nil)
      #expect(health["alarms", as: [String].self]?.contains("audit-chain") == true)
      let metrics = try await world.send(.get, "/metrics", as: nil).text
      #expect(metrics.contains("audit_breaks 1.0") && metrics.contains(#"alarms_active{alarm="audit-chain"} 1.0"#))
      try await Self.read(world, id)
      #expect(try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,/"]).counts[0] == 1)
    }
  }

  @Test(arguments: [
    ("DELETE FROM audit_log WHERE number >= LAST", "missing-LAST"), ("DELETE FROM audit_log", "missing-1-LAST"),
    ("DELETE FROM audit_log; DELETE FROM audit_head", "end-0"),
    ("UPDATE audit_log SET actor = 'somebody-else' WHERE number = LAST", "changed-LAST-"),
  ])
  func whatIsDoneToTheEndIsSeenAtOnce(sql: String, name: String) async throws {
    try await World.run { world in
      let (id, last) = try await Self.prepare(world)
      let name = name.replacing("LAST", with: "\(last)")
      try Self.attack(world, sql.replacing("LAST", with: "\(last)"))
      let status = try await world.send(.get, "/status", as: .operator)
      #expect(status["audit", as: [String: Any].self]?["sound"] as? Bool == false)
      // The break stays when the log goes on.
      try await Self.read(world, id)
      let chain = try await world.send(.get, "/audit/chain", as: .manager)
      #expect(chain["sound"] == false)
      #expect(chain.list("breaks").contains { ($0["name"] as? String)?.hasPrefix(name) == true }, "\(chain.text)")
      #expect(try await world.send(.get, "/audit", as: .manager).status == 200)
    }
  }

  @Test func anOperatorAcknowledgesInWriting() async throws {
    try await World.run { world in
      let (id, last) = try await Self.prepare(world)
      let gone = "missing-\(last - 1)"
      try Self.attack(world, "DELETE FROM audit_log WHERE number = \(last - 1)")
      _ = try await world.send(.post, "/audit/chain/checks", as: .operator)
      let path = "/audit/chain/acknowledgements"
      let good = #"{"breaks":["\#(gone)"],"reason":"Row lost with a disk block; told the data protection officer"}"#
      #expect(try await world.send(.post, path, as: .manager, good).status == 403)
      for body in [
        #"{"breaks":["missing-1"],"reason":"x"}"#, #"{"breaks":[],"reason":"x"}"#,
        #"{"breaks":["\#(gone)"],"reason":" "}"#, #"{"breaks":["\#(gone)"],"reason":"a\u0000b"}"#,
        #"{"breaks":["\#(gone)"],"reason":"\#(String(repeating: "x", count: 501))"}"#,
      ] {
        #expect(try await world.send(.post, path, as: .operator, body).status == 422, "\(body)")
      }
      let done = try await world.send(.post, path, as: .operator, good)
      #expect(done.status == 200 && done["sound"] == true)
      let number = try #require(done.list("breaks").first?["acknowledgedBy"] as? Int)
      let entry = try #require(
        try await world.send(.get, "/audit?after=\(number - 1)", as: .manager).list("entries").first)
      #expect(entry["action"] as? String == "audit.break.acknowledge" && entry["subject"] as? String == gone)
      #expect((entry["detail"] as? String)?.hasPrefix("Row lost") == true && entry["sound"] as? Bool == true)
      #expect(try await Self.alarms(world).isEmpty)
      #expect(try await world.send(.post, path, as: .operator, good).status == 422, "it stands no more")

      // A further break is one of its own.
      try Self.attack(world, "DELETE FROM audit_log WHERE number = \(last - 2)")
      let again = try await world.send(.post, "/audit/chain/checks", as: .operator)
      #expect(again["sound"] == false)
      #expect(
        again.list("breaks").filter { $0["acknowledgedBy"] == nil }.map { $0["name"] as? String }
          == ["missing-\(last - 2)-\(last - 1)"])
      try await Self.read(world, id)
    }
  }

  @Test func eventsCarryWhereTheLogStood() async throws {
    try await World.run { world in
      _ = try await Self.prepare(world)
      let before = try await world.events()
      #expect(before.allSatisfy { $0.auditHead == nil || $0.auditHead!.count > 0 })
      #expect(try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,/"]).counts[0] == 1)
      let anchor = try #require(try await world.events().last?.auditHead)
      let hash = try #require(
        try world.sql("SELECT hash FROM audit_log WHERE number = \(anchor.count)").first?["hash"] as Data?)
      #expect(anchor.head == hash.hex.prefix(AuditAnchor.headDigits))

      func holds(_ head: String) async throws -> Bool? {
        try await world.send(.get, "/audit/anchor?reader=enforcement&head=\(head)", as: .service)["held"]
      }
      #expect(try await holds(anchor.description) == true)
      #expect(try await Self.alarms(world).isEmpty)
      // A reader holds another entry than the log has: so the log was made anew, whatever it says of itself.
      #expect(try await holds("\(anchor.count).\(String(repeating: "0", count: 24))") == false)
      #expect(try await Self.alarms(world) == ["audit-chain"])
      #expect(try await world.send(.get, "/audit/anchor?reader=nobody&head=x", as: .service).status == 400)
      #expect(try await world.send(.get, "/audit/anchor?reader=registers&head=\(anchor)", as: .operator).status == 403)
    }
  }

  @Test func theTailIsComparedWithWhatWasPublished() async throws {
    try await World.run { world in
      _ = try await Self.prepare(world)
      #expect(try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,/"]).counts[0] == 1)
      let published = try #require(try await world.events().last?.auditHead?.count)
      // Somebody who has the key as well makes an end that looks right.
      try Self.attack(world, "DELETE FROM audit_log WHERE number >= \(published)")
      let head = try #require(
        try world.sql("SELECT number, hash FROM audit_log ORDER BY number DESC LIMIT 1").first)
      let store = NSTemporaryDirectory() + "other-\(UUID().uuidString).sqlite"
      let other = try Store(
        path: store, owner: "880.registers", migrations: AuditLog.migrations + AuditLog.chainMigrations,
        auditKeys: TestAuditKeys.keys)
      let (number, hash) = (head["number"] as Int64, head["hash"] as Data)
      let code = try await other.read { db in
        try Data.fetchOne(
          db, sql: "SELECT audit_code(audit_head_message(?, ?))", arguments: [number, hash])
      }
      let sealed = try #require(code)
      try world.execute("UPDATE audit_head SET number = \(number), hash = x'\(hash.hex)', code = x'\(sealed.hex)'")
      let chain = try await world.send(.post, "/audit/chain/checks", as: .operator)
      let names = chain.list("breaks").compactMap { $0["name"] as? String }
      #expect(names.count == 1 && names[0].hasPrefix("published-own-\(published)-"), "\(names)")
    }
  }

  @Test func aProgramWithoutTheKeyDoesNotStart() async throws {
    func start(_ file: String) async throws -> ConfigurationError? {
      await #expect(throws: ConfigurationError.self) {
        try await BuiltRegisters.run(["AUDIT_KEY_FILE": file], .router) { _, _ in }
      }
    }
    let open = NSTemporaryDirectory() + "open-\(UUID().uuidString).keys"
    try TestAuditKeys.text.write(toFile: open, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: open)
    for file in ["/nowhere/audit.keys", open] {
      let error = try await start(file)
      #expect(error?.key == "audit.key.file" && error?.reason.contains(file) == true)
    }
  }
}
