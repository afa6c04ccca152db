import Contracts
import Hummingbird
import Messaging
import RegistersDomain
import Rulebook
import Schemas
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
    router.on(
      .put, "/areas/{kind}/{code}", Self.writers,
      About(
        "Enters a cluster or locality, or changes its name", body: AreaForm.self, answer: RecordArea.Answer.self,
        takesIfMatch: true)
    ) { request, context in
      let kind = try Self.kind(context)
      let code = try context.parameter("code")
      let name = PlainText.checked(try await request.json(AreaForm.self).name, upTo: Self.nameBytes)
      var faults = Problem.Faults()
      faults.require(
        PlainText.isCode(code, upTo: Self.codeBytes), "code",
        "must be 1 to \(Self.codeBytes) letters, digits and hyphens")
      faults.require(name != nil, "/name", "must have 1 to \(Self.nameBytes) bytes and no control character")
      try faults.refuse()
      let registers = record.registers.onlyIf(Precondition(request)) { try ReadSchoolList.area(code, kind, in: $0) }
      return try .json(
        try await RecordArea(registers: registers)(
          Areas.Area(code: code, name: name ?? ""), kind, by: try context.caller))
    }
    router.on(
      .get, "/areas/{kind}/{code}", .roles(Self.staff, .shared),
      About("A cluster or locality", answer: ReadSchoolList.AreasAnswer.Area.self)
    ) { _, context in
      try .json(try await read.area(try context.parameter("code"), try Self.kind(context)))
    }
    router.on(
      .get, "/areas/{kind}", .roles(Self.staff, .shared),
      About("The clusters or localities", answer: ReadSchoolList.AreasAnswer.self)
    ) { _, context in
      try .json(try await read.areas(try Self.kind(context)))
    }
    addAssignments(to: router)
  }

  private func addAssignments(to router: ServiceRouter) {
    router.on(
      .put, "/schools/{urn}/assignments/{kind}", Self.assigners,
      About(
        "Says which cluster, locality, offer or officer a school has from a day on", body: AssignmentForm.self,
        answer: AssignSchool.Answer.self, takesIfMatch: true)
    ) { request, context in
      let urn = try context.ownSchool()
      guard let kind = AssignmentKind(rawValue: try context.parameter("kind")) else {
        throw Problem.notFound("Kind of assignment")
      }
      let form = try await request.json(AssignmentForm.self)
      guard form.last.map({ form.first <= $0 }) ?? true else {
        throw Problem.invalid([.init("/last", "must be on or after first")])
      }
      let registers = assign.registers.onlyIf(Precondition(request)) { try ReadSchoolList.answer(urn, in: $0) }
      return try .json(
        try await AssignSchool(registers: registers)(
          AssignmentSpan(first: form.first, last: form.last, value: form.value), kind, of: urn,
          by: try context.caller))
    }
    router.on(
      .get, "/schools", .roles(Self.staff, .ownRecords),
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
    ) { request, context in
      func name(_ parameter: String) throws(Problem) -> String? {
        try request.optionalQuery(parameter) { PlainText.isCode($0, upTo: Self.filterBytes) ? $0 : nil }
      }
      var question = ReadSchoolList.Question(
        cluster: try name("cluster"), locality: try name("locality"), officer: try name("officer"),
        day: try request.optionalQuery("on") { Day(iso: $0) })
      question.schools = try context.caller.confinedTo
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
