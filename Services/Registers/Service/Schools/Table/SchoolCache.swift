import GRDB
import RegistersDomain
import Rulebook
import Synchronization

/// The rolls and calendars of schools in memory. Used within write transactions only, of which there is one at a time:
/// what changes a school forgets it there, so that the next transaction reads what was committed.
final class SchoolCache: Sendable {
  /// What marks of one school are judged by.
  struct Known: Sendable {
    let roll: Roll
    let calendars: CalendarYears
  }

  private struct State {
    var known: [URN: Known] = [:]
    /// Oldest first.
    var order: [URN] = []
    var entries = 0
  }

  /// The most roll entries kept, over all schools: some 60 MB. The largest authority and those who left fit: a morning
  /// comes school by school, and a cache that is a little too small would never hit.
  private static let mostEntries = 400_000
  private let state = Mutex(State())

  /// A school's roll and calendars, from memory where they are.
  func known(_ school: URN, in db: Database) throws -> Known {
    if let known = state.withLock({ $0.known[school] }) { return known }
    let known = try Self.load(school, in: db)
    state.withLock { state in
      state.known[school] = known
      state.order.append(school)
      state.entries += known.roll.entries.count
      while state.entries > Self.mostEntries, state.order.count > 1, let oldest = state.order.first {
        Self.forget(oldest, &state)
      }
    }
    return known
  }

  /// A school's roll and calendars as they are within a transaction that changes them.
  static func load(_ school: URN, in db: Database) throws -> Known {
    Known(roll: try Pupils.roll(of: school, in: db), calendars: try Schools.calendars(of: school, in: db))
  }

  /// Reads the school anew when it is next asked for.
  func forget(_ school: URN) { state.withLock { Self.forget(school, &$0) } }

  private static func forget(_ school: URN, _ state: inout State) {
    guard let known = state.known.removeValue(forKey: school) else { return }
    state.order.removeAll { $0 == school }
    state.entries -= known.roll.entries.count
  }
}
