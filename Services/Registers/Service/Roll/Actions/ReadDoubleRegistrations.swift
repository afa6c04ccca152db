import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Lists the children who are on two rolls where each school says that the child is on its roll alone: one of the
/// entries was made by mistake, the child has left, or the schools share it. Every child shown is on record as read.
struct ReadDoubleRegistrations: Sendable {
  let registers: Registers

  static let pageSize = 200

  struct Child: Listed {
    static let list = "children"

    let pupil: PupilID
    /// The entry that was made first before the other.
    let places: [RollPlace]
  }

  /// - Throws: `Problem` forbidden to who is bound to some schools: a pair is of two.
  func callAsFunction(after number: Int64, by caller: Caller) async throws -> Page<Child> {
    try await registers.write(by: caller) { unit in
      let pairs = try DoubleRegistrations.page(on: unit.today, after: number, limit: Self.pageSize, in: unit.db)
      for id in Set(pairs.map(\.pupil)).sorted() {
        try unit.audit(.pupilDoubleRegistrationRead, of: id)
      }
      return Page(pairs, of: Self.pageSize, endsAt: \.second.number) { pair in
        let places = [pair.first, pair.second].map(RollPlace.init)
        return Child(pupil: pair.pupil, places: places)
      }
    }
  }
}
