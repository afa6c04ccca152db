import GRDB
import Messaging
import ServiceKit
import Store

/// Publishes the contacts that were entered before contacts were published. Nothing happens in a store that never had
/// such.
struct TellContacts: Sendable {
  let registers: Registers

  /// How many children one transaction takes, so that marks can come in between and a stop loses nothing.
  private static let atOnce = 200

  func callAsFunction(by caller: Caller) async throws {
    while try await tellSome(by: caller) > 0 { try Task.checkCancellation() }
  }

  /// The next children with contacts that are not published.
  static func waiting(in db: Database) throws -> [Int64] {
    try db.values(
      "SELECT DISTINCT pupil FROM contacts WHERE person IS NULL ORDER BY pupil LIMIT ?", [atOnce], as: Int64.self)
  }

  /// - Returns: how many children's contacts were published.
  private func tellSome(by caller: Caller) async throws -> Int {
    try await registers.write(by: caller) { unit in
      let pupils = try Self.waiting(in: unit.db)
      for number in pupils {
        let pupil = try Pupils.find(number: number, in: unit.db).orDamaged()
        try Persons.publishContacts(of: pupil, in: unit)
      }
      return pupils.count
    }
  }
}
