public import Contracts
public import GRDB
public import Rulebook
import Schemas
import ServiceKit

/// What happened to a child, across cases and programs.
public enum Chronology {
  /// Writes down what another program published about a child.
  ///
  /// - Parameters:
  ///   - what: in words without anything of a person, for example `persistent absence found`.
  ///   - reference: the other program's record, opaque.
  public static func note(
    _ what: String, _ reference: String, of pupil: PupilID, at school: URN?, on day: Day, recorded: Timestamp,
    in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO chronology (pupil, school, at_millis, on_day, what, reference) VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [pupil.text, school?.text, recorded.millis, day.ordinal, what, reference])
  }

  /// The last events of a child before a place, in order.
  ///
  /// - Parameters:
  ///   - schools: the schools that the reader is confined to.
  ///   - cursor: the `next` of the page with what came after; `nil` for the newest.
  ///   - moment: only what was on record then.
  static func page(
    of pupil: PupilID, at schools: Set<String>?, before cursor: ChronologyCursor?, asAt moment: Timestamp?, limit: Int,
    in db: Database
  ) throws -> Page<CaseAnswers.Event> {
    let own = schools.map { "AND school IN (\($0.map { _ in "?" }.joined(separator: ",")))" } ?? ""
    let names = StatementArguments((schools ?? []).sorted())
    let place = cursor ?? .end
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM (
          SELECT e.at_millis, e.on_day, e.name AS what, 'c' || f.number AS reference, f.number AS source, e.number
            FROM case_file f JOIN case_entry e ON e.case_number = f.number WHERE f.pupil = ? \(own)
          UNION ALL SELECT at_millis, on_day, what, reference, 0, id FROM chronology WHERE pupil = ? \(own))
        WHERE (on_day, at_millis, source, number) < (?, ?, ?, ?) AND at_millis <= ?
        ORDER BY on_day DESC, at_millis DESC, source DESC, number DESC LIMIT ?
        """,
      arguments: [pupil.text] + names + [pupil.text] + names
        + [place.day, place.millis, place.source, place.number, moment?.millis ?? .max, limit])
    return Page(
      rows.reversed().map(CaseAnswers.Event.init), .init(pupil: pupil),
      next: rows.count == limit ? rows.last.map(ChronologyCursor.init) : nil)
  }
}

/// Where a page of a chronology begins: an event's day, moment, source and number.
struct ChronologyCursor: Codable, Sendable, CustomStringConvertible, SchemaDescribed {
  static let jsonSchema = JSONSchema.string(pattern: pattern)
  static let sample: JSONValue = "20780-1795392000000-17-3"
  static let pattern = "^[0-9]{1,19}(-[0-9]{1,19}){3}$"
  /// After every event.
  static let end = ChronologyCursor(day: .max, millis: .max, source: .max, number: .max)

  let day, millis, source, number: Int64

  private init(day: Int64, millis: Int64, source: Int64, number: Int64) {
    (self.day, self.millis, self.source, self.number) = (day, millis, source, number)
  }

  init(_ row: Row) {
    self.init(day: row["on_day"], millis: row["at_millis"], source: row["source"], number: row["number"])
  }

  /// `nil` unless it is four whole numbers from 0.
  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int64($0) }.filter { $0 >= 0 }
    guard parts.count == 4, numbers.count == 4 else { return nil }
    self.init(day: numbers[0], millis: numbers[1], source: numbers[2], number: numbers[3])
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let cursor = Self(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no place in a chronology")
    }
    self = cursor
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  var description: String { "\(day)-\(millis)-\(source)-\(number)" }
}
