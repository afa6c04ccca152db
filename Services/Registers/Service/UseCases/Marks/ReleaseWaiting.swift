import Contracts
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Judges again marks that waited for something which has come by itself.
struct ReleaseWaiting: Sendable {
  let desk: RegisterDesk

  /// In whose name marks are released that nobody sends again.
  private static let program = Caller(subject: "registers", role: .service)

  /// Judges again the marks that were dated in the future and whose day has come: each school in a transaction of its
  /// own, so that a stop between two loses nothing.
  ///
  /// - Returns: how many count now.
  func releaseDue(today: Day) async throws -> Int {
    let schools = try await desk.store.read { try Quarantine.schoolsDue(through: today, in: $0) }
    var released = 0
    for school in schools {
      released += try await desk.write(by: Self.program) { [desk] writer, db in
        let known = try desk.cache.known(school, in: db)
        let work = SchoolWork(
          desk: desk, school: school, known: known, writer: writer, today: today, db: db)
        return try MarkIntake(work: work).release(try Quarantine.due(school, through: today, in: db))
      }
    }
    return released
  }
}
