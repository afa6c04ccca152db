import Foundation
import Hummingbird
import Messaging
import RegistersDomain
import Rulebook
import SchoolFiles
import ServiceKit

/// The dialects in which marks and lists of pupils can be sent.
struct DialectRoutes: Sendable {
  let dialects: DeclareDialects

  private static let readers = Policy.roles(.school, .attendanceOfficer, .integration, .operator, reach: .shared)

  /// A dialect as it is declared; what is absent is as in the service's own.
  struct Form: Codable, Sendable {
    struct Columns: Codable, Sendable {
      let upn, date, session, code, am, pm, detail, minutesLate: [String]?
    }

    let title: String
    let separator: MarkDialect.Separator?
    let layout: MarkDialect.Layout?
    let dates: DateFormat?
    /// Of a file of marks. May be absent where lists of pupils are described: marks then come as the service's own.
    let columns: Columns?
    let sessions: [String: Session]?
    let codes: [String: String]?
    let pupils: Pupils?

    struct Pupils: Codable, Sendable {
      let columns: [String: [String]]?
      let words: [String: [String: String]]?
    }

    var dialect: MarkDialect {
      MarkDialect(
        title: title, separator: separator ?? .comma, layout: layout ?? .marks, dates: dates ?? .iso,
        columns: markColumns, sessions: sessions ?? [:], codes: codes ?? [:],
        pupils: pupils.map { PupilLayout(columns: $0.columns ?? [:], words: $0.words ?? [:]) })
    }

    private var markColumns: MarkDialect.Columns {
      guard let columns else { return pupils == nil ? MarkDialect.Columns(upn: []) : MarkDialect.standard.columns }
      return MarkDialect.Columns(
        upn: columns.upn ?? [], date: columns.date ?? [], session: columns.session ?? [], code: columns.code ?? [],
        am: columns.am ?? [], pm: columns.pm ?? [], detail: columns.detail ?? [],
        minutesLate: columns.minutesLate ?? [])
    }
  }

  func add(to router: ServiceRouter) {
    router.on(
      .get, "/dialects", Self.readers,
      About("The dialects in which marks and lists of pupils can be sent", answer: DeclareDialects.List.self)
    ) { _, _ in try .json(try await dialects.list()) }
    router.on(
      .put, "/dialects/{name}", .roles(.attendanceOfficer, reach: .wholeAuthority),
      About("Declare a dialect", body: Form.self, answer: DeclareDialects.Answer.self, takesIfMatch: true)
    ) { request, context in
      let name = try context.parameter("name")
      guard MarkDialect.isName(name) else {
        throw Problem.invalid([.init("name", "must be 1 to 40 small letters, digits and hyphens, and not reserved")])
      }
      let form = try await request.json(Form.self)
      let registers = dialects.registers.onlyIf(Precondition(request)) { try DeclareDialects.line(name, in: $0) }
      return try .json(
        try await DeclareDialects(registers: registers).declare(name, form.dialect, by: try context.caller))
    }
    router.on(
      .get, "/dialects/{name}", Self.readers,
      About("A dialect in which marks can be sent", answer: DeclareDialects.Line.self)
    ) { _, context in try .json(try await dialects.one(try context.parameter("name"))) }
  }
}
