import Foundation
import GRDB
import Testing

/// `docs/schema` is made from the store that each program opens when it is new. `bin/contracts` writes it.
@Suite("Schema documents") struct SchemaTests {
  private static func document(of name: String, _ path: String) throws -> String {
    var configuration = Configuration()
    configuration.readonly = true
    let rows = try DatabaseQueue(path: path, configuration: configuration).read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
          ORDER BY tbl_name, type <> 'table', type, name
          """)
    }
    var lines = [
      "# The store of \(name)", "",
      "Made from the migrated store by `bin/contracts`; a test fails when it is not current. Times ending in `_millis` "
        + "are milliseconds since 1970 in UTC; days are days since 1 January 1970.",
    ]
    var table = ""
    for row in rows {
      let owner: String = row["tbl_name"]
      if owner != table {
        if !table.isEmpty { lines.append("```") }
        table = owner
        lines += ["", "## \(table)", "", "```sql"]
      }
      lines.append("\(trimmed(row["sql"]));")
    }
    return (lines + ["```", ""]).joined(separator: "\n")
  }

  /// SQLite keeps a statement as it was written: without the indentation of the source it was in.
  private static func trimmed(_ sql: String) -> String {
    let lines = sql.split(separator: "\n", omittingEmptySubsequences: false)
    let indent =
      lines.dropFirst().filter { !$0.allSatisfy(\.isWhitespace) }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    let rest = lines.dropFirst().map { String($0.dropFirst(max(0, indent - 2))) }
    return ([String(lines.first ?? "")] + rest).joined(separator: "\n")
  }

  @Test("docs/schema is what a new store holds", arguments: OpenAPITests.services)
  func documentIsCurrent(service: OpenAPITests.Described) async throws {
    let document = try await service.built { _, path in try Self.document(of: service.name, path) }
    let file = Goldens.repository.appending(path: "docs/schema/\(service.name).md")
    if ProcessInfo.processInfo.environment["UPDATE_CONTRACTS"] == "1" {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(document.utf8).write(to: file)
    }
    let found = try? String(contentsOf: file, encoding: .utf8)
    #expect(found == document, "docs/schema/\(service.name).md is not current: run bin/contracts")
    #expect(document.contains("## outbox\n"), "the store was migrated")
  }
}
