import HTTPTypes
import Messaging
import Schemas
import ServiceKit
import Store

/// Gives out what a program holds in full, table by table, each from one moment and a part at a time.
struct Export: Sendable {
  let transactions: Transactions
  /// What an export is called in the audit log, before its format.
  let auditedAs: String
  /// How long an export may take and how many there may be: each keeps the store from clearing its log.
  var limits = StoreSnapshot.Limits()

  /// One export under way. It ends with its snapshot, at the latest when nobody has it any more.
  final class Stream: Sendable {
    private let snapshot: StoreSnapshot
    private let table: KeptTable
    private let format: ExportFormat
    private let start: Int64

    fileprivate init(
      _ snapshot: StoreSnapshot, _ table: KeptTable, _ format: ExportFormat, after start: Int64
    ) {
      self.snapshot = snapshot
      self.table = table
      self.format = format
      self.start = start
    }

    /// Gives all lines in parts; never more than one part is in memory.
    ///
    /// - Throws: `StoreError` when the body took a part too slowly; the answer is then cut off.
    func forEachPart(_ body: ([UInt8]) async throws -> Void) async throws {
      defer { snapshot.close() }
      var header: [UInt8] = []
      table.layout.appendHeader(format, to: &header)
      if !header.isEmpty { try await body(header) }
      var after: Int64? = start
      while let position = after {
        let (part, last) = try await snapshot.read { [table, format] db in
          var part: [UInt8] = []
          let last = try table.page(after: position, in: db) { table.layout.append($0, format, to: &part) }
          return (part, last)
        }
        if !part.isEmpty { try await body(part) }
        after = last
      }
    }
  }

  /// Opens an export of one table, from behind a position.
  ///
  /// - Throws: `StoreError` while too many are under way; `Problem` forbidden for a caller who must not know of some child.
  func open(
    _ table: KeptTable, _ format: ExportFormat, after: Int64, by caller: Caller
  ) async throws -> Stream {
    let place = try transactions.store.snapshotPlace(limits)
    try await transactions.write(by: caller) { [auditedAs] unit in
      // A table leaves whole or not at all.
      guard try unit.hiddenPupils.isEmpty else {
        throw Problem(
          "export-holds-others", "This export holds records that you must not see", .forbidden,
          detail: "Ask somebody else to make it.")
      }
      try unit.audit(AuditAction("\(auditedAs).export.\(format.rawValue)"), of: .record(table.name))
    }
    return Stream(try transactions.store.snapshot(limits, in: place), table, format, after: after)
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

    init(_ tables: [KeptTable]) {
      self.tables = tables.map { table in
        .init(
          name: table.name, about: table.about, columns: table.layout.fields.map(\.name),
          line: table.layout.schema.json)
      }
    }
  }
}
