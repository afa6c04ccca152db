import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Judges again marks that waited for something which has come by itself.
struct ReleaseWaiting: Sendable {
  let registers: Registers

  /// In whose name marks are released that nobody sends again.
  private static let program = Caller.program(.registers)

  /// Judges again the marks that were dated in the future and whose day has come: each school in a transaction of its
  /// own, so that a stop between two loses nothing.
  ///
  /// - Returns: how many count now.
  func releaseDue(today: Day) async throws -> Int {
    let schools = try await registers.read { try Quarantine.schoolsDue(through: today, in: $0) }
    var released = 0
    for school in schools {
      released += try await registers.write(by: Self.program) { [registers] unit in
        let work = try SchoolWork(registers, school, unit)
        return try MarkIntake(work: work).release(try Quarantine.due(school, through: today, in: unit.db))
      }
    }
    return released
  }
}
