import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import SchoolFiles
import ServiceKit
import Store

/// Clusters and localities, and which schools belong to what on which day. Nothing in them is about a child.
struct AreaRoutes: Sendable {
  let registers: Registers

  private static let writers = Policy.roles(.attendanceOfficer, .manager, .operator, reach: .wholeAuthority)
  private static let assigners = Policy.roles(.attendanceOfficer, .manager, .operator, reach: .ownSchool)
  private static let staff: Set<Role> = [
    .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, .manager, .operator,
  ]
  private static let codeBytes = 40
  private static let nameBytes = 200
  /// The longest code or identifier that a question may name.
  private static let filterBytes = 100
  private static let officerBytes = 100
  /// The most areas of a kind: far more than any authority has.
  private static let mostAreas = 1_000
  /// The most spans of one school and kind.
  private static let mostSpans = 200
  private static let mostSchools = 500

  private static let cluster = code("cluster", "Only schools of the cluster.")
  private static let locality = code("locality", "Only schools of the locality.")
  private static let officer = code("officer", "Only schools of the officer, by an opaque identifier.")
  private static let on = QueryParameter<Day>("on", "The day; today when absent.").optional
  private static let afterSchool = QueryParameter<URN>("after", "The last school of the page before.").optional
  private static let limit = QueryParameter(
    "limit", .integer(minimum: 1), "The most schools, 1 to \(mostSchools).", { Int($0) }
  ).or(mostSchools)

  private static func code(_ name: String, _ description: String) -> QueryParameter<String?> {
    QueryParameter(name, .string(), description) { PlainText.isCode($0, upTo: filterBytes) ? $0 : nil }.optional
  }

  private struct AreaForm: Codable, Sendable { let name: String }

  private struct AreasAnswer: WholeList, Sendable {
    let kind: AreaKind
    /// By code.
    let areas: [Area]
    var list: (name: String, rows: [Area]) { ("areas", areas) }
  }

  private struct Assigned: Codable, Sendable {
    /// Whether anything was not known before.
    let changed: Bool
    /// The assignment that ends now on the day before the new one begins, if one does.
    let ended: AssignmentSpan?
  }

  func add(to router: ServiceRouter) {
    router.write(
      .put, "/areas/{kind}/{code}", Self.writers, "Enters a cluster or locality, or changes its name", ifMatch: true,
      enter)
    router.read("/areas/{kind}/{code}", .roles(Self.staff, .shared), "A cluster or locality") { call in
      let (kind, code) = (try Self.kind(call), try call.text("code"))
      return try await registers.read { try Area.find(kind, code, in: $0).orNotFound("Area") }
    }
    router.read("/areas/{kind}", .roles(Self.staff, .shared), "The clusters or localities") { call in
      let kind = try Self.kind(call)
      return try await registers.read { AreasAnswer(kind: kind, areas: try Area.all(kind, in: $0)) }
    }
    router.write(
      .put, "/schools/{urn}/assignments/{kind}", Self.assigners,
      "Says which cluster, locality, offer or officer a school has from a day on", ifMatch: true, assign)
    router.read(
      "/schools", .roles(Self.staff, .ownRecords), "Schools with what they belong to on a day",
      query: [
        Self.cluster.about, Self.locality.about, Self.officer.about, Self.on.about, Self.afterSchool.about,
        Self.limit.about,
      ], schools)
  }

  private static func kind(_ call: Call) throws(Problem) -> AreaKind {
    try call.path("kind", "Kind of area") { AreaKind(rawValue: $0) }
  }

