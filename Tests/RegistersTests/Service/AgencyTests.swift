import Foundation
import HTTPTypes
import RegistersDomain
import Rulebook
import ServiceKit
import Testing

/// A partner agency sees figures of many children, and nothing else.
@Suite(.timeLimit(.minutes(10))) struct AgencyTests {
  /// Three schools in three clusters, with 30, 3 and 12 children; some absences of few.
  private static func fill(_ world: World) async throws {
    for (place, count) in [30, 3, 12].enumerated() {
      let school = "90010\(place + 1)"
      let numbers = (0..<count).map { place * 100 + $0 }
      try await world.open(school)
      let rows = numbers.map { number in
        World.pupil(number, #","sex":"\#(number % 7 == 0 ? "F" : "M")""#)
          .replacing("2016-05-04", with: number % 11 == 0 ? "2017-05-04" : "2016-05-04")
          .replacing("\"yearGroup\":\"5\",", with: "")
      }
      _ = try await world.enter(rows, school: school)
      try await world.fill(numbers, from: "2026-09-07", to: "2026-09-18", school: school) { number, day, session in
        guard number % 9 == 0, day.iso == "2026-09-08" else { return number == 1 ? "O" : nil }
        return session == .am ? "I" : "L"
      }
      try world.assign(school, ["east", "west", "north"][place], from: "2025-09-01", to: nil)
    }
    try world.execute(
      """
      INSERT INTO flags (pupil, kind, first, at_millis, actor, role)
      SELECT number, 'looked-after', 20000, 0, 'user', 'virtual-school' FROM pupils WHERE number % 20 = 1;
      INSERT INTO flags (pupil, kind, first, at_millis, actor, role)
      SELECT number, 'free-meals', 20000, 0, 'user', 'attendance-officer' FROM pupils WHERE number % 3 = 1;
      """)
  }

  private static let groupings =
    ["none", "cluster", "locality", "phase", "year-group", "sex", "code", "month"]
    + Set(PupilFlag.allCases).subtracting(PupilFlag.withheldFromSplits).map(\.rawValue).sorted().map { "flag:\($0)" }
  private static let withheld =
    ["school", "week"] + PupilFlag.withheldFromSplits.map(\.rawValue).sorted().map { "flag:\($0)" }

  /// Every whole number of an answer with the path to it.
  private static func numbers(_ value: Any, _ path: String = "") -> [(path: String, number: Int)] {
    switch value {
    case let object as [String: Any]:
      object.sorted { $0.key < $1.key }.flatMap { numbers($0.value, "\(path)/\($0.key)") }
    case let list as [Any]: list.enumerated().flatMap { numbers($0.element, "\(path)/\($0.offset)") }
    case let number as NSNumber where !isTruth(number): [(path, number.intValue)]
    default: []
    }
  }

  private static func isTruth(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

  @Test func noSmallNumberIsInAnyFigure() async throws {
    try await World.run { world in
      try await Self.fill(world)
      world.move(to: MadeUp.day("2026-10-05"))
      let small = SmallNumbers.range(on: MadeUp.day("2026-09-30"))
      var shown = 0
      var hidden = 0
      for grouping in Self.groupings {
        for cohort in ["local", "national"] {
          for period in ["from=2026-09-01&to=2026-09-30", "from=2026-08-01&to=2027-07-31", "period=year"] {
            for suppress in ["", "&suppress=false"] {
              let query = "scope=authority&groupBy=\(grouping)&cohort=\(cohort)&\(period)\(suppress)"
              let answer = try await world.send(.get, "/figures?\(query)", as: .agency)
              #expect(answer.status == 200 && answer["suppressed"] == true, "\(query)")
              for name in ["total", "groups"] {
                for (path, number) in Self.numbers(answer.json[name] ?? []) {
                  shown += 1
                  if small.contains(number) { Issue.record("\(query): \(number) at /\(name)\(path)") }
                }
              }
              hidden += answer.text.components(separatedBy: #""suppressed":true"#).count - 1
            }
          }
        }
      }
      #expect(shown > 1_000 && hidden > 100, "there are figures, and there is something to keep back")
      // The same tables have small numbers for who may see them.
      let whole = try await world.send(
        .get, "/figures?scope=authority&groupBy=cluster&from=2026-09-01&to=2026-09-30", as: .manager)
      #expect(Self.numbers(whole.json["groups"] ?? []).contains { small.contains($0.number) })
    }
  }

  /// Two answers, of which one is a part of the other, would give away by subtraction what each keeps back.
  @Test func nothingIsToBeHadInParts() async throws {
    try await World.run { world in
      try await Self.fill(world)
      let span = "from=2026-09-01&to=2026-09-30"
      for scope in ["school:900101", "school:900102", "cluster:east", "cluster:west", "phase:primary"] {
        #expect(try await world.send(.get, "/figures?scope=\(scope)&\(span)", as: .agency).status == 403, "\(scope)")
        #expect(try await world.send(.get, "/figures?scope=\(scope)&\(span)", as: .manager).status == 200, "\(scope)")
      }
      let past = "/figures?scope=authority&\(span)&asOf=2026-09-17T12:00:00.000Z"
      #expect(try await world.send(.get, past, as: .agency).status == 403, "what a correction changed")
      #expect(try await world.send(.get, past, as: .manager).status == 200)
      for grouping in Self.withheld {
        let path = "/figures?scope=authority&\(span)&groupBy=\(grouping)"
        #expect(try await world.send(.get, path, as: .agency).status == 403, "\(grouping)")
      }
    }
  }

  /// Of all routes that are described, an agency has three: figures, what they mean, and when schools are open.
  @Test func nothingElseIsOpen() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      let described = try await world.send(.get, "/openapi.json", as: nil).json
      let paths = try #require(described["paths"] as? [String: [String: Any]])
      var open: Set<String> = []
      for (path, operations) in paths {
        for (name, value) in operations {
          guard let method = HTTPRequest.Method(name.uppercased()), let operation = value as? [String: Any],
            let roles = operation["x-roles"] as? [String]
          else { continue }
          if roles.contains("agency") { open.insert("\(method.rawValue) \(path)") }
          let real = path.replacing("{id}", with: id).replacing("{urn}", with: World.school)
          let answer = try await world.send(
            method, real, as: .agency, operation["requestBody"] == nil ? nil : "{}")
          #expect(roles.contains("agency") || answer.status == 403, "\(method) \(path): \(answer.status)")
          #expect(!answer.text.contains(id) && !answer.text.contains("Quarrington"), "\(method) \(path)")
        }
      }
      #expect(open == ["GET /figures", "GET /figures/definitions", "GET /term-dates"])
    }
  }
}
