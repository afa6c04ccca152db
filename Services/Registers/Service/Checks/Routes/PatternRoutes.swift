import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Where a child's absence falls. Every read is on record, of brothers and sisters too.
struct PatternRoutes: Sendable {
  let registers: Registers

  private struct Answer: Codable, Sendable {
    struct Sibling: Codable, Sendable {
      let pupil: PupilID
      let together: PatternCount
    }

    let pupil: PupilID
    let from, to: Day
    let asOf: Timestamp
    let patterns: Patterns
    let siblings: [Sibling]
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/pupils/{id}/patterns", .roles(.school, .attendanceOfficer, .legalOfficer, reach: .ownRecords),
      "Where a child's absence and lateness fall, each count beside its plain expectation", query: .days, patterns)
  }

  private func patterns(_ call: Call) async throws -> Answer {
    let (id, span, caller) = (try call.pupil(), try call.days(), call.caller)
    return try await registers.readChild(by: caller) { unit in
      let pupil = try Pupils.find(id, in: unit.db).orNotFound("Pupil")
      let own = try days(pupil, span, caller, unit.db).orNotFound("Pupil")
      try unit.audit(.pupilPatternsRead, of: id)
      var siblings: [Answer.Sibling] = []
      for sibling in try Families.siblings(of: pupil.number, in: unit.db).sorted(by: { $0.number < $1.number }) {
        guard let theirs = try days(sibling, span, caller, unit.db) else { continue }
        try unit.audit(.pupilPatternsRead, of: sibling.id)
        siblings.append(.init(pupil: sibling.id, together: Patterns.together(own.days, theirs.days, on: unit.today)))
      }
      return Answer(
        pupil: id, from: span.first, to: span.last, asOf: unit.at,
        patterns: Patterns(own.days, terms: own.terms, on: unit.today), siblings: siblings)
    }
  }

  /// The child's days on the rolls that the caller may see, and the terms of these schools; `nil` without a roll.
  private func days(
    _ pupil: StoredPupil, _ span: DayRange, _ caller: Caller, _ db: Database
  ) throws -> (days: [PatternDay], terms: [DayRange])? {
    let registrations = try Pupils.registrations(of: pupil.number, in: db)
      .filter { caller.mayActFor(school: $0.school.text) }
    guard !registrations.isEmpty else { return nil }
    var terms: [DayRange] = []
    var rows: [PupilYear] = []
    for (school, own) in Dictionary(grouping: registrations, by: \.school) {
      let calendars = try Schools.calendars(of: school, in: db)
      terms += calendars.years.values.flatMap(\.stretches).filter { $0.first >= span.first && $0.last <= span.last }
      for registration in own {
        rows += try PupilYearTable.all(of: registration.number, in: db).map {
          calendars.counting($0, for: registration.time(of: pupil))
        }
      }
    }
    return (PatternDay.days(rows, in: span, codes: registers.codes), terms)
  }
}
