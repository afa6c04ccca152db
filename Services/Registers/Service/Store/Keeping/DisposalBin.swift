import Contracts
import Foundation
import GRDB
import RegistersDomain
import Rulebook

/// What a disposal removed, row by row, until it cannot be reversed any more.
enum DisposalBin {
  /// The tables that rows are taken from, in the order in which they can be put back.
  enum Source: String, CaseIterable, Sendable {
    case receipts, entries
    case entryWords = "entry_words"
    case amendments, findings, returns, quarantine
    case pupilYears = "pupil_years"
    case sourceCodes = "source_codes"
    case differences
  }

  /// Keeps a row as it is, or with another value of one column.
  static func keep(
    _ row: Row, of source: Source, replacing column: (name: String, value: DatabaseValue)? = nil, disposal: Int64,
    in db: Database
  ) throws {
    var values: [String: Cell] = [:]
    for name in try columns(of: source, in: db) {
      values[name] = Cell(column?.name == name ? column?.value ?? .null : row[name])
    }
    try db.cachedStatement(
      sql: "INSERT INTO disposal_bin (disposal, source, content) VALUES (?, ?, ?)"
    ).execute(arguments: [disposal, source.rawValue, try JSONEncoder().encode(values)])
  }

  /// Puts some rows of a disposal back and takes them out of the bin. The log must be giving way.
  ///
  /// - Returns: how many, 0 when the bin has none left; and whose marks of which years are counted again.
  static func putBack(
    _ disposal: Int64, limit: Int, at moment: Timestamp, in db: Database
  ) throws -> (rows: Int, years: [KeptYear]) {
    for source in Source.allCases {
      let rows = try Row.fetchAll(
        db.cachedStatement(
          sql: "SELECT number, content FROM disposal_bin WHERE disposal = ? AND source = ? ORDER BY number LIMIT ?"),
        arguments: [disposal, source.rawValue, limit])
      guard !rows.isEmpty else { continue }
      var years: [KeptYear] = []
      for row in rows {
        let values = try JSONDecoder().decode([String: Cell].self, from: row["content"])
        try insert(values, into: source, at: moment, in: db)
        if source == .pupilYears, case .integer(let number) = values["number"] { years.append(KeptYear(row: number)) }
        try db.cachedStatement(sql: "DELETE FROM disposal_bin WHERE number = ?").execute(arguments: [
          row["number"] as Int64
        ])
      }
      return (rows.count, years)
    }
    return (0, [])
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
  static func hasRows(besides disposal: Int64, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM disposal_bin WHERE disposal < ?1 OR disposal > ?1)", arguments: [disposal])
      ?? false
  }

  /// A table's columns that are stored; a generated one is none.
  private static func columns(of source: Source, in db: Database) throws -> [String] {
    try String.fetchAll(
      db.cachedStatement(sql: "SELECT name FROM pragma_table_info(?)"), arguments: [source.rawValue])
  }

  private static func insert(
    _ values: [String: Cell], into source: Source, at moment: Timestamp, in db: Database
  ) throws {
    var values = values
    switch source {
    case .entries:
      // Only a part of the batch was taken, or another disposal's part came back before.
      if let rest: Data = try blob("SELECT marks FROM entries WHERE number = ?", values["number"], in: db) {
        guard let rest = EntryBatch(bytes: Array(rest)), case .blob(let taken) = values["marks"],
          let part = EntryBatch(bytes: Array(taken))
        else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
        try db.cachedStatement(sql: "UPDATE entries SET marks = ? WHERE number = ?").execute(arguments: [
          Data(rest.joined(with: part).bytes), values["number"]?.databaseValue,
        ])
        return
      }
    case .pupilYears:
      // Marks of the year came in meanwhile: they stand.
      if let newer: Data = try blob("SELECT codes FROM pupil_years WHERE number = ?", values["number"], in: db) {
        let year = SchoolYear(startYear: 0)
        guard let row = PupilYear(year: year, codes: Array(newer)), case .blob(let older) = values["codes"],
          let before = PupilYear(year: year, codes: Array(older))
        else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
        try db.cachedStatement(sql: "UPDATE pupil_years SET codes = ? WHERE number = ?").execute(arguments: [
          Data(row.filled(from: before).codes), values["number"]?.databaseValue,
        ])
        return
      }
    case .quarantine:
      // The same mark was sent again meanwhile and waits: the older one is history.
      if values["state"] == .text("waiting"),
        try Bool.fetchOne(
          db,
          sql: """
            SELECT EXISTS (SELECT 1 FROM quarantine WHERE school = ? AND upn = ? AND date = ? AND session = ?
              AND code = ? AND state = 'waiting')
            """,
          arguments: StatementArguments(
            ["school", "upn", "date", "session", "code"].map { values[$0]?.databaseValue ?? .null })) == true
      {
        values["state"] = .text("superseded")
        values["settled_millis"] = .integer(moment.millis)
      }
    case .sourceCodes:
      // Sources have spoken since: what they said last stands.
      if try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM source_codes WHERE registration = ? AND day = ? AND session = ?)",
        arguments: StatementArguments(["registration", "day", "session"].map { values[$0]?.databaseValue ?? .null }))
        == true
      {
        return
      }
      if try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM source_codes WHERE number = ?)",
        arguments: [values["number"]?.databaseValue ?? .null]) == true
      {
        values["number"] = .null
      }
    case .receipts, .entryWords, .amendments, .findings, .returns, .differences: break
    }
    let names = try columns(of: source, in: db)
    try db.cachedStatement(
      sql: """
        INSERT INTO \(source.rawValue) (\(names.joined(separator: ", ")))
        VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))
        """
    ).execute(arguments: StatementArguments(names.map { values[$0]?.databaseValue ?? .null }))
  }

  private static func blob(_ sql: String, _ number: Cell?, in db: Database) throws -> Data? {
    try Data.fetchOne(db.cachedStatement(sql: sql), arguments: [number?.databaseValue])
  }

  /// A stored value as the bin keeps it: JSON, with bytes in base 64.
  enum Cell: Hashable, Sendable, Codable, DatabaseValueConvertible {
    case null
    case integer(Int64)
    case text(String)
    case blob(Data)

    init(_ value: DatabaseValue) {
      switch value.storage {
      case .null: self = .null
      case .int64(let number): self = .integer(number)
      // The registers keep no fractions.
      case .double(let number): self = .integer(Int64(number))
      case .string(let text): self = .text(text)
      case .blob(let data): self = .blob(data)
      }
    }

    static func fromDatabaseValue(_ value: DatabaseValue) -> Cell? { Cell(value) }

    var databaseValue: DatabaseValue {
      switch self {
      case .null: .null
      case .integer(let number): number.databaseValue
      case .text(let text): text.databaseValue
      case .blob(let data): data.databaseValue
      }
    }

    private struct Bytes: Codable { let base64: Data }

    init(from decoder: any Decoder) throws {
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

    func encode(to encoder: any Encoder) throws {
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
