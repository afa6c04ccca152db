import Contracts
import Hummingbird
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// Clusters and localities, and which schools belong to what on which day.
struct AreaRoutes: Sendable {
  let record: RecordArea
  let assign: AssignSchool
  let read: ReadSchoolList

  private static let writers = Policy.roles(.attendanceOfficer, .manager, .operator)
  private static let readers = Policy.roles(
    .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, .manager, .operator)
  private static let codeBytes = 40
  private static let nameBytes = 200
  /// The longest code or identifier that a question may name.
  private static let filterBytes = 100

  private struct AreaForm: Codable, Sendable { let name: String }

  private struct AssignmentForm: Codable, Sendable {
    let value: String
    let first: Day
    let last: Day?
  }

  init(desk: RegisterDesk) {
    record = RecordArea(desk: desk)
    assign = AssignSchool(desk: desk)
    read = ReadSchoolList(desk: desk)
  }

  func add(to router: ServiceRouter) {
    router.on(
      .put, "/areas/{kind}/{code}", Self.writers,
      About("Enters a cluster or locality, or changes its name", body: AreaForm.self, answer: RecordArea.Answer.self)
    ) { request, context in
      let kind = try Self.kind(context)
      let code = try context.parameter("code")
      guard PlainText.isCode(code, upTo: Self.codeBytes) else {
        throw Problem.invalid([.init("code", "must be 1 to \(Self.codeBytes) letters, digits and hyphens")])
      }
      let form = try await request.json(AreaForm.self)
      guard let name = PlainText.checked(form.name, upTo: Self.nameBytes) else {
        throw Problem.invalid([.init("/name", "must have 1 to \(Self.nameBytes) bytes and no control character")])
      }
      return try .json(try await record(Areas.Area(code: code, name: name), kind))
    }
    router.on(
      .get, "/areas/{kind}", Self.readers,
      About("The clusters or localities", answer: ReadSchoolList.AreasAnswer.self)
    ) { _, context in
      try .json(try await read.areas(try Self.kind(context)))
    }
    addAssignments(to: router)
  }

  private func addAssignments(to router: ServiceRouter) {
    router.on(
      .put, "/schools/{urn}/assignments/{kind}", Self.writers,
      About(
        "Says which cluster, locality, offer or officer a school has from a day on", body: AssignmentForm.self,
        answer: AssignSchool.Answer.self)
    ) { request, context in
      let urn = try context.ownSchool()
      guard let kind = AssignmentKind(rawValue: try context.parameter("kind")) else {
        throw Problem.notFound("Kind of assignment")
      }
      let form = try await request.json(AssignmentForm.self)
      guard form.last.map({ form.first <= $0 }) ?? true else {
        throw Problem.invalid([.init("/last", "must be on or after first")])
      }
      return try .json(
        try await assign(
          AssignmentSpan(first: form.first, last: form.last, value: form.value), kind, of: urn,
          by: try context.caller, requestID: context.requestID))
    }
    router.on(
      .get, "/schools", Self.readers,
      About(
        "Schools with what they belong to on a day",
        query: [
          .init("cluster", .string(), required: false, "Only schools of the cluster."),
          .init("locality", .string(), required: false, "Only schools of the locality."),
          .init("officer", .string(), required: false, "Only schools of the officer, by an opaque identifier."),
          .init("on", .day, required: false, "The day; today when absent."),
          .init("after", .urn, required: false, "The last school of the page before."),
          .init("limit", .integer(minimum: 1), required: false, "The most schools, 1 to \(ReadSchoolList.pageSize)."),
        ], answer: ReadSchoolList.Page.self)
    ) { request, _ in
      func name(_ parameter: String) throws(Problem) -> String? {
        try request.optionalQuery(parameter) { PlainText.isCode($0, upTo: Self.filterBytes) ? $0 : nil }
      }
      var question = ReadSchoolList.Question(
        cluster: try name("cluster"), locality: try name("locality"), officer: try name("officer"),
        day: try request.optionalQuery("on") { Day(iso: $0) })
      question.after = try request.optionalQuery("after") { try? URN($0) }
      if let limit = try request.optionalQuery("limit", { Int($0) }) {
        guard 1...ReadSchoolList.pageSize ~= limit else {
          throw Problem.invalid([.init("limit", "must be 1 to \(ReadSchoolList.pageSize)")])
        }
        question.limit = limit
      }
      return try .json(try await read.page(question))
    }
  }

  private static func kind(_ context: ServiceRequestContext) throws(Problem) -> AreaKind {
    guard let kind = AreaKind(rawValue: try context.parameter("kind")) else { throw .notFound("Kind of area") }
    return kind
  }
}
