import Contracts
import Foundation
import Hummingbird
import RegistersDomain
import Rulebook
import ServiceKit

/// Schools and their calendars, and which registers are missing.
struct SchoolRoutes: Sendable {
  let record: RecordSchool
  let read: ReadSchool

  private static let writers = Policy.roles(.attendanceOfficer, .operator)
  /// The most ranges or days of a calendar.
  private static let mostDays = 400
  private static let nameBytes = 200

  func add(to router: ServiceRouter) {
    router.on(.put, "/schools/{urn}", Self.writers) { request, context in
      let urn = try context.school()
      let form = try await request.json(SchoolForm.self)
      return try .json(try await record.record(try Self.school(form, urn), by: try context.caller))
    }
    router.on(.put, "/schools/{urn}/calendars/{year}", Self.writers) { request, context in
      let urn = try context.school()
      guard let year = SchoolYear(label: try context.parameter("year")), PupilYearTable.years.contains(year.startYear)
      else {
        throw Problem.invalid([.init("year", "must be a school year like 2026-27")])
      }
      let form = try await request.json(CalendarForm.self)
      let calendar = try Self.calendar(form, year)
      return try .json(try await record.record(calendar, year, of: urn, by: try context.caller))
    }
    router.on(.get, "/registers/missing", .roles(.attendanceOfficer, .manager, .operator)) { request, _ in
      let day = try request.query("date") { Day(iso: $0) }
      let session = try request.query("session") { Session(rawValue: $0) }
      return try .json(try await read.missingRegisters(day, session))
    }
  }

  private struct SchoolForm: Decodable {
    let name: String
    let phase: SchoolPhase
    let type: SchoolKind
    let openedOn: Day?
  }

  private static func school(_ form: SchoolForm, _ urn: URN) throws(Problem) -> SchoolRecord {
    let name = form.name.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !name.isEmpty, name.utf8.count <= nameBytes, !name.unicodeScalars.contains(where: { $0.value < 32 }) else {
      throw .invalid([.init("/name", "must have 1 to \(nameBytes) bytes and no control character")])
    }
    return SchoolRecord(urn: urn, name: name, phase: form.phase, kind: form.type, openedOn: form.openedOn)
  }

  private struct CalendarForm: Decodable {
    let terms: [DayRange]
    let closed: [Day]?
    let oneSessionDays: [String: Session]?
  }

  private static func calendar(_ form: CalendarForm, _ year: SchoolYear) throws(Problem) -> SchoolCalendar {
    let terms = form.terms.sorted { $0.first < $1.first }
    var faults: [Problem.Fault] = []
    let closed = form.closed ?? []
    let oneSession = form.oneSessionDays ?? [:]
    if terms.isEmpty || terms.count > mostDays { faults.append(.init("/terms", "must have 1 to \(mostDays) ranges")) }
    if closed.count > mostDays { faults.append(.init("/closed", "must have at most \(mostDays) days")) }
    if oneSession.count > mostDays { faults.append(.init("/oneSessionDays", "must have at most \(mostDays) days")) }
    for term in terms where term.first > term.last || term.first < year.first || term.last > year.last {
      faults.append(.init("/terms", "each must end after it begins, within 1 August and 31 July of the year"))
      break
    }
    for (term, next) in zip(terms, terms.dropFirst()) where term.last >= next.first {
      faults.append(.init("/terms", "must not overlap"))
      break
    }
    var oneSessionDays: [Day: Session] = [:]
    for (text, session) in oneSession {
      guard let day = Day(iso: text) else {
        faults.append(.init("/oneSessionDays", "must be days written YYYY-MM-DD"))
        break
      }
      oneSessionDays[day] = session
    }
    guard faults.isEmpty else { throw .invalid(faults) }
    return SchoolCalendar(terms: terms, closed: Set(closed), oneSessionDays: oneSessionDays)
  }
}

extension ServiceRequestContext {
  /// The school of the path.
  ///
  /// - Throws: `Problem` not found when it is no URN.
  func school() throws(Problem) -> URN {
    guard let urn = try? URN(try parameter("urn")) else { throw .notFound("School") }
    return urn
  }

  /// The school of the path, for which the caller may act.
  ///
  /// - Throws: `Problem` not found or forbidden.
  func ownSchool() throws(Problem) -> URN {
    let urn = try school()
    try caller.requireActing(forSchool: urn.text)
    return urn
  }
}
