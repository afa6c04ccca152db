/// One step of a store's schema. Frozen once released: its SQL may never change, and a store refuses to open when it
/// has.
public struct Migration: Hashable, Sendable {
  /// Unique for ever, for example `registers 0001 schools`.
  public let name: String
  /// One or more statements.
  public let sql: String

  public init(_ name: String, sql: String) {
    self.name = name
    self.sql = sql
  }
}
