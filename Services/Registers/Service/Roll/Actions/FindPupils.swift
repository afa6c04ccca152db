import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Finds children by name, date of birth or number. Every child shown is on record as read.
struct FindPupils: Sendable {
  let registers: Registers

  /// The most children of one answer.
  static let limit = 50

  struct Answer: Codable, Sendable {
    struct Found: Codable, Sendable {
      let id: PupilID
      let upn: UPN
      let givenName, familyName: String
      let dateOfBirth: Day
      let yearGroup: YearGroup?
      let addressProtected: Bool
      /// The schools on whose roll the child is today; absent where it may not be told.
      let schools: [URN]?
    }

    let pupils: [Found]
    /// Whether there are more than are shown.
    let more: Bool
  }

  func callAsFunction(_ question: PupilSearch.Question, by caller: Caller) async throws -> Answer {
    try await registers.readChild(by: caller) { unit in
      let found = try PupilSearch.find(question, limit: Self.limit + 1, in: unit.db)
      let shown = try found.prefix(Self.limit).map { pupil -> Answer.Found in
        try unit.audit(.pupilSearchRead, of: pupil.id)
        let child = try ChildAccess(pupil.id, in: unit)
        return Answer.Found(
          id: pupil.id, upn: pupil.upn, givenName: pupil.givenName, familyName: pupil.familyName,
          dateOfBirth: pupil.dateOfBirth, yearGroup: pupil.yearGroup(in: SchoolYear(containing: unit.today)),
          addressProtected: pupil.addressProtected,
          schools: pupil.addressProtected && !child.seesProtected
            ? nil : child.registrations.filter { $0.covers(unit.today) }.map(\.school))
      }
      return Answer(pupils: shown, more: found.count > Self.limit)
    }
  }
}
