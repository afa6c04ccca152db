import HTTPTypes
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
    router.read(
      "/dialects", Self.readers, "The dialects in which marks and lists of pupils can be sent"
    ) { _ in try await dialects.list() }
    router.write(
      .put, "/dialects/{name}", .roles(.attendanceOfficer, reach: .wholeAuthority), "Declare a dialect",
      ifMatch: true, declare)
    router.read("/dialects/{name}", Self.readers, "A dialect in which marks can be sent") {
      try await dialects.one($0.text("name"))
    }
  }

  private func declare(_ call: Call, _ form: Form) async throws -> Remembered<DeclareDialects.Answer> {
    let name = try call.text("name")
    guard MarkDialect.isName(name) else {
      throw Problem.invalid([.init("name", "must be 1 to 40 small letters, digits and hyphens, and not reserved")])
    }
    return try await dialects.declare(name, form.dialect, by: call.edit)
  }
}
