import Contracts
import GRDB
import HTTPTypes
import RegistersDomain
import Rulebook
import ServiceKit
import Testing

@testable import RegistersService

/// Lists of findings: their order, their pages, and what each reader may learn from them.
@Suite(.timeLimit(.minutes(10))) struct FindingListTests {
  private static let second = "900102"

  /// Children 0 to 5 with an unexplained absence each; what is known of some of them was known before.
  private static func fill(_ world: World, _ flags: [(pupil: Int, kind: String)]) async throws -> [Int: String] {
    try await world.open()
    let ids = try await world.enrol(Array(0..<6))
    for flag in flags {
      let id = try #require(ids[flag.pupil])
      let put = try await world.send(.put, "/pupils/\(id)/flags/\(flag.kind)", #"{"first":"2026-09-01"}"#)
      #expect(put.status == 200)
    }
    _ = try await world.upload((0..<6).map { "\(MadeUp.upn($0)),2026-09-07,AM,N" })
    return ids
  }

  private static func pages(
    _ world: World, _ filter: Findings.Filter, limit: Int, _ between: () throws -> Void = {}
  ) throws -> [[Int64]] {
    var pages: [[Int64]] = []
    var position: Findings.Position? = .init(0)
    while let after = position {
      // The position as callers hand it back.
      let page = try world.stored { try Findings.page(filter, after: .init(after.text), limit: limit, in: $0) }
      if !page.findings.isEmpty { pages.append(page.findings.map(\.number)) }
      position = page.next
      try between()
    }
    return pages
  }

  @Test func eachFindingIsOnOnePageChildrenOfConcernFirst() async throws {
    try await World.run { world in
      _ = try await Self.fill(world, [(4, "social-worker"), (5, "looked-after")])
      let all = Findings.Filter()
      let order = try Self.pages(world, all, limit: 100).flatMap { $0 }
      // Those of concern are told first, so that they have the first numbers.
      #expect(order == [1, 2, 3, 4, 5, 6])
      try world.execute("UPDATE findings SET concerns = CASE WHEN number IN (3, 6) THEN 'social-care' ELSE '' END")
      for limit in 1...7 {
        let pages = try Self.pages(world, all, limit: limit)
        #expect(pages.flatMap { $0 } == [3, 6, 1, 2, 4, 5], "limit \(limit)")
        #expect(pages.allSatisfy { $0.count <= limit })
      }
    }
  }

  /// What lapses while somebody turns the pages moves nothing.
  @Test func nothingIsSkippedWhenSomethingLapsesBetweenTwoPages() async throws {
    try await World.run { world in
      _ = try await Self.fill(world, [(4, "social-worker"), (5, "looked-after")])
      let open = Findings.Filter(isOpen: true)
      var next: Int64 = 1
      let pages = try Self.pages(world, open, limit: 2) {
        try world.execute("UPDATE findings SET lapsed_millis = 1 WHERE number = \(next)")
        next += 1
      }
      #expect(pages.flatMap { $0 } == [1, 2, 3, 4, 5, 6])
    }
  }

  /// Whom a reader may not know about stands among the others: the order would tell.
  @Test func theOrderTellsNobodyWhatHeMayNotKnow() async throws {
    try await World.run { world in
      let ids = try await Self.fill(world, [(5, "youth-justice"), (4, "child-protection-plan"), (3, "looked-after")])
      try world.execute("UPDATE findings SET number = number + 100")
      try world.execute(
        """
        UPDATE findings SET number = (SELECT r.pupil FROM registrations r WHERE r.number = findings.registration)
        """)
      func list(_ role: Role, _ schools: [String]? = nil) async throws -> [(pupil: String, concerns: [String])] {
        let path = schools == nil ? "/findings" : "/schools/\(World.school)/findings"
        let answer = try await world.send(.get, path, as: role, schools: schools)
        #expect(answer.status == 200)
        return answer.list("findings").map { ($0["pupil"] as? String ?? "", $0["concerns"] as? [String] ?? []) }
      }
      let officer = try await list(.attendanceOfficer)
      #expect(officer.map(\.pupil) == [3, 4, 5, 0, 1, 2].map { ids[$0] })
      #expect(officer.map(\.concerns).prefix(3) == [["virtual-school"], ["social-care"], ["youth-justice"]])
      // That there is a social worker a school may know, that there is a plan not: one word for both is not told.
      let school = try await list(.school, [World.school])
      #expect(school.map(\.pupil) == [3, 0, 1, 2, 4, 5].map { ids[$0] })
      #expect(school.map(\.concerns) == [["virtual-school"], [], [], [], [], []])
      #expect(try await list(.manager).map(\.pupil) == (0..<6).map { ids[$0] })
      // The virtual school is told of children who are looked after today, and of no other.
      #expect(try await list(.virtualSchool).map(\.pupil) == [ids[3]])
      let why = try #require(try world.sql("SELECT max(number) AS n FROM findings").first?["n"] as Int64?)
      #expect(try await world.send(.get, "/findings/f\(why)/why", as: .virtualSchool).status == 404)
      for concern in ["social-care", "youth-justice"] {
        let path = "/schools/\(World.school)/findings?concern=\(concern)"
        #expect(try await world.send(.get, path, as: .school, schools: [World.school]).status == 403)
      }
    }
  }

  /// The reasons of a share are the sessions that it is a share of: none after compulsory school age.
  @Test func aShareRestsOnSessionsOfCompulsorySchoolAge() async throws {
    try await World.run { world in
      try await world.open()
      let calendar = #"{"terms":[{"first":"2026-05-11","last":"2026-07-17"}]}"#
      #expect(try await world.send(.put, "/schools/\(World.school)/calendars/2025-26", calendar).status == 200)
      let child = World.pupil(0).replacing("2016-05-04", with: "2010-05-04").replacing("\"5\"", with: "\"11\"")
      _ = try await world.enter([child])
      let term = DayRange(first: MadeUp.day("2026-05-11"), last: MadeUp.day("2026-07-03"))
      let days = (term.first.ordinal...term.last.ordinal).map(Day.init(ordinal:)).filter { $0.weekday <= 5 }
      _ = try await world.upload(days.flatMap { day in ["AM", "PM"].map { "\(MadeUp.upn(0)),\(day),\($0),I" } })
      let found = try await world.send(.get, "/findings?kind=persistent-absence").list("findings")
      let finding = try #require(found.first)
      #expect(finding["on"] as? String == "2026-06-26", "the last Friday in June")
      let why = try await world.send(.get, "/findings/\(finding["finding"] as? String ?? "")/why")
      #expect(why.list("sessions").count == finding["count"] as? Int)
      #expect(why.list("sessions").compactMap { $0["date"] as? String }.max() == "2026-06-26")
    }
  }

  @Test func aPageOutOfRangeIsRefusedOrEmpty() async throws {
    try await World.run { world in
      _ = try await Self.fill(world, [])
      #expect(try await world.send(.get, "/findings?after=-1").status == 400)
      #expect(try await world.send(.get, "/findings?after=9223372036854775807").list("findings").isEmpty)
      #expect(try await world.send(.get, "/findings?after=9223372036854775808").status == 400)
    }
  }

  /// What is of all a child's schools, or of all schools, is not for who is bound to some of them.
  @Test func whoIsBoundToSomeSchoolsIsNotGivenWhatIsOfAll() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open(Self.second)
      let id = try #require(try await world.enter([World.pupil(0, #","status":"main""#)]).ids.first)
      _ = try await world.enter([World.pupil(0, #","status":"subsidiary""#)], school: Self.second)
      for role in [Role.attendanceOfficer, .legalOfficer] {
        let path = "/pupils/\(id)/subject-access"
        let refused = try await world.send(.get, path, as: role, schools: [World.school])
        #expect(refused.status == 404 && !refused.text.contains(id))
        #expect(try await world.send(.get, path, as: role, schools: [World.school, Self.second]).status == 200)
        #expect(try await world.send(.get, path, as: role).status == 200)
      }
      for role in [Role.attendanceOfficer, .manager] {
        let path = "/export?table=pupils"
        #expect(try await world.send(.get, path, as: role, schools: [World.school]).status == 403)
        #expect(try await world.send(.get, path, as: role).status == 200)
      }
      // A token that names a school which cannot be is bound all the same.
      let odd = try await world.send(.get, "/findings", schools: ["no school"])
      #expect(odd.status == 200 && odd.list("findings").isEmpty)
    }
  }
}