  private func enter(_ call: Call, _ form: AreaForm) async throws -> Remembered<Changed> {
    let (kind, code) = (try Self.kind(call), try call.text("code"))
    let name = PlainText.checked(form.name, upTo: Self.nameBytes)
    var faults = Faults()
    faults.require(
      PlainText.isCode(code, upTo: Self.codeBytes), "code",
      "must be 1 to \(Self.codeBytes) letters, digits and hyphens")
    faults.require(name != nil, "/name", "must have 1 to \(Self.nameBytes) bytes and no control character")
    try faults.refuse()
    let area = Area(code: code, name: name ?? "")
    let current = { @Sendable db in try Area.find(kind, code, in: db) }
    return try await registers.write(call.edit, of: current) { unit in
      let known = try Area.find(kind, code, in: unit.db)
      if known == area { return Changed(changed: false) }
      if try known == nil && Area.all(kind, in: unit.db).count >= Self.mostAreas {
        throw Problem.conflict("too-many-areas", "There are too many areas of this kind")
      }
      try area.save(as: kind, in: unit.db)
      return Changed(changed: true)
    }
  }

  /// Enters a span. The open one before ends on the day before; one that begins on the same day is corrected.
  private func assign(_ call: Call, _ span: AssignmentSpan) async throws -> Remembered<Assigned> {
    let school = try call.school
    let kind = try call.path("kind", "Kind of assignment") { AssignmentKind(rawValue: $0) }
    guard span.last.map({ span.first <= $0 }) ?? true else {
      throw Problem.invalid([.init("/last", "must be on or after first")])
    }
    let current = { @Sendable db in try SchoolAnswer(school, in: db) }
    return try await registers.write(call.edit, of: current) { unit in
      try Registers.requireSchool(school, in: unit.db)
      try Self.requireValue(span.value, kind, in: unit.db)
      let known = try Assignments.spans(kind, of: school, in: unit.db)
      var ended: AssignmentSpan?
      switch try Self.change(span, among: known) {
      case .none: return Assigned(changed: false, ended: nil)
      case .restated: break
      case .added(let before):
        guard known.count < Self.mostSpans else {
          throw Problem.conflict("too-many-assignments", "The school has too many assignments")
        }
        ended = before
      }
      for saved in [ended, span].compactMap({ $0 }) { try Assignments.save(saved, kind, of: school, in: unit.db) }
      try unit.audit(.schoolAssigned(kind), of: school)
      return Assigned(changed: true, ended: ended)
    }
  }

  private static func change(
    _ span: AssignmentSpan, among known: [AssignmentSpan]
  ) throws(Problem) -> AssignmentChange {
    do {
      return try span.change(among: known)
    } catch {
      throw .conflict(
        "assignments-overlap", "The school already has an assignment of this kind on some of these days",
        detail: "An assignment without a last day ends the one before it. Other assignments must not overlap.")
    }
  }

  private static func requireValue(_ value: String, _ kind: AssignmentKind, in db: Database) throws {
    var faults = Faults()
    switch kind {
    case .cluster, .locality:
      let area = kind == .cluster ? AreaKind.cluster : .locality
      faults.require(
        try Area.find(area, value, in: db) != nil, "/value", "is not the code of a known \(area.rawValue)")
    case .offer:
      faults.require(
        SchoolOffer(rawValue: value) != nil, "/value",
        "must be \(SchoolOffer.allCases.map(\.rawValue).joined(separator: " or "))")
    case .officer:
      faults.require(
        PlainText.isCode(value, upTo: officerBytes), "/value",
        "must be an opaque identifier of at most \(officerBytes) characters")
    }
    try faults.refuse()
  }

  private func schools(_ call: Call) async throws -> Page<SchoolLine> {
    let limit = try call[Self.limit]
    guard 1...Self.mostSchools ~= limit else {
      throw Problem.invalid([.init("limit", "must be 1 to \(Self.mostSchools)")])
    }
    let filter = SchoolLine.Filter(
      day: try call[Self.on] ?? registers.today, cluster: try call[Self.cluster], locality: try call[Self.locality],
      officer: try call[Self.officer], schools: call.caller.confinedTo)
    let after = try call[Self.afterSchool]?.text ?? ""
    return try await registers.read { db in
      // One more than told, to know whether there is a next page.
      let found = try SchoolLine.page(filter, after: after, limit: limit + 1, in: db)
      let told = Array(found.prefix(limit))
      return Page(told, .init(on: filter.day), next: found.count > limit ? told.last?.urn : nil)
    }
  }
}
