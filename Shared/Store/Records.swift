public import GRDB

/// A value that is a row of an answer: each column is the field of its name, `enrolled_on` as `enrolledOn`, read as the
/// field's type says. A column of JSON may be a field of the type that it describes. One field may have no column: it
/// is a stored row itself, read from the same row.
///
/// ```swift
/// struct Visit: StoredRow {
///   let number: Int64
///   let school: URN
///   let plannedOn: Day
///   let visitedOn: Day?
/// }
///
/// let visits: [Visit] = try db.all("SELECT * FROM visits WHERE school = ? ORDER BY number", [school])
/// let number = try db.insert("visits", ["school": school, "planned_on": day, "state": "planned"])
/// try db.update("visits", number, ["state": "made", "visited_on": today])
/// ```
///
/// Reading one costs some microseconds more than by hand: rows by the hundred thousand are read by `Database.cursor`.
public protocol StoredRow: Decodable, FetchableRecord {}

extension StoredRow {
  public static var databaseColumnDecodingStrategy: DatabaseColumnDecodingStrategy { .convertFromSnakeCase }
}

/// Columns of a table by name, with a value for each.
public struct ColumnValues: ExpressibleByDictionaryLiteral {
  let names: [String]
  let values: [(any DatabaseValueConvertible)?]

  public init(dictionaryLiteral columns: (String, (any DatabaseValueConvertible)?)...) { self.init(columns) }

  public init(_ columns: [(String, (any DatabaseValueConvertible)?)]) {
    names = columns.map(\.0)
    values = columns.map(\.1)
  }

  public static func + (a: ColumnValues, b: ColumnValues) -> ColumnValues {
    ColumnValues(Array(zip(a.names + b.names, a.values + b.values)))
  }
}

/// - Throws: `DatabaseError`; `RowDecodingError` or `DecodingError` for a row that is not as the type says.
extension Database {
  /// Every row of an answer.
  public func all<Value: StoredRow>(
    _ sql: String, _ arguments: StatementArguments = [], as type: Value.Type = Value.self
  ) throws -> [Value] {
    try type.fetchAll(cachedStatement(sql: sql), arguments: arguments)
  }

  /// The first row; `nil` where there is none.
  public func first<Value: StoredRow>(
    _ sql: String, _ arguments: StatementArguments = [], as type: Value.Type = Value.self
  ) throws -> Value? {
    try type.fetchOne(cachedStatement(sql: sql), arguments: arguments)
  }

  /// Adds a row.
  ///
  /// - Returns: its number.
  @discardableResult
  public func insert(_ table: String, _ columns: ColumnValues) throws -> Int64 {
    try run(Self.inserting(table, columns), StatementArguments(columns.values))
    return lastInsertedRowID
  }

  /// Adds a row, or changes the one of the same key.
  public func put(_ table: String, _ key: ColumnValues, _ columns: ColumnValues) throws {
    let set = columns.names.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
    let keys = key.names.joined(separator: ", ")
    try run(
      "\(Self.inserting(table, key + columns)) ON CONFLICT (\(keys)) DO UPDATE SET \(set)",
      StatementArguments(key.values + columns.values))
  }

  /// Changes the row of a number.
  public func update(_ table: String, _ number: Int64, _ columns: ColumnValues) throws {
    let set = columns.names.map { "\($0) = ?" }.joined(separator: ", ")
    try run("UPDATE \(table) SET \(set) WHERE number = ?", StatementArguments(columns.values + [number]))
  }

  private static func inserting(_ table: String, _ columns: ColumnValues) -> String {
    let marks = columns.names.map { _ in "?" }.joined(separator: ", ")
    return "INSERT INTO \(table) (\(columns.names.joined(separator: ", "))) VALUES (\(marks))"
  }
}

extension Row {
  /// The words of a closed list that a text column has, with spaces between; what is none of the list is left out.
  public func words<Word: RawRepresentable<String>>(_ column: String, as type: Word.Type = Word.self) -> [Word] {
    (self[column] as String).split(separator: " ").compactMap { Word(rawValue: String($0)) }
  }
}
