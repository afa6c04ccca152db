import Contracts
import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Rulebook
import Schemas
import ServiceKit
import Store
import Testing

@testable import Keeping
@testable import RegistersDomain
@testable import RegistersService

/// An export while it is sent.
extension ExportTests {
  /// Whoever was interrupted goes on behind the last line.
  @Test func anExportGoesOnBehindAPosition() async throws {
    let kept = try KeptRegisters()
    try await Self.fillEverything(kept)
    for table in RegisterTables.all where table.name != "areas" {
      let all = try Self.objects(try await Self.lines(kept, table, .jsonl))
      guard case .integer(let position)? = all.first?["position"] else {
        Issue.record("\(table.name) has no position")
        continue
      }
      let rest = try Self.objects(try await Self.lines(kept, table, .jsonl, after: Int64(position)))
      #expect(rest == all.filter { $0["position"] != .integer(position) }, "\(table.name)")
    }
  }

  /// What is written while an export is under way is not part of it.
  @Test func anExportIsOfOneMoment() async throws {
    let kept = try KeptRegisters()
    try await Self.fillEverything(kept)
    let before = try await Self.lines(kept, EntryLines.table, .jsonl)
    let stream = try await Export(transactions: kept.registers.transactions, auditedAs: "register").open(
      EntryLines.table, .jsonl, after: 0, by: KeptRegisters.manager)
    let text = Locked("")
    let registers = kept
    try await stream.forEachPart { part in
      try await registers.mark(3, "2032-09-08", "/", at: "900101")
      text.withLock { $0 += String(decoding: part, as: UTF8.self) }
    }
    #expect(text.withLock { $0 } == before)
    #expect(try await Self.lines(kept, EntryLines.table, .jsonl) != before)
  }

  /// A place is given back when the stream ends, however it ends.
  @Test func onlySoManyAtOnce() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    let export = Export(transactions: kept.registers.transactions, auditedAs: "register")
    let table = try #require(RegisterTables.all.first { $0.name == "schools" })
    func open() async throws -> Export.Stream {
      try await export.open(table, .csv, after: 0, by: KeptRegisters.manager)
    }
    do {
      let streams = [try await open(), try await open()]
      await #expect(throws: StoreError.tooManySnapshots) { _ = try await open() }
      #expect(streams.count == 2)
    }
    _ = try await open()
  }

  /// Over a socket, too: the answer has no length beforehand, and ends where it should.
  @Test func anExportTravelsOverASocket() async throws {
    try await BuiltRegisters.run([:], .live) { client, token in
      let officer = try await token(.attendanceOfficer)
      for number in 0..<40 {
        let body = ByteBuffer(string: #"{"name":"Harbour Lane","phase":"primary","type":"academy"}"#)
        let headers: HTTPFields = [.authorization: officer, .contentType: "application/json"]
        try await client.execute(uri: "/schools/\(900_100 + number)", method: .put, headers: headers, body: body) {
          #expect($0.status == .ok)
        }
      }
      let answer = try await client.execute(
        uri: "/export?table=schools&format=csv", method: .get, headers: [.authorization: officer])
      #expect(answer.headers[.contentLength] == nil && answer.headers[.contentType] == "text/csv; charset=utf-8")
      #expect(CSVText.records(String(buffer: answer.body)).count == 41)
    }
  }

  @Test func theRoutesStreamAndAreOnRecord() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0, 1])
      let pupils = try await world.send(.get, "/export?table=pupils&format=csv", as: .manager)
      #expect(pupils.status == 200 && CSVText.records(pupils.text).count == 3)
      let schools = try await world.send(.get, "/export?table=schools", as: .attendanceOfficer)
      #expect(try Self.objects(schools.text).map { $0["urn"] } == [.string(World.school)])
      #expect(try await world.send(.get, "/export?table=pupils&after=2", as: .manager).text.isEmpty)
      #expect(
        try await world.send(.get, "/export/schema", as: .manager).list("tables").count == RegisterTables.all.count)
      for path in [
        "/export", "/export?table=secrets", "/export?table=pupils&format=xml", "/export?table=pupils&after=-1",
      ] {
        #expect(try await world.send(.get, path, as: .manager).status == 400, "\(path)")
      }
      #expect(try await world.send(.get, "/export?table=pupils", as: .legalOfficer).status == 403)
      #expect(
        try await world.send(.get, "/export?table=pupils", as: .school, schools: [World.school]).status == 403)
      let actions = try world.sql(
        "SELECT action, subject FROM audit_log WHERE action LIKE 'register.export.%' ORDER BY number"
      ).map {
        "\($0["action"] as String) \($0["subject"] as String)"
      }
      #expect(
        actions == [
          "register.export.csv pupils", "register.export.jsonl schools", "register.export.jsonl pupils",
        ])
    }
  }
}
