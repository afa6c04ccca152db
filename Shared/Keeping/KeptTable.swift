import Contracts
import Foundation
public import GRDB
import Rulebook
import Schemas

/// One table of a program's store as it leaves in full, and as a child's own part of it.
public struct KeptTable: Sendable {
  /// What a stored value is.
  public enum Kind: Sendable, Hashable {
    case text, integer, flag, day, moment, session, code, schoolYear, pupil, urn, json
    /// A number behind a letter: `r12`.
    case numbered(String)

    var schema: JSONSchema {
      switch self {
      case .text: .string()
      case .integer: .integer(minimum: 0)
      case .flag: .boolean
      case .day: .day
      case .moment: .string(format: "date-time")
      case .session: .session
      case .code: .code
      case .schoolYear: .string(pattern: "^[0-9]{4}/[0-9]{2}$")
      case .numbered(let prefix): .string(pattern: "^\(prefix)[0-9]+$")
      case .pupil: .pupil
      case .urn: .urn
      case .json: .object([])
      }
    }

    func cell(_ value: DatabaseValue) -> ExportCell {
      switch (self, value.storage) {
      case (_, .null): .null
      case (.integer, .int64(let number)): .integer(number)
      case (.flag, .int64(let number)): .flag(number != 0)
      case (.day, .int64(let number)): .text(Day(ordinal: Int32(clamping: number)).iso)
      case (.moment, .int64(let number)): .text(Timestamp(millis: number).description)
      case (.session, .int64(let number)): .text(number == 0 ? Session.am.rawValue : Session.pm.rawValue)
      case (.schoolYear, .int64(let number)): .text(SchoolYear(startYear: Int(number)).label)
      case (.numbered(let prefix), .int64(let number)): .text("\(prefix)\(number)")
      case (.json, .string(let text)): .json(text)
      case (_, .string(let text)): .text(text)
      case (_, .int64(let number)): .text(String(number))
      case (_, .double), (_, .blob): .null
      }
    }
  }

  /// One column.
  public struct Column: Sendable {
    let name: String
    let kind: Kind
    let isRequired: Bool
    let about: String
    /// Where the value is; the column of the same name in snake case of `t` when nothing else is said.
    let sql: String

    /// - Parameters:
    ///   - sql: where the value is in the table `t`; the column of the same name in snake case when absent.
    ///   - about: what it says, for the schema.
    public init(_ name: String, _ kind: Kind, optional: Bool = false, from sql: String? = nil, _ about: String) {
      self.name = name
      self.kind = kind
      isRequired = !optional
      self.about = about
      self.sql = sql ?? "t." + Self.snakeCase(name)
    }

    private static func snakeCase(_ name: String) -> String {
      name.reduce(into: "") { text, letter in text += letter.isUppercase ? "_\(letter.lowercased())" : String(letter) }
    }
  }

  /// The table's name in the export.
  public let name: String
  public let about: String
  /// The table as `t`, with what it is joined to.
  let source: String
  /// A number by which lines are told apart, or that few of them share: what `after` names.
  let position: String
  /// The order of lines that share a position.
  let order: String
  /// The lines about the children `subjects (pupil)`; `nil` when none are about a child.
  public let ofSubjects: String?
  /// How many positions are read at once.
  public let pageSize: Int
  let columns: [Column]
  /// How its lines are written.
  public let layout: ExportLayout
  private let reading: Reading?

  /// Calls the body for the lines of the next positions, in order, and answers the last of them; `nil` at the end.
  public typealias Reading =
    @Sendable (_ after: Int64, _ db: Database, _ body: ([ExportCell]) throws -> Void) throws -> Int64?

  /// - Parameters:
  ///   - name: as the export has it.
  ///   - source: the table as `t`, with what it is joined to.
  ///   - position: a whole number that few lines share; `after` names it.
  ///   - order: of lines that share a position.
  ///   - ofSubjects: which lines are about the children `subjects (pupil)`, whose values are ``DataSubject/records``.
  ///   - pageSize: how many positions are read at once.
  ///   - reading: for lines that are not the table's rows.
  public init(
    _ name: String, _ about: String, source: String, position: String = "t.number", order: String = "1",
    ofSubjects: String? = nil, pageSize: Int = 1_000, _ columns: [Column], reading: Reading? = nil
  ) {
    self.name = name
    self.about = about
    self.source = source
    self.position = position
    self.order = order
    self.ofSubjects = ofSubjects
    self.pageSize = pageSize
    self.columns = columns
    self.reading = reading
    layout = ExportLayout(
      [.init("position", .integer(minimum: 0), "The position of the line: to continue, send it as after.")]
        + columns.map { .init($0.name, $0.kind.schema, required: $0.isRequired, $0.about) })
  }

  /// The children with one of these identifiers, as a common table expression.
  private static let subjects = "WITH subjects (pupil) AS (SELECT value FROM json_each(:pupils))"

  private var selected: String { ([position] + columns.map(\.sql)).joined(separator: ", ") }

  /// Calls the body for the lines of the next positions, in order.
  ///
  /// - Returns: the last of them; `nil` at the end.
  public func page(after: Int64, in db: Database, _ body: ([ExportCell]) throws -> Void) throws -> Int64? {
    if let reading { return try reading(after, db, body) }
    let last = try Int64.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT max(position) FROM (
            SELECT DISTINCT \(position) AS position FROM \(source) WHERE \(position) > ? ORDER BY 1 LIMIT ?)
          """), arguments: [after, pageSize])
    guard let last else { return nil }
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT \(selected) FROM \(source) WHERE \(position) > ? AND \(position) <= ? ORDER BY \(position), \(order)
          """), arguments: [after, last])
    try forEach(rows, in: db, body)
    return last
  }

  /// Calls the body for every line about some children, in order.
  public func forEachLine(
    of subject: DataSubject, in db: Database, _ body: ([ExportCell]) throws -> Void
  ) throws {
    guard let ofSubjects else { return }
    let rows = try Row.fetchCursor(
      db,
      sql: "\(Self.subjects) SELECT \(selected) FROM \(source) WHERE \(ofSubjects) ORDER BY \(position), \(order)",
      arguments: ["pupils": subject.records])
    try forEach(rows, in: db, body)
  }

  private func forEach(_ rows: RowCursor, in db: Database, _ body: ([ExportCell]) throws -> Void) throws {
    while let row = try rows.next() {
      var cells: [ExportCell] = [.integer(row[0])]
      cells.reserveCapacity(columns.count + 1)
      for (index, column) in columns.enumerated() { cells.append(column.kind.cell(row[index + 1])) }
      try body(cells)
    }
  }
}
