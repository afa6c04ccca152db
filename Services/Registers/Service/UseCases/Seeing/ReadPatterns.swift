import Contracts
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit

/// Where a child's absence falls. Every read is on record, of brothers and sisters too.
struct ReadPatterns: Sendable {
  let desk: RegisterDesk

  struct Answer: Codable, Sendable {
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

  /// - Throws: `Problem` not found when the child is unknown, or on no roll that the caller may see.
  func callAsFunction(
    _ id: PupilID, _ span: DayRange, by caller: Caller, requestID: String
  ) async throws -> Answer {
    let today = desk.clock.today()
    let answer = try await desk.write(by: caller) { writer, db in
      guard let pupil = try Pupils.find(id, in: db), let own = try Self.days(pupil, span, caller, db) else {
        throw Problem.notFound("Pupil")
      }
      try RegisterDesk.audit("pupil.patterns.read", id.text, by: writer, requestID: requestID, in: db)
      var siblings: [Answer.Sibling] = []
      for sibling in try Families.siblings(of: pupil.number, in: db).sorted(by: { $0.number < $1.number }) {
        guard let theirs = try Self.days(sibling, span, caller, db) else { continue }
        try RegisterDesk.audit("pupil.patterns.read", sibling.id.text, by: writer, requestID: requestID, in: db)
        siblings.append(.init(pupil: sibling.id, together: Patterns.together(own.days, theirs.days, on: today)))
      }
      return Answer(
        pupil: id, from: span.first, to: span.last, asOf: writer.at,
        patterns: Patterns(own.days, terms: own.terms, on: today), siblings: siblings)
    }
    desk.telemetry.countRead()
    return answer
  }

  /// The child's days on the rolls that the caller may see, and the terms of these schools; `nil` without a roll.
  private static func days(
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
    return (PatternDay.days(rows, in: span), terms)
  }
}
