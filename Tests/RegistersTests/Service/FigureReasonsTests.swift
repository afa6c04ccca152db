import Foundation
import HTTPTypes
import Rulebook
import Seeded
import ServiceKit
import Testing

@testable import RegistersService

/// Every figure can be asked why: down to the enrolments, and from an enrolment down to its sessions.
@Suite(.timeLimit(.minutes(10))) struct FigureReasonsTests {
  private static let span = "from=2026-09-01&to=2026-12-31"
  private static let codes = ["/", "/", "/", "/", "I", "O", "L", "U", "M", "C2", "X", "Y2", "N"]

  /// A school with marks chosen by chance, some of them amended.
  private static func world(
    _ seed: UInt64, _ body: @Sendable @escaping (World, [Int: String]) async throws -> Void
  ) async throws {
    print("seed \(seed)")
    try await World.run { world in
      var random = SeededGenerator(seed: seed)
      world.move(to: MadeUp.day("2026-12-19"))
      try await world.open()
      let ids = try await world.enrol(Array(0..<12))
      for _ in 0..<2 {
        let rows = MadeUp.autumn.schoolDays.flatMap { day in
          (0..<12).compactMap { pupil in
            random.below(5) == 0 ? nil : "\(MadeUp.upn(pupil)),\(day),AM,\(random.pick(codes))"
          }
        }
        #expect(try await world.upload(rows).status == 200)
      }
      try await body(world, ids)
    }
  }

  @Test(arguments: [UInt64(31), 32]) func enrolmentsAddUpToTheSchoolsFigures(seed: UInt64) async throws {
    try await Self.world(seed) { world, ids in
      for cohort in ["local", "national"] {
        let whole = try await world.send(
          .get, "/figures?scope=school:\(World.school)&\(Self.span)&cohort=\(cohort)")
        let total = try #require(whole.json["total"] as? [String: Any])
        let page = try await world.send(.get, "/schools/\(World.school)/figures?\(Self.span)&cohort=\(cohort)")
        let lines = page.list("enrolments")
        #expect(lines.count == total["enrolments"] as? Int && lines.count == 12, "seed \(seed)")
        #expect(Set(lines.compactMap { $0["pupil"] as? String }) == Set(ids.values))
        func sum(_ name: String) -> Int {
          lines.reduce(0) { $0 + (($1["figures"] as? [String: Any])?[name] as? Int ?? 0) }
        }
        let figures = try #require(total["figures"] as? [[String: Any]])
        func figure(_ measure: String) -> (Int?, Int?) {
          let found = figures.first { $0["measure"] as? String == measure }
          return (found?["numerator"] as? Int, found?["denominator"] as? Int)
        }
        #expect(figure("attendance") == (sum("present"), sum("possible")), "seed \(seed)")
        #expect(figure("unauthorised") == (sum("unauthorised"), sum("possible")), "seed \(seed)")
        let persistent = lines.count { $0["persistentlyAbsent"] as? Bool == true }
        #expect(figure("persistent-absence") == (persistent, lines.count), "seed \(seed)")
      }
    }
  }

  @Test(arguments: [UInt64(41)]) func sessionsAddUpToTheChildsFigures(seed: UInt64) async throws {
    try await Self.world(seed) { world, ids in
      var amended = 0
      for id in ids.values {
        let attendance = try await world.send(.get, "/pupils/\(id)/attendance?\(Self.span)")
        let codes = try #require(attendance.list("registrations").first?["codes"] as? [String: Int])
        let answer = try await world.send(.get, "/pupils/\(id)/sessions?\(Self.span)")
        let sessions = answer.list("sessions")
        let tallies = Dictionary(grouping: sessions) { $0["code"] as? String ?? "" }.mapValues(\.count)
        #expect(tallies == codes, "seed \(seed)")
        let rules = Dictionary(
          grouping: answer.list("rules")
        ) { $0["code"] as? String ?? "" }
        #expect(Set(rules.keys) == Set(codes.keys) && rules.values.allSatisfy { $0.count == 1 })
        #expect(answer.list("rules").allSatisfy { ($0["source"] as? String)?.contains("2024") ?? false })
        for session in sessions {
          let changes = session["amendments"] as? [[String: Any]] ?? []
          #expect(changes.isEmpty || changes.last?["to"] as? String == session["code"] as? String)
          amended += changes.count
        }
      }
      #expect(amended > 100)
    }
  }

  @Test func everyFigureIsDefined() async throws {
    try await Self.world(51) { world, ids in
      let id = try #require(ids[0])
      let flag = try await world.send(.put, "/pupils/\(id)/flags/looked-after", #"{"first":"2026-09-02"}"#)
      #expect(flag.status == 200)
      let answers = [
        try await world.send(.get, "/figures?scope=authority&\(Self.span)&groupBy=school"),
        try await world.send(.get, "/figures/children-in-care?year=2026-27&on=2026-12-18"),
        try await world.send(.get, "/figures/missing-out-on-education?on=2026-12-18"),
      ]
      var used: Set<String> = []
      func collect(_ value: Any) {
        if let object = value as? [String: Any] {
          if let definition = object["definition"] as? String {
            used.insert("\(definition) \(object["measure"] as? String ?? "missing-out-on-education")")
          }
          object.values.forEach(collect)
        } else if let list = value as? [Any] {
          list.forEach(collect)
        }
      }
      for answer in answers {
        #expect(answer.status == 200)
        collect(answer.json)
      }
      let defined = try await world.send(.get, "/figures/definitions").list("definitions")
      let names = Set(defined.map { "\($0["definition"] ?? "") \($0["measure"] ?? "")" })
      #expect(used == names, "used but not defined, or defined and never given")
      let persistent = try #require(defined.first { $0["measure"] as? String == "persistent-absence" })
      let rules = try #require(persistent["rules"] as? [[String: Any]])
      #expect(rules.contains { $0["value"] as? String == "15 of 100" && $0["inForceTo"] as? String == "2015-07-31" })
    }
  }
}
