public import GRDB

/// What a program asks a store and tells it. A statement is prepared once for each connection and kept, so that its text
/// must be one of few: what varies goes into the arguments.
///
/// ```swift
/// let visits = try db.rows("SELECT * FROM visits WHERE school = ? ORDER BY number", [school]).map(visit)
/// let school = try db.value("SELECT school FROM visits WHERE number = ?", [number], as: URN.self)
/// try db.run("UPDATE visits SET state = ? WHERE number = ?", [VisitState.made, number])
/// ```
///
/// - Throws: `DatabaseError`; a value that is none of its type throws as ``GRDB/Row/get(_:as:)-(String,_)`` does.
extension Database {
  /// Every row of an answer.
  public func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
    try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
  }

  /// The first row; `nil` where there is none.
  public func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
    try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
  }

  /// The rows one by one; not while the same question is asked again.
  public func cursor(_ sql: String, _ arguments: StatementArguments = []) throws -> RowCursor {
    try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
  }

  /// The first column of every row.
  public func values<Value: DatabaseValueConvertible & StatementColumnConvertible>(
    _ sql: String, _ arguments: StatementArguments = [], as type: Value.Type = Value.self
  ) throws -> [Value] {
    try type.fetchAll(cachedStatement(sql: sql), arguments: arguments)
  }

  /// The first column of the first row; `nil` where there is no row, or NULL in it.
  public func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(
    _ sql: String, _ arguments: StatementArguments = [], as type: Value.Type = Value.self
  ) throws -> Value? {
    try type.fetchOne(cachedStatement(sql: sql), arguments: arguments)
  }

  /// Whether there is a row of a question, which is asked as `SELECT … WHERE …`.
  public func has(_ sql: String, _ arguments: StatementArguments = []) throws -> Bool {
    try value("SELECT EXISTS (\(sql))", arguments, as: Bool.self) ?? false
  }

  /// Writes.
  public func run(_ sql: String, _ arguments: StatementArguments = []) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }
}

extension Row {
  /// A value of a closed list; `nil` for NULL where an optional is asked for.
  ///
  /// - Throws: `DatabaseError` for what is none of the list.
  @_disfavoredOverload
  public func get<Value: RawRepresentable>(_ column: String, as type: Value.Type = Value.self) throws -> Value
  where Value.RawValue: DatabaseValueConvertible & StatementColumnConvertible {
    guard let value = Value(rawValue: try get(column)) else { throw DatabaseError.damaged }
    return value
  }

  /// The same of a column that may be NULL.
  @_disfavoredOverload
  public func get<Value: RawRepresentable>(_ column: String, as type: Value?.Type = Value?.self) throws -> Value?
  where Value.RawValue: DatabaseValueConvertible & StatementColumnConvertible {
    guard let raw = try get(column, as: Value.RawValue?.self) else { return nil }
    guard let value = Value(rawValue: raw) else { throw DatabaseError.damaged }
    return value
  }
}

extension DatabaseError {
  /// A row that is not as the program wrote it, or that must be there and is not.
  public static var damaged: DatabaseError { DatabaseError(resultCode: .SQLITE_CORRUPT) }
}

extension Optional {
  /// What must be there.
  ///
  /// - Throws: `DatabaseError` when it is not: the file is damaged.
  public func orDamaged() throws -> Wrapped {
    guard let self else { throw DatabaseError.damaged }
    return self
  }
}
