import Contracts
import Hummingbird
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// What schools and officers check: reasons that are not established, codes that cannot be right, arrangements on which
/// codes depend, and where a child's absence falls.
struct CheckRoutes: Sendable {
  let unresolved: ReadUnresolved
  let codingFaults: ReadCodingFaults
  let arrange: ArrangeForPupil
  let patterns: ReadPatterns

  private static let users = Policy.roles(.school, .attendanceOfficer, reach: .ownSchool)
  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)
  /// The longest span of a check, days: of one school a year, of all a term.
  private static let mostDays = 366
  private static let mostDaysOfAll = 124
  private static let after = About.Parameter(
    "after", .integer(minimum: 0), required: false, "What the page before gave as next.")
  private static let span = [
    About.Parameter("from", .string(format: "date"), "The first day."),
    About.Parameter("to", .string(format: "date"), "The last day."),
  ]

  func add(to router: ServiceRouter) {
    addChecks(to: router)
    addArrangements(to: router)
    router.on(
      .get, "/pupils/{id}/patterns", .roles(.school, .attendanceOfficer, .legalOfficer, reach: .ownRecords),
      About(
        "Where a child's absence and lateness fall, each count beside its plain expectation", query: Self.span,
        answer: ReadPatterns.Answer.self)
    ) { request, context in
      let id = try context.pupil()
      return try .json(
        try await patterns(
          id, try FigureRoutes.days(request), by: try context.caller))
    }
  }

  private func addChecks(to router: ServiceRouter) {
    router.on(
      .get, "/schools/{urn}/unresolved", Self.users,
      About(
        "A school's sessions whose reason is not yet established, with the day by which it must be",
        query: [Self.after], answer: ReadUnresolved.Page.self)
    ) { request, context in
      let urn = try context.ownSchool()
      let after = try request.optionalQuery("after") { Int64($0) } ?? 0
      return try .json(
        try await unresolved.page(of: urn, after: after, by: try context.caller))
    }
    router.on(
      .get, "/registers/unresolved", Self.officers,
      About(
        "How many sessions of each school have no established reason, and how many are overdue",
        answer: ReadUnresolved.Counts.self)
    ) { _, context in try .json(try await unresolved.counts(for: try context.caller)) }
    router.on(
      .get, "/schools/{urn}/coding-faults", Self.users,
      About(
        "A school's sessions whose codes cannot be right or are unlikely", query: Self.span + [Self.after],
        answer: ReadCodingFaults.Page.self)
    ) { request, context in
      let urn = try context.ownSchool()
      let days = try FigureRoutes.days(request, most: Self.mostDays)
      try Self.requireKept(days)
      let after = try request.optionalQuery("after") { Int64($0) } ?? 0
      return try .json(
        try await codingFaults.page(
          of: urn, days, after: after, by: try context.caller))
    }
    router.on(
      .get, "/registers/coding-faults", Self.officers,
      About(
        "How many coding faults each school has, by rule", query: Self.span, answer: ReadCodingFaults.Counts.self)
    ) { request, context in
      let days = try FigureRoutes.days(request, most: Self.mostDaysOfAll)
      try Self.requireKept(days)
      return try .json(try await codingFaults.counts(days, for: try context.caller))
    }
  }

  private func addArrangements(to router: ServiceRouter) {
    router.on(
      .post, "/schools/{urn}/arrangements", Self.users,
      About(
        "Records a part-time timetable, a suspension or exclusion, provision off site or leave",
        body: ArrangeForPupil.Form.self, answer: ArrangeForPupil.Line.self)
    ) { request, context in
      let urn = try context.ownSchool()
      let form = try await request.json(ArrangeForPupil.Form.self)
      return try .json(
        try await arrange.record(form, at: urn, by: try context.caller))
    }
    router.on(
      .get, "/schools/{urn}/arrangements", Self.users,
      About("What a school arranged for its children", query: [Self.after], answer: ArrangeForPupil.Page.self)
    ) { request, context in
      let urn = try context.ownSchool()
      let after = try request.optionalQuery("after") { Int64($0) } ?? 0
      return try .json(
        try await arrange.page(of: urn, after: after, by: try context.caller))
    }
    router.on(
      .post, "/arrangements/{number}/end", .roles(.school, .attendanceOfficer, reach: .ownRecords),
      About(
        "Ends an arrangement on a day", body: ArrangeForPupil.EndForm.self, answer: ArrangeForPupil.Line.self,
        takesIfMatch: true)
    ) { request, context in
      let number = try Self.arrangement(context)
      let form = try await request.json(ArrangeForPupil.EndForm.self)
      let caller = try context.caller
      let registers = arrange.registers.onlyIf(Precondition(request)) {
        try ArrangeForPupil.line(number, for: caller, in: $0)
      }
      return try .json(
        try await ArrangeForPupil(registers: registers).end(number, on: form.last, by: caller))
    }
    router.on(
      .get, "/arrangements/{number}", .roles(.school, .attendanceOfficer, reach: .ownRecords),
      About("What a school arranged for a child", answer: ArrangeForPupil.Line.self)
    ) { _, context in
      try .json(
        try await arrange.line(
          try Self.arrangement(context), by: try context.caller))
    }
  }

  private static func arrangement(_ context: ServiceRequestContext) throws(Problem) -> Int64 {
    guard let number = Int64(try context.parameter("number")) else { throw .notFound("Arrangement") }
    return number
  }

  /// A year that no row is kept for has no marks to check.
  private static func requireKept(_ days: DayRange) throws(Problem) {
    guard [days.first, days.last].allSatisfy({ PupilYearTable.years.contains(SchoolYear(containing: $0).startYear) })
    else { throw .invalid([.init("from", "must be in a year for which marks are kept")]) }
  }
}
