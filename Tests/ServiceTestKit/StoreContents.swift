public import GRDB

extension RouteWalk {
  /// Every row that a store keeps, by table, but for the log of reads and its end: what a refused request leaves as it was.
  public static func contents(ofStore path: String) throws -> [String: [String]] {
    try DatabaseQueue(path: path).read(contents)
  }

  /// Every row that is kept, by table, but for the log of reads and its end.
  public static func contents(in db: Database) throws -> [String: [String]] {
    let tables = try String.fetchAll(
      db,
      sql: """
        SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('audit_log', 'audit_head') ORDER BY name
        """)
    return Dictionary(
      uniqueKeysWithValues: try tables.map { table in
        (table, try GRDB.Row.fetchAll(db, sql: "SELECT * FROM \(table)").map(\.debugDescription).sorted())
      })
  }
}
