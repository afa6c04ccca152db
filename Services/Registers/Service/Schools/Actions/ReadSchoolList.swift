import Contracts
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Answers questions about schools themselves: what they are and what they belong to. Nothing about a child.
struct ReadSchoolList: Sendable {
  let registers: Registers

  /// The most schools of one answer.
  static let pageSize = 500

  /// Everything known of one school but its calendars.
  struct SchoolAnswer: Codable, Sendable {
    let urn: URN
    let name: String
    let phase: SchoolPhase
    let type: SchoolKind
    let openedOn: Day?
    /// All assignments that ever were, in order of the days.
    let clusters, localities, offers, officers: [SpanAnswer]
    /// The school years that have a calendar, in order, for example `2026/27`.
    let calendars: [String]
  }

  /// - Throws: `Problem` not found when the school is unknown.
  func school(_ urn: URN) async throws -> SchoolAnswer {
    try await registers.read { db in
      guard let answer = try Self.answer(urn, in: db) else { throw Problem.notFound("School") }
      return answer
    }
  }

  /// What is known of a school; `nil` when it is unknown.
  static func answer(_ urn: URN, in db: Database) throws -> SchoolAnswer? {
    guard let school = try Schools.find(urn, in: db) else { return nil }
    func spans(_ kind: AssignmentKind) throws -> [SpanAnswer] {
      try Assignments.spans(kind, of: urn, in: db).map(SpanAnswer.init)
    }
    return SchoolAnswer(
      urn: urn, name: school.name, phase: school.phase, type: school.kind, openedOn: school.openedOn,
      clusters: try spans(.cluster), localities: try spans(.locality), offers: try spans(.offer),
      officers: try spans(.officer),
      calendars: try Schools.calendars(of: urn, in: db).years.keys.sorted().map(\.label))
  }

  /// A school with what it belongs to on one day.
  struct Line: Listed {
    struct Head: Codable, Sendable { let on: Day }

    typealias Position = URN
    static let list = "schools"

    let urn: URN
    let name: String
    let phase: SchoolPhase
    let type: SchoolKind
    let cluster, locality: String?
    let offer: SchoolOffer?
    let officer: String?
  }

  /// Which schools are asked for; `nil` for any.
  struct Question: Sendable {
    var cluster, locality, officer: String?
    /// Today when absent.
    var day: Day?
    var after: URN?
    var limit = ReadSchoolList.pageSize
    /// The schools for which the caller may act, by URN; `nil` for all.
    var schools: Set<String>?
  }

  func page(_ question: Question) async throws -> Page<Line> {
    let day = question.day ?? registers.clock.today()
    let filter = Schools.Filter(
      day: day, cluster: question.cluster, locality: question.locality, officer: question.officer,
      schools: question.schools)
    let limit = min(max(question.limit, 1), Self.pageSize)
    return try await registers.read { db in
      // One more than told, to know whether there is a next page.
      let found = try Schools.page(filter, after: question.after?.text ?? "", limit: limit + 1, in: db)
      let told = found.prefix(limit)
      return Page(
        told.map {
          Line(
            urn: $0.school.urn, name: $0.school.name, phase: $0.school.phase, type: $0.school.kind,
            cluster: $0.cluster, locality: $0.locality, offer: $0.offer.flatMap(SchoolOffer.init(rawValue:)),
            officer: $0.officer)
        }, Line.Head(on: day), next: found.count > limit ? told.last?.school.urn : nil)
    }
  }

  /// Clusters or localities.
  struct AreasAnswer: WholeList, Sendable {
    struct Area: Codable, Sendable {
      let code, name: String
    }

    let kind: AreaKind
    /// By code.
    let areas: [Area]
    var list: (name: String, rows: [Area]) { ("areas", areas) }
  }

  func areas(_ kind: AreaKind) async throws -> AreasAnswer {
    try await registers.read { db in
      AreasAnswer(kind: kind, areas: try Areas.all(kind, in: db).map { .init(code: $0.code, name: $0.name) })
    }
  }

  /// - Throws: `Problem` not found when there is none of the code.
  func area(_ code: String, _ kind: AreaKind) async throws -> AreasAnswer.Area {
    try await registers.read { db in
      guard let area = try Self.area(code, kind, in: db) else { throw Problem.notFound("Area") }
      return area
    }
  }

  static func area(_ code: String, _ kind: AreaKind, in db: Database) throws -> AreasAnswer.Area? {
    try Areas.find(kind, code, in: db).map { .init(code: $0.code, name: $0.name) }
  }

  /// - Throws: `Problem` not found when the school is unknown or has no calendar of the year.
  func calendar(_ year: SchoolYear, of school: URN) async throws -> SchoolCalendar {
    try await registers.read { db in
      try Registers.requireSchool(school, in: db)
      guard let calendar = try Schools.calendars(of: school, in: db).years[year] else {
        throw Problem.notFound("Calendar")
      }
      return calendar
    }
  }
}
