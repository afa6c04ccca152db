import GRDB
import Messaging
import Rulebook
import ServiceKit
import Store

/// Publishes once more the rolls that were published before times on roll had numbers: whoever counts by them learns
/// which marks are whose. Nothing happens in a store that never was without.
struct TellRolls: Sendable {
  let registers: Registers

  /// One transaction a school, so that marks can come in between and a stop loses nothing.
  func callAsFunction(by caller: Caller) async throws {
    let schools = try await registers.read { db in
      try db.values("SELECT school FROM untold_rolls ORDER BY school", as: URN.self)
    }
    for school in schools {
      try await registers.write(by: caller) { unit in
        for line in try Pupils.lines(of: school, in: unit.db) {
          try unit.publishPlace(of: line.pupil, line.registration)
        }
        try unit.db.run("DELETE FROM untold_rolls WHERE school = ?", [school])
      }
    }
  }
}
