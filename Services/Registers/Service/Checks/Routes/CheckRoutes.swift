import Contracts
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// What schools and officers check: reasons that are not established, codes that cannot be right, arrangements on which
/// codes depend, and where a child's absence falls.
struct CheckRoutes: Sendable {
  let unresolved: ReadUnresolved
  let codingFaults: ReadCodingFaults
  let arrange: ArrangeForPupil
  let patterns: ReadPatterns

  private static let users = Policy.roles(.school, .attendanceOfficer, reach: .ownSchool)
  private static let usersOfRecords = Policy.roles(.school, .attendanceOfficer, reach: .ownRecords)
  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)
  /// The longest span of a check, days: of one school a year, of all a term.
  private static let mostDays = 366
  private static let mostDaysOfAll = 124

  init(registers: Registers) {
    unresolved = ReadUnresolved(registers: registers)
    codingFaults = ReadCodingFaults(registers: registers)
    arrange = ArrangeForPupil(registers: registers)
    patterns = ReadPatterns(registers: registers)
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/schools/{urn}/unresolved", Self.users,
      "A school's sessions whose reason is not yet established, with the day by which it must be", query: [.after]
    ) { try await unresolved.page(of: $0.school, after: $0.after, by: $0.caller) }
    router.read(
      "/registers/unresolved", Self.officers,
      "How many sessions of each school have no established reason, and how many are overdue"
    ) { try await unresolved.counts(for: $0.caller) }
    router.read(
      "/schools/{urn}/coding-faults", Self.users,
      "A school's sessions whose codes cannot be right or are unlikely", query: .days + [.after]
    ) {
      try await codingFaults.page(
        of: $0.school, Self.kept($0.days(most: Self.mostDays)), after: $0.after, by: $0.caller)
    }
    router.read(
      "/registers/coding-faults", Self.officers, "How many coding faults each school has, by rule", query: .days
    ) { try await codingFaults.counts(Self.kept($0.days(most: Self.mostDaysOfAll)), for: $0.caller) }
    router.read(
      "/pupils/{id}/patterns", .roles(.school, .attendanceOfficer, .legalOfficer, reach: .ownRecords),
      "Where a child's absence and lateness fall, each count beside its plain expectation", query: .days
    ) { try await patterns($0.pupil(), $0.days(), by: $0.caller) }
    addArrangements(to: router)
  }

  private func addArrangements(to router: ServiceRouter) {
    router.write(
      .post, "/schools/{urn}/arrangements", Self.users,
      "Records a part-time timetable, a suspension or exclusion, provision off site or leave"
    ) { call, form in try await arrange.record(form, at: call.school, by: call.edit) }
    router.read(
      "/schools/{urn}/arrangements", Self.users, "What a school arranged for its children", query: [.after]
    ) { try await arrange.page(of: $0.school, after: $0.after, by: $0.caller) }
    router.write(
      .post, "/arrangements/{number}/end", Self.usersOfRecords, "Ends an arrangement on a day", ifMatch: true
    ) {
      (call: Call, form: ArrangeForPupil.EndForm) in
      try await arrange.end(call.number("Arrangement"), on: form.last, by: call.edit)
    }
    router.read("/arrangements/{number}", Self.usersOfRecords, "What a school arranged for a child") {
      try await arrange.line($0.number("Arrangement"), by: $0.caller)
    }
  }

  /// A year that no row is kept for has no marks to check.
  private static func kept(_ days: DayRange) throws(Problem) -> DayRange {
    guard [days.first, days.last].allSatisfy({ PupilYearTable.years.contains(SchoolYear(containing: $0).startYear) })
    else { throw .invalid([.init("from", "must be in a year for which marks are kept")]) }
    return days
  }
}
