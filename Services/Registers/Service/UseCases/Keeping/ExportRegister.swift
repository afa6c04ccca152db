import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Schemas
import ServiceKit
import Store

/// Gives out the register in full, table by table, each from one moment and a part at a time.
struct ExportRegister: Sendable {
  let desk: RegisterDesk
  private let places = Locked(Self.mostAtOnce)

  /// The most exports under way: each keeps the store from clearing its log.
  private static let mostAtOnce = 2

  init(desk: RegisterDesk) { self.desk = desk }

  /// One export under way. It gives its place up when nobody has it any more.
  final class Stream: Sendable {
    private let snapshot: DatabaseSnapshot
    private let table: RegisterTable
    private let format: ExportFormat
    private let places: Locked<Int>
    private let start: Int64

    fileprivate init(
      _ snapshot: DatabaseSnapshot, _ table: RegisterTable, _ format: ExportFormat, after start: Int64,
      places: Locked<Int>
    ) {
      self.snapshot = snapshot
      self.table = table
      self.format = format
      self.start = start
      self.places = places
    }

    deinit { places.withLock { $0 += 1 } }

    /// Gives all lines in parts; never more than one part is in memory.
    func forEachPart(_ body: ([UInt8]) async throws -> Void) async throws {
      var header: [UInt8] = []
      table.layout.appendHeader(format, to: &header)
      if !header.isEmpty { try await body(header) }
      var after: Int64? = start
      while let position = after {
        let (part, last) = try await snapshot.read { [table, format] db in
          var part: [UInt8] = []
          let last = try table.lines(after: position, in: db) { table.layout.append($0, format, to: &part) }
          return (part, last)
        }
        if !part.isEmpty { try await body(part) }
        after = last
      }
    }
  }

  /// Opens an export of one table, from behind a position.
  ///
  /// - Throws: `Problem` unavailable while too many are under way, forbidden to who is bound to some schools.
  func open(
    _ table: RegisterTable, _ format: ExportFormat, after: Int64, by caller: Caller, requestID: String
  ) async throws -> Stream {
    try caller.requireUnbound()
    let hasPlace = places.withLock { places in
      guard places > 0 else { return false }
      places -= 1
      return true
    }
    guard hasPlace else {
      throw Problem("busy", "Too many exports at once", .serviceUnavailable, retryAfterSeconds: 60)
    }
    do {
      try await desk.write(by: caller) { writer, db in
        try RegisterDesk.audit(
          "register.export.\(format.rawValue)", table.name, by: writer, requestID: requestID, in: db)
      }
      return Stream(try desk.store.snapshot(), table, format, after: after, places: places)
    } catch {
      places.withLock { $0 += 1 }
      throw error
    }
  }

  /// What every table's lines look like.
  struct Schema: Codable, Sendable {
    struct Table: Codable, Sendable {
      let name, about: String
      /// The columns of the CSV form, in order.
      let columns: [String]
      /// The JSON Schema (2020-12) of one line of the JSON Lines form.
      let line: JSONValue
    }

    let tables: [Table]
  }

  static let schema = Schema(
    tables: RegisterTables.all.map { table in
      .init(
        name: table.name, about: table.about, columns: table.layout.fields.map(\.name), line: table.layout.schema.json)
    })
}

extension RegisterTable {
  /// Calls the body for the lines of the next positions: those of ``EntryLines`` where the table is theirs.
  func lines(after: Int64, in db: Database, _ body: ([ExportCell]) throws -> Void) throws -> Int64? {
    name == EntryLines.table.name
      ? try EntryLines.page(after: after, in: db, body) : try page(after: after, in: db, body)
  }
}
