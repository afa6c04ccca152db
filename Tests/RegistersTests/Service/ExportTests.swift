import Contracts
import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Rulebook
import Schemas
import ServiceKit
import Store
import Testing

@testable import Keeping
@testable import RegistersDomain
@testable import RegistersService

/// The register leaves in full and can be read back.
@Suite(.timeLimit(.minutes(10))) struct ExportTests {
  /// Something in every table: beside what the use cases make, rows of what other parts of the program write.
  static func fillEverything(_ kept: KeptRegisters) async throws {
    try await kept.fill()
    try await kept.hold(2)
    _ = try await kept.registers.disposals().propose(by: KeptRegisters.manager)
    try await kept.registers.store.write { db in
      try db.execute(
        sql: """
          INSERT INTO areas VALUES ('cluster', 'N', 'North');
          INSERT INTO school_assignments (school, kind, value, first) VALUES ('900101', 'cluster', 'N', 20000);
          INSERT INTO neighbour_calendars VALUES ('881', 2026, '{"terms":[]}');
          INSERT INTO visits (school, planned_on, visited_on, officer, state) VALUES ('900101', 20001, 20002, 'o-1', 'made');
          INSERT INTO visit_checks VALUES (1, 'closing-time', 'met', '=1+1');
          INSERT INTO visit_actions (visit, action, owner, due_on) VALUES (1, 'Close at 9:30', 'school', 20010);
          INSERT INTO former_upns VALUES ('A880123000999', 1, 20003), ('B880123000998', 1, NULL);
          INSERT INTO admission_log (pupil, registration, kind, statement, at_millis, actor, role)
            VALUES (1, 1, 'enrolled', '{"a":1}', 1000, 'u', 'school');
          INSERT INTO contacts (pupil, given_name, family_name, relation, parental_responsibility, lives_with, emergency,
            safe_to_contact, address_protected, telephone, person_key, first)
            VALUES (1, 'Zelda', 'Quarrington', 'mother', 1, 1, 1, 0, 1, '+44 7700 900000', '', 19000);
          INSERT INTO persons (id, current) VALUES ('c000000001', 'c000000001'), ('c000000002', 'c000000001');
          UPDATE contacts SET person = 'c000000001';
          INSERT INTO person_pairs (person, other, grounds, state)
            VALUES ('c000000001', 'c000000002', 'same-names', 'same');
          INSERT INTO person_decisions (pair, state, reason, at_millis, actor, role)
            VALUES (1, 'same', 'Seen', 1000, 'u', 'attendance-officer');
          INSERT INTO family_members VALUES (5, 1), (5, 2);
          INSERT INTO flags (pupil, kind, first, at_millis, actor, role)
            VALUES (1, 'social-worker', 20000, 1000, 'u', 'attendance-officer');
          INSERT INTO match_candidates (pupil, other, grounds, state) VALUES (1, 7, 'name', 'open');
          INSERT INTO pupil_changes (pupil, school, kind, part, upn, fields, statement, state, at_millis, actor, role)
            VALUES (1, '900102', 'statement', 0, '\(MadeUp.upn(0))', 'givenName', '{"givenName":"Zeb"}', 'open', 1000, 'u',
              'school');
          INSERT INTO arrangements (registration, kind, first, details, at_millis, actor, role)
            VALUES (1, 'leave', 20000, '{"words":"@home"}', 1000, 'u', 'school');
          INSERT INTO missing_registers VALUES
            ('900101', 20000, 0, 1000, NULL, 3000), ('900101', 20000, 1, 1000, 2000, NULL);
          """)
    }
  }

  static func lines(_ kept: KeptRegisters, _ table: KeptTable, _ format: ExportFormat, after: Int64 = 0)
    async throws
    -> String
  {
    let stream = try await Export(transactions: kept.registers.transactions, auditedAs: "register").open(
      table, format, after: after, by: KeptRegisters.manager)
    let text = Locked("")
    try await stream.forEachPart { part in text.withLock { $0 += String(decoding: part, as: UTF8.self) } }
    return text.withLock { $0 }
  }

  static func objects(_ text: String) throws -> [[String: JSONValue]] {
    try text.split(separator: "\n").map { try JSONDecoder().decode([String: JSONValue].self, from: Data($0.utf8)) }
  }

  /// Both forms say the same, line by line and cell by cell; and every table has lines.
  @Test func bothFormsSayTheSame() async throws {
    let kept = try KeptRegisters()
    try await Self.fillEverything(kept)
    for table in RegisterTables.all {
      let objects = try Self.objects(try await Self.lines(kept, table, .jsonl))
      let records = CSVText.records(try await Self.lines(kept, table, .csv))
      #expect(!objects.isEmpty, "\(table.name)")
      #expect(records.first == table.layout.fields.map(\.name), "\(table.name)")
      #expect(records.count == objects.count + 1, "\(table.name)")
      for (object, record) in zip(objects, records.dropFirst()) {
        for (field, cell) in zip(table.layout.fields, record) {
          let expected: String? =
            switch object[field.name] {
            case nil: nil
            case .string(let text): text
            case .integer(let number): String(number)
            case .bool(let flag): String(flag)
            case let json?: try json.document()
            }
          let found =
            field.schema == .object([])
            ? try cell.map { try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)).document() } : cell
          #expect(found == expected, "\(table.name) \(field.name)")
          #expect(!field.required || expected != nil, "\(table.name) \(field.name)")
        }
      }
    }
  }

  /// Every line is of the schema that is told: its members are known and of their type and form.
  @Test func everyLineIsOfItsSchema() async throws {
    let kept = try KeptRegisters()
    try await Self.fillEverything(kept)
    #expect(Export.Schema(RegisterTables.all).tables.map(\.name) == RegisterTables.all.map(\.name))
    for (table, told) in zip(RegisterTables.all, Export.Schema(RegisterTables.all).tables) {
      #expect(told.columns == table.layout.fields.map(\.name) && told.line == table.layout.schema.json)
      for object in try Self.objects(try await Self.lines(kept, table, .jsonl)) {
        #expect(Set(object.keys).isSubset(of: told.columns), "\(table.name)")
        for field in table.layout.fields {
          guard let value = object[field.name] else { continue }
          #expect(Self.fits(value, field.schema), "\(table.name) \(field.name)")
        }
      }
    }
  }

  private static func fits(_ value: JSONValue, _ schema: JSONSchema) -> Bool {
    switch (schema, value) {
    case (.integer(let minimum), .integer(let number)): minimum.map { number >= $0 } ?? true
    case (.boolean, .bool), (.object, .object): true
    case (.oneOf(let values), .string(let text)): values.contains(text)
    case (.string(let format, let pattern), .string(let text)):
      (format != "date" || Day(iso: text) != nil) && (format != "date-time" || Timestamp(text) != nil)
        && (pattern.map { text.range(of: $0, options: .regularExpression) != nil } ?? true)
    default: false
    }
  }

  /// The marks read back, with their amendments, are the rows of the register.
  @Test func theEntriesReadBackAreTheRegister() async throws {
    let kept = try KeptRegisters()
    try await Self.fillEverything(kept)
    var read: [String: String] = [:]
    for line in try Self.objects(try await Self.lines(kept, EntryLines.table, .jsonl)) {
      read[Self.place(line)] = Self.text(line["code"])
      #expect(line["detail"] == (line["session"] == "PM" ? "At the college" : nil))
    }
    for line in try Self.objects(try await Self.lines(kept, RegisterTables.amendments, .jsonl)) {
      #expect(read[Self.place(line)] == Self.text(line["from"]))
      read[Self.place(line)] = Self.text(line["to"])
    }
    let rows = try await kept.registers.read { db in
      try Row.fetchAll(db, sql: "SELECT registration, (number & 255) + 1900 AS year, codes FROM pupil_years").map {
        (registration: $0["registration"] as Int, start: $0["year"] as Int, codes: $0["codes"] as Data)
      }
    }
    var expected: [String: String] = [:]
    for (registration, start, bytes) in rows {
      let year = SchoolYear(startYear: start)
      let codes = try #require(PupilYear(year: year, codes: Array(bytes)))
      codes.forEachMark(in: DayRange(first: year.first, last: year.last)) { day, session, code in
        expected["\(registration) \(day) \(session.rawValue)"] = code.text
      }
    }
    #expect(read == expected && read.count == 73)
  }

  static func text(_ value: JSONValue?) -> String {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    default: "absent"
    }
  }

  static func place(_ line: [String: JSONValue]) -> String {
    "\(text(line["registration"])) \(text(line["day"])) \(text(line["session"]))"
  }

  /// Columns that are stored as they are come out as they are: each plain column of each plain table.
  @Test func plainTablesReadBackAreTheTables() async throws {
    let kept = try KeptRegisters()
    try await Self.fillEverything(kept)
    for (name, sql) in [
      ("contacts", "SELECT telephone AS a, family_name AS b FROM contacts ORDER BY number"),
      ("quarantine", "SELECT upn AS a, reason AS b FROM quarantine ORDER BY number"),
      ("schools", "SELECT urn AS a, name AS b FROM schools ORDER BY urn"),
      (
        "former-upns",
        "SELECT upn AS a, (SELECT id FROM pupils WHERE number = pupil) AS b FROM former_upns ORDER BY upn"
      ),
      ("pupils", "SELECT upn AS a, id AS b FROM pupils ORDER BY number"),
      ("visit-checks", "SELECT note AS a, name AS b FROM visit_checks"),
    ] {
      let columns = [
        "contacts": ["telephone", "familyName"], "quarantine": ["upn", "reason"], "schools": ["urn", "name"],
        "former-upns": ["upn", "pupil"], "pupils": ["upn", "id"], "visit-checks": ["note", "name"],
      ]
      let table = try #require(RegisterTables.all.first { $0.name == name })
      let (first, second) = (try #require(columns[name]?[0]), try #require(columns[name]?[1]))
      let read = try Self.objects(try await Self.lines(kept, table, .jsonl)).map {
        "\(Self.text($0[first])) \(Self.text($0[second]))"
      }
      let expected = try await kept.registers.read { db in
        try Row.fetchAll(db, sql: sql).map { "\($0["a"] as String) \($0["b"] as String)" }
      }
      #expect(read == expected && !read.isEmpty, "\(name)")
    }
  }
}
