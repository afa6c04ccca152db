import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Pupils: the roll, a child's attendance and why a mark counts as it does.
struct PupilRoutes: Sendable {
  let registers: Registers

  private static let readers = Policy.roles(.school, .attendanceOfficer, .legalOfficer, .manager, reach: .ownRecords)

  /// A child on a school's roll.
  private struct RollLine: Listed {
    static let list = "pupils"

    let id: PupilID
    let upn: UPN
    let givenName, familyName: String
    let dateOfBirth: Day
    let yearGroup: String?
    let enrolledOn: Day
    let leftOn: Day?
    let addressProtected: Bool

    init(_ line: Pupils.Line) {
      let (pupil, place) = (line.pupil, line.registration)
      (id, upn, givenName, familyName) = (pupil.id, pupil.upn, pupil.givenName, pupil.familyName)
      (dateOfBirth, yearGroup) = (pupil.dateOfBirth, pupil.yearGroup)
      (enrolledOn, leftOn, addressProtected) = (place.enrolledOn, place.leftOn, pupil.addressProtected)
    }
  }

  func add(to router: ServiceRouter) {
    let read = ReadPupil(registers: registers)
    router.read("/schools/{urn}/pupils", MarkRoutes.users, "A school's roll", query: [.after]) { call in
      let (school, after) = (try call.school, try call.after)
      return try await registers.read(.schoolRollRead, of: school, by: call.caller) { unit in
        let lines = try Pupils.page(of: school, after: after, limit: Registers.pageSize, in: unit.db)
        return Page(lines, of: Registers.pageSize, endsAt: \.registration.number, line: RollLine.init)
      }
    }
    router.read(
      "/pupils/{id}/attendance", Self.readers, "A child's attendance in a span of days", query: .days + [.asOf]
    ) { try await read.attendance($0.pupil(), $0.days(), asOf: $0[.asOf], by: $0.caller) }
    router.read(
      "/pupils/{id}/sessions", Self.readers,
      "The sessions that a child's figures are made of, with their amendments and the rules they count by",
      query: .days + [.asOf]
    ) {
      try await ReadSessions(pupils: read)(
        $0.pupil(), $0.days(most: ReadSessions.mostDays), asOf: $0[.asOf], by: $0.caller)
    }
    router.read(
      "/pupils/{id}/marks/{date}/{session}/why", Self.readers, "Why a session counts as it does", query: [.asOf]
    ) {
      let (day, session) = try $0.session
      return try await read.why($0.pupil(), day, session, asOf: $0[.asOf], by: $0.caller)
    }
  }
}
