import Contracts
import GRDB
import HTTPTypes
import RegistersDomain
import Rulebook
import ServiceKit
import Testing

@testable import RegistersService

/// Flags: set with their days, seen by those who need them.
@Suite(.timeLimit(.minutes(10))) struct FlagTests {
  @Test func eachSeesWhatItNeeds() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enter([World.pupil(0)]).ids.first)
      for kind in PupilFlag.allCases {
        let put = try await world.send(.put, "/pupils/\(id)/flags/\(kind.rawValue)", #"{"first":"2026-09-01"}"#)
        #expect(put.status == 200, "\(kind)")
      }
      let told = try await world.all(ConcernsRecorded.self)
      #expect(told.count == PupilFlag.allCases.count { $0.concern != nil }, "only flags that are somebody's concern")
      #expect(told.last?.concerns.map(\.concern) == Concern.allCases, "a plan and a social worker are one concern")
      func seen(_ role: Role, _ schools: [String]? = nil) async throws -> Set<String> {
        let answer = try await world.send(.get, "/pupils/\(id)/flags", as: role, schools: schools)
        #expect(answer.status == 200)
        return Set(answer.list("flags").compactMap { $0["kind"] as? String })
      }
      #expect(try await seen(.attendanceOfficer).count == PupilFlag.allCases.count)
      #expect(try await seen(.cmeOfficer).contains("youth-justice"))
      #expect(try await seen(.virtualSchool) == ["social-worker", "looked-after"])
      let own = try await seen(.school, [World.school])
      #expect(own.contains("free-meals") && own.contains("looked-after"))
      #expect(!own.contains("youth-justice") && !own.contains("child-protection-plan"))
      for role in [Role.manager, .agency, .service, .operator, .integration] {
        #expect(try await world.send(.get, "/pupils/\(id)/flags", as: role).status == 403)
      }
      #expect(try await world.send(.get, "/pupils/\(id)/flags", as: .school, schools: ["900102"]).status == 404)
      let set = try await world.send(
        .put, "/pupils/\(id)/flags/youth-justice", as: .school, schools: [World.school], #"{"first":"2026-09-02"}"#)
      #expect(set.status == 403)
      // The school that the child left knows nothing of it.
      _ = try await world.enter([World.pupil(0, #","leftOn":"2026-09-08","ground":"a""#)])
      world.move(to: MadeUp.day("2026-09-09"))
      #expect(try await seen(.school, [World.school]).isEmpty)
      #expect(try world.sql("SELECT count(*) AS n FROM audit_log WHERE action = 'pupil.flags.read'").first?["n"] == 5)
    }
  }

  @Test func flagsHaveTheirDays() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enter([World.pupil(0)]).ids.first)
      func put(_ first: String, _ last: String?, kind: String = "free-meals") async throws -> Int {
        let end = last.map { #","last":"\#($0)""# } ?? ""
        return try await world.send(.put, "/pupils/\(id)/flags/\(kind)", #"{"first":"\#(first)"\#(end)}"#).status
      }
      #expect(try await put("2026-01-01", nil) == 200)
      #expect(try await put("2026-03-01", nil) == 409, "it lasts already")
      #expect(try await put("2025-12-01", "2026-01-01") == 409)
      #expect(try await put("2025-12-01", "2025-12-31") == 200)
      #expect(try await put("2026-01-01", "2026-08-31") == 200, "the last day is known now")
      #expect(try await put("2026-01-01", "2026-08-31") == 200)
      #expect(try await put("2026-09-01", "2026-08-31") == 422)
      #expect(try await put("2026-09-01", nil, kind: "rich") == 404)
      #expect(try await put("2026-09-31", nil) == 422)
      let flags = try await world.send(.get, "/pupils/\(id)/flags").list("flags")
      #expect(flags.map { $0["last"] as? String } == ["2025-12-31", "2026-08-31"])
      #expect(flags.map { $0["inForce"] as? Bool } == [false, false])
      #expect(try world.sql("SELECT count(*) AS n FROM admission_log WHERE kind = 'flag'").first?["n"] == 3)
    }
  }

  /// What rules ask of the store: what is true of one child, and of whom something is true.
  @Test func rulesAskByDay() async throws {
    try await World.run { world in
      try await world.open()
      let ids = try await world.enter((0..<3).map { World.pupil($0) }).ids
      for (row, kind, first, last) in [
        (0, "looked-after", "2026-01-01", #","last":"2026-06-30""#), (0, "social-worker", "2026-06-30", ""),
        (1, "looked-after", "2026-07-01", ""), (2, "free-meals", "2026-01-01", ""),
      ] {
        _ = try await world.send(.put, "/pupils/\(ids[row])/flags/\(kind)", #"{"first":"\#(first)"\#(last)}"#)
      }
      let numbers = try ids.map { id in
        try #require(try world.sql("SELECT number FROM pupils WHERE id = '\(id)'").first?["number"] as Int64?)
      }
      let expected: [(day: String, one: Set<PupilFlag>, all: [Int64: Set<PupilFlag>])] = [
        ("2025-12-31", [], [:]), ("2026-01-01", [.lookedAfter], [numbers[0]: [.lookedAfter]]),
        ("2026-06-30", [.lookedAfter, .socialWorker], [numbers[0]: [.lookedAfter, .socialWorker]]),
        ("2026-07-01", [.socialWorker], [numbers[0]: [.socialWorker], numbers[1]: [.lookedAfter]]),
      ]
      for (day, one, all) in expected {
        let (found, every) = try world.stored { db in
          (
            try Flags.inForce(numbers[0], on: MadeUp.day(day), in: db),
            try Flags.all(of: [.lookedAfter, .socialWorker], on: MadeUp.day(day), in: db)
          )
        }
        #expect(found == one && every == all, "\(day)")
      }
    }
  }
}
