import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// A child as one caller may know it.
struct ChildAccess {
  let pupil: StoredPupil
  /// The times on roll that the caller may see: a school its own.
  let registrations: [Registration]
  /// What the caller is to the child.
  let viewer: PupilFlag.Viewer

  private static let officers: [Role: PupilFlag.Viewer] = [
    .attendanceOfficer: .attendanceOfficer, .legalOfficer: .legalOfficer, .cmeOfficer: .cmeOfficer,
    .virtualSchool: .virtualSchool,
  ]

  /// What a role is to a child at best: a school to one that is on its roll.
  static func viewer(_ role: Role) -> PupilFlag.Viewer { officers[role] ?? (role == .school ? .ownSchool : .other) }

  /// The child as whoever acts may know it today.
  ///
  /// - Throws: as the other.
  init(_ id: PupilID, in unit: UnitOfWork) throws { try self.init(id, by: unit.caller, on: unit.today, in: unit.db) }

  /// - Throws: `Problem` not found when the child is unknown, or none of the caller's concern: of a school, one that
  ///   never was on its roll; of the virtual school, one that is not looked after.
  init(_ id: PupilID, by caller: Caller, on day: Day, in db: Database) throws {
    guard let pupil = try Pupils.find(id, in: db) else { throw Problem.notFound("Pupil") }
    let seen = try Pupils.registrations(of: pupil.number, in: db).filter { caller.mayActFor(school: $0.school.text) }
    self.pupil = pupil
    registrations = seen
    if let officer = Self.officers[caller.role] {
      viewer = officer
      // An officer who is bound to schools knows their children.
      guard caller.confinedTo == nil || !seen.isEmpty else { throw Problem.notFound("Pupil") }
      if caller.role == .virtualSchool, try !Flags.inForce(pupil.number, on: day, in: db).contains(.lookedAfter) {
        throw Problem.notFound("Pupil")
      }
    } else {
      guard !seen.isEmpty else { throw Problem.notFound("Pupil") }
      // A school that the child left knows what it knew, not where the child is now.
      let isOnRoll = seen.contains { $0.leftOn.map { day <= $0 } ?? true }
      viewer = isOnRoll ? Self.viewer(caller.role) : .other
    }
  }

  /// Whether the caller may know where a protected family lives or learns (`notifications.md` 3).
  var seesProtected: Bool { [.attendanceOfficer, .cmeOfficer, .legalOfficer].contains(viewer) }

  /// Whether the caller may know whom to call, and the family.
  var seesFamily: Bool { viewer != .other }

  /// - Throws: `Problem` forbidden unless the child is on the caller's roll, or the caller an officer.
  func requireCurrent() throws(Problem) {
    guard seesFamily else { throw .forbidden }
  }
}
