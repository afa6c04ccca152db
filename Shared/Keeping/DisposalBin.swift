public import Foundation
public import GRDB

/// What a disposal removed, row by row, until it cannot be reversed any more.
public enum DisposalBin {
  /// A row's stored values by column.
  public typealias Values = [String: Cell]

  /// Runs a body while append-only tables give way to a disposal, and only then: the permission does not outlive the
  /// transaction. What goes is overwritten in the file.
  static func whileDisposing<T>(_ disposal: Int64, in db: Database, _ body: () throws -> T) throws -> T {
    try db.execute(sql: "PRAGMA secure_delete = ON")
    // A connection that keeps it on only writes more.
    defer { try? db.execute(sql: "PRAGMA secure_delete = OFF") }
    try db.execute(sql: "INSERT INTO disposing (disposal) VALUES (?)", arguments: [disposal])
    let result = try body()
    try db.execute(sql: "DELETE FROM disposing")
    return result
  }

  /// Keeps a row as it is, or with another value of one column. The row itself is the caller's to delete.
  public static func keep(
    _ row: Row, of table: String, replacing column: (name: String, value: DatabaseValue)? = nil, disposal: Int64,
    in db: Database
  ) throws {
    var values: Values = [:]
    for name in try columns(of: table, in: db) {
      values[name] = Cell(column?.name == name ? column?.value ?? .null : row[name])
    }
    try db.cachedStatement(
      sql: "INSERT INTO disposal_bin (disposal, source, content) VALUES (?, ?, ?)"
    ).execute(arguments: [disposal, table, try JSONEncoder().encode(values)])
  }

  /// Takes the rows of a table that meet a condition.
  ///
  /// - Returns: how many.
  public static func take(
    _ table: String, where condition: String, _ arguments: StatementArguments, disposal: Int64, in db: Database
  ) throws -> Int {
    let rows = try Row.fetchAll(
      db.cachedStatement(sql: "SELECT rowid AS row_number, * FROM \(table) WHERE \(condition)"), arguments: arguments)
    for row in rows {
      try keep(row, of: table, disposal: disposal, in: db)
      try db.cachedStatement(sql: "DELETE FROM \(table) WHERE rowid = ?").execute(
        arguments: [row["row_number"] as Int64])
    }
    return rows.count
  }

  /// Puts some rows of a disposal back and takes them out of the bin.
  ///
  /// - Parameters:
  ///   - tables: in the order in which their rows can be put back.
  ///   - insert: puts one row back; the program says what becomes of one that something new has taken the place of.
  /// - Returns: how many; 0 when the bin has none left.
  public static func putBack(
    _ disposal: Int64, into tables: [String], limit: Int, in db: Database,
    insert: (String, Values) throws -> Void
  ) throws -> Int {
    for table in tables {
      let rows = try Row.fetchAll(
        db.cachedStatement(
          sql: "SELECT number, content FROM disposal_bin WHERE disposal = ? AND source = ? ORDER BY number LIMIT ?"),
        arguments: [disposal, table, limit])
      guard !rows.isEmpty else { continue }
      for row in rows {
        try insert(table, try JSONDecoder().decode(Values.self, from: row["content"]))
        try db.cachedStatement(sql: "DELETE FROM disposal_bin WHERE number = ?").execute(arguments: [
          row["number"] as Int64
        ])
      }
      return rows.count
    }
    return 0
  }

  /// Puts a row into its table as it was.
  public static func insert(_ values: Values, into table: String, in db: Database) throws {
    let names = try columns(of: table, in: db)
    try db.cachedStatement(
      sql: """
        INSERT INTO \(table) (\(names.joined(separator: ", ")))
        VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))
        """
    ).execute(arguments: StatementArguments(names.map { values[$0]?.databaseValue ?? .null }))
  }

  /// Empties some of the bin for good.
  ///
  /// - Returns: how many rows went; 0 when there were none.
  static func empty(_ disposal: Int64, limit: Int, in db: Database) throws -> Int {
    try db.cachedStatement(
      sql: """
        DELETE FROM disposal_bin WHERE number IN (
          SELECT number FROM disposal_bin WHERE disposal = ? ORDER BY number LIMIT ?)
        """
    ).execute(arguments: [disposal, limit])
    return db.changesCount
  }

  /// How many rows the bin has of a disposal.
  static func count(_ disposal: Int64, in db: Database) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(sql: "SELECT count(*) FROM disposal_bin WHERE disposal = ?"), arguments: [disposal]) ?? 0
  }

  /// Whether the bin has rows of another disposal.
  public static func hasRows(besides disposal: Int64, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM disposal_bin WHERE disposal < ?1 OR disposal > ?1)", arguments: [disposal])
      ?? false
  }

  /// A table's columns that are stored; a generated one is none.
  private static func columns(of table: String, in db: Database) throws -> [String] {
    try String.fetchAll(db.cachedStatement(sql: "SELECT name FROM pragma_table_info(?)"), arguments: [table])
  }

  /// A stored value as the bin keeps it: JSON, with bytes in base 64.
  public enum Cell: Hashable, Sendable, Codable, DatabaseValueConvertible {
    case null
    case integer(Int64)
    case text(String)
    case blob(Data)

    public init(_ value: DatabaseValue) {
      switch value.storage {
      case .null: self = .null
      case .int64(let number): self = .integer(number)
      // No store of the suite keeps fractions.
      case .double(let number): self = .integer(Int64(number))
      case .string(let text): self = .text(text)
      case .blob(let data): self = .blob(data)
      }
    }

    public static func fromDatabaseValue(_ value: DatabaseValue) -> Cell? { Cell(value) }

    public var databaseValue: DatabaseValue {
      switch self {
      case .null: .null
      case .integer(let number): number.databaseValue
      case .text(let text): text.databaseValue
      case .blob(let data): data.databaseValue
      }
    }

    private struct Bytes: Codable { let base64: Data }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let number = try? container.decode(Int64.self) {
        self = .integer(number)
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else {
        self = .blob(try container.decode(Bytes.self).base64)
      }
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .null: try container.encodeNil()
      case .integer(let number): try container.encode(number)
      case .text(let text): try container.encode(text)
      case .blob(let data): try container.encode(Bytes(base64: data))
      }
    }
  }
}
