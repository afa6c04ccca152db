import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import SchoolFiles
import ServiceKit

/// Clusters and localities, and which schools belong to what on which day.
struct AreaRoutes: Sendable {
  let record: RecordArea
  let assign: AssignSchool
  let read: ReadSchoolList

  private static let writers = Policy.roles(.attendanceOfficer, .manager, .operator, reach: .wholeAuthority)
  private static let assigners = Policy.roles(.attendanceOfficer, .manager, .operator, reach: .ownSchool)
  private static let staff: Set<Role> = [
    .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, .manager, .operator,
  ]
  private static let codeBytes = 40
  private static let nameBytes = 200
  /// The longest code or identifier that a question may name.
  private static let filterBytes = 100

  private static let cluster = code("cluster", "Only schools of the cluster.")
  private static let locality = code("locality", "Only schools of the locality.")
  private static let officer = code("officer", "Only schools of the officer, by an opaque identifier.")
  private static let on = QueryParameter<Day>("on", "The day; today when absent.").optional
  private static let afterSchool = QueryParameter<URN>("after", "The last school of the page before.").optional
  private static let limit = QueryParameter(
    "limit", .integer(minimum: 1), "The most schools, 1 to \(ReadSchoolList.pageSize).", { Int($0) }
  ).or(ReadSchoolList.pageSize)

  private static func code(_ name: String, _ description: String) -> QueryParameter<String?> {
    QueryParameter(name, .string(), description) { PlainText.isCode($0, upTo: filterBytes) ? $0 : nil }.optional
  }

  private struct AreaForm: Codable, Sendable { let name: String }

  private struct AssignmentForm: Codable, Sendable {
    let value: String
    let first: Day
    let last: Day?
  }

  init(registers: Registers) {
    record = RecordArea(registers: registers)
    assign = AssignSchool(registers: registers)
    read = ReadSchoolList(registers: registers)
  }

  func add(to router: ServiceRouter) {
    router.write(
      .put, "/areas/{kind}/{code}", Self.writers, "Enters a cluster or locality, or changes its name", ifMatch: true,
      enter)
    router.read("/areas/{kind}/{code}", .roles(Self.staff, .shared), "A cluster or locality") {
      try await read.area($0.path("code", "Area") { $0 }, Self.kind($0))
    }
    router.read("/areas/{kind}", .roles(Self.staff, .shared), "The clusters or localities") {
      try await read.areas(Self.kind($0))
    }
    router.write(
      .put, "/schools/{urn}/assignments/{kind}", Self.assigners,
      "Says which cluster, locality, offer or officer a school has from a day on", ifMatch: true, assigned)
    router.read(
      "/schools", .roles(Self.staff, .ownRecords), "Schools with what they belong to on a day",
      query: [
        Self.cluster.about, Self.locality.about, Self.officer.about, Self.on.about, Self.afterSchool.about,
        Self.limit.about,
      ], schools)
  }

  private func enter(_ call: Call, _ form: AreaForm) async throws -> Remembered<RecordArea.Answer> {
    let kind = try Self.kind(call)
    let code = try call.path("code", "Area") { $0 }
    let name = PlainText.checked(form.name, upTo: Self.nameBytes)
    var faults = Faults()
    faults.require(
      PlainText.isCode(code, upTo: Self.codeBytes), "code",
      "must be 1 to \(Self.codeBytes) letters, digits and hyphens")
    faults.require(name != nil, "/name", "must have 1 to \(Self.nameBytes) bytes and no control character")
    try faults.refuse()
    return try await record(Areas.Area(code: code, name: name ?? ""), kind, by: call.edit)
  }

  private func assigned(_ call: Call, _ form: AssignmentForm) async throws -> Remembered<AssignSchool.Answer> {
    let school = try call.school
    let kind = try call.path("kind", "Kind of assignment") { AssignmentKind(rawValue: $0) }
    guard form.last.map({ form.first <= $0 }) ?? true else {
      throw Problem.invalid([.init("/last", "must be on or after first")])
    }
    return try await assign(
      AssignmentSpan(first: form.first, last: form.last, value: form.value), kind, of: school, by: call.edit)
  }

  private func schools(_ call: Call) async throws -> Page<ReadSchoolList.Line> {
    var question = ReadSchoolList.Question(
      cluster: try call[Self.cluster], locality: try call[Self.locality], officer: try call[Self.officer],
      day: try call[Self.on], after: try call[Self.afterSchool])
    question.schools = call.caller.confinedTo
    question.limit = try call[Self.limit]
    guard 1...ReadSchoolList.pageSize ~= question.limit else {
      throw Problem.invalid([.init("limit", "must be 1 to \(ReadSchoolList.pageSize)")])
    }
    return try await read.page(question)
  }

  private static func kind(_ call: Call) throws(Problem) -> AreaKind {
    try call.path("kind", "Kind of area") { AreaKind(rawValue: $0) }
  }
}
