import Foundation
import HTTPTypes
import Testing

/// A year group of the national data set that is none, and one that cannot be read.
@Suite(.timeLimit(.minutes(10))) struct FieldCase19YearGroupTests {
  private let fieldCase = FieldCase("19-year-group-of-a-special-school")

  @Test func aChildThatFollowsNoCurriculumIsOnTheRegister() async throws {
    try await fieldCase.run(schools: "971019") { world in
      let answer = try await world.send("1-pupils.csv", of: fieldCase, to: "/schools/971019/pupils")
      #expect(answer.tally == [2, 0, 0, 0] && answer.list("notes").isEmpty)
      let transfer = try await world.send(
        "2-transfer.xml", of: fieldCase, to: "/schools/971019/pupils?enrolledOn=2026-09-02", type: "application/xml")
      #expect(transfer.tally == [1, 0, 0, 0] && transfer.list("notes").isEmpty)
      let marks = try await world.send("3-marks.csv", of: fieldCase, to: "/schools/971019/marks")
      #expect(marks.counts == [1, 0, 0, 0, 0, 0])
      let roll = try await world.roll("971019").list("pupils")
      #expect(roll.map { $0["yearGroup"] as? String } == ["X", "10", "X"])
      // It leaves as it came, and comes back in.
      let file = try await world.send(.get, "/schools/971019/pupils.csv").text
      #expect(try await world.send(.post, "/schools/971019/pupils", type: "text/csv", file).tally == [0, 0, 3, 0])
    }
  }

  @Test(arguments: ["Y15", "1/2", "Dolphins"]) func aYearGroupNobodyCanReadNeverCostsTheChild(_ text: String)
    async throws
  {
    try await fieldCase.run(schools: "971019") { world in
      let file = String(decoding: try fieldCase.bytes("1-pupils.csv"), as: UTF8.self).replacing(
        ",X,", with: ",\(text),")
      let answer = try await world.send(.post, "/schools/971019/pupils", type: "text/csv", file)
      #expect(answer.tally == [2, 0, 0, 0] && answer.lines("notes") == ["2 yearGroup malformed-year-group"])
      #expect(answer.list("notes").first.map { ($0["fix"] as? String ?? "").contains("M for a mixed class") } == true)
    }
  }
}
