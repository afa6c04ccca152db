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

  struct Answer: ServiceKit.Page, Codable, Sendable {
    struct Child: Codable, Sendable {
      let pupil: PupilID
      /// The entry that was made first before the other.
      let places: [Place]
    }

    struct Place: Codable, Sendable {
      let school: URN
      let enrolledOn: Day
      let leftOn: Day?
    }

    let children: [Child]
    /// What to give as `after` for the next page; absent at the end.
    let next: Int64?
  }

  /// - Throws: `Problem` forbidden to who is bound to some schools: a pair is of two.
  func callAsFunction(after number: Int64, by caller: Caller) async throws -> Answer {
    return try await registers.write(by: caller) { unit in
      let pairs = try DoubleRegistrations.page(on: unit.today, after: number, limit: Self.pageSize, in: unit.db)
      for id in Set(pairs.map(\.pupil)).sorted() {
        try unit.audit(.pupilDoubleRegistrationRead, of: id)
      }
      return Answer(
        children: pairs.map { pair in
          .init(
            pupil: pair.pupil,
            places: [pair.first, pair.second].map {
              .init(school: $0.school, enrolledOn: $0.enrolledOn, leftOn: $0.leftOn)
            })
        }, next: pairs.count == Self.pageSize ? pairs.last?.second.number : nil)
    }
  }
}
