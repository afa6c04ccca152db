public import Contracts
import Foundation
public import GRDB
public import Rulebook

/// How the values of the domain lie in a store, the same in every program: a day as its count of days since 1970-01-01, a
/// moment in milliseconds since 1970-01-01 UTC, a session as 0 or 1, a code and an identifier as their text.
///
/// They are written and read as they are:
///
/// ```swift
/// try db.run("INSERT INTO visits (school, planned_on, at_millis) VALUES (?, ?, ?)", [school, day, unit.at])
/// let visit = Visit(school: try row.get("school"), plannedOn: try row.get("planned_on"), madeOn: try row.get("made_on"))
/// ```
///
/// A column that holds something else, or NULL where a value is asked for, throws GRDB's `RowDecodingError`: a damaged
/// file is one failed request, never the end of the program. So `row["…"]`, which traps, is for numbers and texts that
/// the table's own constraints (`STRICT`, `NOT NULL`) vouch for.
extension Row {
  /// The value of a column by its place; as by its name.
  public func get<Value: DatabaseValueConvertible & StatementColumnConvertible>(
    _ index: Int, as type: Value.Type = Value.self
  ) throws -> Value {
    try decode(type, atIndex: index)
  }

  /// The value of a column; `nil` for NULL where an optional is asked for.
  ///
  /// - Throws: `RowDecodingError` for a value that is none of the type.
  public func get<Value: DatabaseValueConvertible & StatementColumnConvertible>(
    _ column: String, as type: Value.Type = Value.self
  ) throws -> Value {
    try decode(type, forColumn: column)
  }
}

extension Day: DatabaseValueConvertible, StatementColumnConvertible {
  public var databaseValue: DatabaseValue { ordinal.databaseValue }
  public static func fromDatabaseValue(_ value: DatabaseValue) -> Day? {
    Int32.fromDatabaseValue(value).map(Day.init(ordinal:))
  }
  public init?(sqliteStatement: SQLiteStatement, index: CInt) {
    guard let ordinal = Int32(sqliteStatement: sqliteStatement, index: index) else { return nil }
    self.init(ordinal: ordinal)
  }
}

extension Timestamp: DatabaseValueConvertible, StatementColumnConvertible {
  public var databaseValue: DatabaseValue { millis.databaseValue }
  public static func fromDatabaseValue(_ value: DatabaseValue) -> Timestamp? {
    Int64.fromDatabaseValue(value).map(Timestamp.init(millis:))
  }
  public init?(sqliteStatement: SQLiteStatement, index: CInt) {
    self.init(millis: Int64(sqliteStatement: sqliteStatement, index: index))
  }
}

extension Session: DatabaseValueConvertible, StatementColumnConvertible {
  public var databaseValue: DatabaseValue { index.databaseValue }
  public static func fromDatabaseValue(_ value: DatabaseValue) -> Session? {
    Int.fromDatabaseValue(value).flatMap(Session.init(stored:))
  }
  public init?(sqliteStatement: SQLiteStatement, index: CInt) {
    guard let stored = Int(sqliteStatement: sqliteStatement, index: index) else { return nil }
    self.init(stored: stored)
  }
  private init?(stored: Int) {
    guard 0...1 ~= stored else { return nil }
    self.init(index: stored)
  }
}

extension URN: DatabaseValueConvertible, StatementColumnConvertible {
  public var databaseValue: DatabaseValue { text.databaseValue }
  public static func fromDatabaseValue(_ value: DatabaseValue) -> URN? {
    String.fromDatabaseValue(value).flatMap { try? URN($0) }
  }
  public init?(sqliteStatement: SQLiteStatement, index: CInt) {
    try? self.init(String(sqliteStatement: sqliteStatement, index: index))
  }
}

extension UPN: DatabaseValueConvertible, StatementColumnConvertible {
  public var databaseValue: DatabaseValue { text.databaseValue }
  public static func fromDatabaseValue(_ value: DatabaseValue) -> UPN? {
    String.fromDatabaseValue(value).flatMap { try? UPN($0) }
  }
  public init?(sqliteStatement: SQLiteStatement, index: CInt) {
    try? self.init(String(sqliteStatement: sqliteStatement, index: index))
  }
}

extension AuthorityCode: DatabaseValueConvertible, StatementColumnConvertible {
  public var databaseValue: DatabaseValue { text.databaseValue }
  public static func fromDatabaseValue(_ value: DatabaseValue) -> AuthorityCode? {
    String.fromDatabaseValue(value).flatMap { try? AuthorityCode($0) }
  }
  public init?(sqliteStatement: SQLiteStatement, index: CInt) {
    try? self.init(String(sqliteStatement: sqliteStatement, index: index))
  }
}

extension PupilID: DatabaseValueConvertible, StatementColumnConvertible {
  public var databaseValue: DatabaseValue { text.databaseValue }
  public static func fromDatabaseValue(_ value: DatabaseValue) -> PupilID? {
    String.fromDatabaseValue(value).flatMap { PupilID($0) }
  }
  public init?(sqliteStatement: SQLiteStatement, index: CInt) {
    self.init(String(sqliteStatement: sqliteStatement, index: index))
  }
}

extension PersonID: DatabaseValueConvertible, StatementColumnConvertible {
  public var databaseValue: DatabaseValue { text.databaseValue }
  public static func fromDatabaseValue(_ value: DatabaseValue) -> PersonID? {
    String.fromDatabaseValue(value).flatMap { PersonID($0) }
  }
  public init?(sqliteStatement: SQLiteStatement, index: CInt) {
    self.init(String(sqliteStatement: sqliteStatement, index: index))
  }
}

extension AttendanceCode: DatabaseValueConvertible, StatementColumnConvertible {
  public var databaseValue: DatabaseValue { text.databaseValue }
  public static func fromDatabaseValue(_ value: DatabaseValue) -> AttendanceCode? {
    String.fromDatabaseValue(value).flatMap { AttendanceCode($0) }
  }
  public init?(sqliteStatement: SQLiteStatement, index: CInt) {
    self.init(String(sqliteStatement: sqliteStatement, index: index))
  }
}

extension String {
  /// A value as a text column of JSON holds it: fields in order of their names.
  public init(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    self.init(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
