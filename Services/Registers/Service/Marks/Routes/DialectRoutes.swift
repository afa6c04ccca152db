import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import SchoolFiles
import ServiceKit
import Store

/// The dialects in which marks and lists of pupils can be sent.
struct DialectRoutes: Sendable {
  let registers: Registers

  private static let readers = Policy.roles(.school, .attendanceOfficer, .integration, .operator, reach: .shared)
  /// The most names that an authority may declare.
  private static let mostNames = 200

  /// A dialect as it is declared; what is absent is as in the service's own.
  private struct Form: Codable, Sendable {
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

  /// One dialect by its name.
  private struct Line: Codable, Sendable {
    let name: String
    /// Whether the authority declared it; else it is a ready one.
    let own: Bool
    let dialect: MarkDialect
    /// What to know before using it.
    let notes: [String]

    init(_ name: String, _ dialect: MarkDialect, isOwn: Bool) {
      (self.name, own, self.dialect, notes) = (name, isOwn, dialect, dialect.notes)
    }

    /// `nil` when there is none of the name.
    init?(_ name: String, in db: Database) throws {
      let own = try Dialects.own(name, in: db)
      guard let dialect = own ?? MarkDialect.ready[name] else { return nil }
      self.init(name, dialect, isOwn: own != nil)
    }
  }

  private struct List: WholeList, Sendable {
    let dialects: [Line]
    var list: (name: String, rows: [Line]) { ("dialects", dialects) }
  }

  /// What the caller is told.
  private struct Answer: Codable, Sendable {
    let name: String
    /// False when it was declared just so before.
    let changed: Bool
    /// Codes that files of this dialect cannot say.
    let notes: [String]
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/dialects", Self.readers, "The dialects in which marks and lists of pupils can be sent"
    ) { _ in
      try await registers.read { db in
        let own = try Dialects.all(in: db)
        let all = MarkDialect.ready.merging(own) { $1 }.sorted { $0.key < $1.key }
        return List(dialects: all.map { Line($0.key, $0.value, isOwn: own[$0.key] != nil) })
      }
    }
    router.write(
      .put, "/dialects/{name}", .roles(.attendanceOfficer, reach: .wholeAuthority), "Declare a dialect",
      ifMatch: true, declare)
    router.read("/dialects/{name}", Self.readers, "A dialect in which marks can be sent") { call in
      let name = try call.text("name")
      return try await registers.read { try Line(name, in: $0).orNotFound("Dialect") }
    }
  }

  private func declare(_ call: Call, _ form: Form) async throws -> Remembered<Answer> {
    let (name, dialect) = (try call.text("name"), form.dialect)
    guard MarkDialect.isName(name) else {
      throw Problem.invalid([.init("name", "must be 1 to 40 small letters, digits and hyphens, and not reserved")])
    }
    let faults = dialect.faults
    guard faults.isEmpty else { throw Problem.invalid(faults) }
    let current = { @Sendable db in try Line(name, in: db) }
    return try await registers.write(call.edit, of: current) { unit in
      let known = try Dialects.own(name, in: unit.db)
      if known == dialect { return Answer(name: name, changed: false, notes: dialect.notes) }
      if known == nil, try Dialects.all(in: unit.db).count >= Self.mostNames {
        throw Problem.conflict("too-many-dialects", "There are \(Self.mostNames) dialects already")
      }
      try unit.insert("dialects", ["name": name, "dialect": try String(json: dialect)])
      return Answer(name: name, changed: true, notes: dialect.notes)
    }
  }
}
