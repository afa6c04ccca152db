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
    let schools = try await registers.read {
      try String.fetchAll($0, sql: "SELECT school FROM untold_rolls ORDER BY school")
    }
    for text in schools {
      let school = try URN(text)
      try await registers.write(by: caller) { unit in
        var after: Int64 = 0
        while true {
          let lines = try Pupils.page(of: school, after: after, limit: 500, in: unit.db)
          for line in lines {
            try unit.publishEntry(of: line.pupil, line.registration)
            try unit.publishLeaving(of: line.pupil, line.registration)
            after = line.registration.number
          }
          if lines.isEmpty { break }
        }
        try unit.db.run("DELETE FROM untold_rolls WHERE school = ?", [text])
      }
    }
  }
}
