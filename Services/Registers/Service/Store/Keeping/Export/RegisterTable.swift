import Contracts
import Foundation
import GRDB
import RegistersDomain
import Rulebook
import Schemas

/// One table of the register as it leaves in full, and as a child's own part of it.
struct RegisterTable: Sendable {
  /// What a stored value is.
  enum Kind: Sendable {
    case text, integer, flag, day, moment, session, code, schoolYear, receipt, pupil, urn, json

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
      case .receipt: .string(pattern: "^r[0-9]+$")
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
      case (.receipt, .int64(let number)): .text(EntryLog.name(ofReceipt: number))
      case (.json, .string(let text)): .json(text)
      case (_, .string(let text)): .text(text)
      case (_, .int64(let number)): .text(String(number))
      case (_, .double), (_, .blob): .null
      }
    }
  }

  struct Column: Sendable {
    let name: String
    let kind: Kind
    let isRequired: Bool
    let about: String
    /// Where the value is; the column of the same name in snake case of `t` when nothing else is said.
    let sql: String

    init(_ name: String, _ kind: Kind, optional: Bool = false, from sql: String? = nil, _ about: String) {
      self.name = name
      self.kind = kind
      isRequired = !optional
      self.about = about
      self.sql = sql ?? "t." + Self.snakeCase(name)
    }

    private static func snakeCase(_ name: String) -> String {
      name.reduce(into: "") { text, letter in text += letter.isUppercase ? "_\(letter.lowercased())" : String(letter) }
    }

    /// A child, by its opaque identifier.
    static func pupil(
      _ name: String = "pupil", optional: Bool = false, from sql: String = "t.pupil", _ about: String = "The child."
    ) -> Column {
      Column(name, .pupil, optional: optional, from: "(SELECT id FROM pupils WHERE number = \(sql))", about)
    }
  }

  /// The table's name in the export.
  let name: String
  let about: String
  /// The table as `t`, with what it is joined to.
  let source: String
  /// A number by which lines are told apart, or that few of them share: what `after` names.
  let position: String
  /// The order of lines that share a position.
  let order: String
  /// The lines about the children `subjects (pupil)`; `nil` when none are about a child.
  let ofSubjects: String?
  /// How many positions are read at once.
  let pageSize: Int
  let columns: [Column]
  let layout: ExportLayout

  init(
    _ name: String, _ about: String, source: String, position: String = "t.number", order: String = "1",
    ofSubjects: String? = nil, pageSize: Int = 1_000, _ columns: [Column]
  ) {
    self.name = name
    self.about = about
    self.source = source
    self.position = position
    self.order = order
    self.ofSubjects = ofSubjects
    self.pageSize = pageSize
    self.columns = columns
    layout = ExportLayout(
      [.init("position", .integer(minimum: 0), "Where the line stands: what to give as after to go on behind it.")]
        + columns.map { .init($0.name, $0.kind.schema, required: $0.isRequired, $0.about) })
  }

  /// The children with one of these numbers, as a common table expression.
  private static let subjects = "WITH subjects (pupil) AS (SELECT value FROM json_each(:pupils))"

  private var selected: String { ([position] + columns.map(\.sql)).joined(separator: ", ") }

  /// Calls the body for the lines of the next positions, in order.
  ///
  /// - Returns: the last of them; `nil` at the end.
  func page(after: Int64, in db: Database, _ body: ([ExportCell]) throws -> Void) throws -> Int64? {
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
  func forEachLine(of pupils: [Int64], in db: Database, _ body: ([ExportCell]) throws -> Void) throws {
    guard let ofSubjects else { return }
    let list = "[\(pupils.map { String($0) }.joined(separator: ","))]"
    let rows = try Row.fetchCursor(
      db,
      sql: "\(Self.subjects) SELECT \(selected) FROM \(source) WHERE \(ofSubjects) ORDER BY \(position), \(order)",
      arguments: ["pupils": list])
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
