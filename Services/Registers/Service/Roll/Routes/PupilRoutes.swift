import RegistersDomain
import Rulebook
import ServiceKit

/// Pupils: the roll, a child's attendance and why a mark counts as it does.
struct PupilRoutes: Sendable {
  let read: ReadPupil
  let sessions: ReadSessions
  let readSchool: ReadSchool

  private static let readers = Policy.roles(.school, .attendanceOfficer, .legalOfficer, .manager, reach: .ownRecords)

  init(registers: Registers) {
    read = ReadPupil(registers: registers)
    sessions = ReadSessions(pupils: read)
    readSchool = ReadSchool(registers: registers)
  }

  func add(to router: ServiceRouter) {
    router.read("/schools/{urn}/pupils", MarkRoutes.users, "A school's roll", query: [.after]) {
      try await readSchool.roll($0.school, after: $0.after, by: $0.caller)
    }
    router.read(
      "/pupils/{id}/attendance", Self.readers, "A child's attendance in a span of days", query: .days + [.asOf]
    ) { try await read.attendance($0.pupil(), $0.days(), asOf: $0[.asOf], by: $0.caller) }
    router.read(
      "/pupils/{id}/sessions", Self.readers,
      "The sessions that a child's figures are made of, with their amendments and the rules they count by",
      query: .days + [.asOf]
    ) { try await sessions($0.pupil(), $0.days(most: ReadSessions.mostDays), asOf: $0[.asOf], by: $0.caller) }
    router.read(
      "/pupils/{id}/marks/{date}/{session}/why", Self.readers, "Why a session counts as it does", query: [.asOf]
    ) {
      let (day, session) = try $0.session
      return try await read.why($0.pupil(), day, session, asOf: $0[.asOf], by: $0.caller)
    }
  }
}
