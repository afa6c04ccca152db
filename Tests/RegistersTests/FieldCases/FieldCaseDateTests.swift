import Foundation
import GRDB
import HTTPTypes
import Testing

@testable import RegistersDomain

/// Dates that are not what they seem.
@Suite("Field cases 16 and 18: dates of another order and another century", .timeLimit(.minutes(5)))
struct FieldCaseDateTests {
  @Test func americanDatesAreRefusedAsAWhole() async throws {
    let files = FieldCase("16-american-dates-in-a-british-dialect")
    try await files.run(schools: "971016") { world in
      let path = "/schools/971016"
      #expect(try await world.send("1-pupil.csv", of: files, to: "\(path)/pupils").status == 200)
      #expect(try await world.send("2-march.csv", of: files, to: "\(path)/marks").counts == [1, 0, 0, 0, 0, 0])
      let before = try world.sql("SELECT * FROM receipts").count
      let refused = try await world.send("3-september-american.csv", of: files, to: "\(path)/marks?dialect=sims")
      #expect(refused.status == 422 && (refused["type"] as String?)?.hasSuffix("dates-contradict-dialect") == true)
      let detail: String = try #require(refused["detail"])
      #expect(detail.contains("month first") && detail.contains("DD/MM/YYYY") && detail.contains("No row was entered"))
      #expect(try world.sql("SELECT * FROM receipts").count == before && world.sql("SELECT * FROM quarantine").isEmpty)
      #expect(try world.sql("SELECT * FROM amendments").isEmpty)

      // Declared as what it is, the same file is read.
      let dialect = """
        {"title": "American", "dates": "MM/DD/YYYY",
         "columns": {"upn": ["UPN"], "date": ["Date", "Mark Date"], "session": ["Session", "AM/PM"], "code": ["Mark", "Code"]}}
        """
      #expect(try await world.send(.put, "/dialects/american", dialect).status == 200)
      let read = try await world.send("3-september-american.csv", of: files, to: "\(path)/marks?dialect=american")
      #expect(read.counts[0] == 9, "\(read.text)")
    }
  }

  @Test func aYearOfAnotherCenturyIsNamed() async throws {
    let files = FieldCase("18-year-typed-wrong")
    try await files.run(schools: "971018") { world in
      #expect(try await world.send("1-pupil.csv", of: files, to: "/schools/971018/pupils").status == 200)
      let answer = try await world.send("2-marks.csv", of: files, to: "/schools/971018/marks")
      #expect(answer.counts == [0, 0, 0, 0, 4, 0])
      let problems = answer.list("problems")
      #expect(problems.map { $0["row"] as? Int } == [2, 3, 4, 5])
      for (problem, year) in zip(problems, ["1926", "2062", "0206", "6209"]) {
        #expect(problem["detail"] as? String == "The year \(year) cannot be right.")
        #expect((problem["fix"] as? String)?.contains("authority") == false)
      }
    }
  }

  /// A mark whose year cannot be right does not come in by itself when its day comes.
  @Test func aYearThatCannotBeRightIsNotWaitedFor() async throws {
    let files = FieldCase("18-year-typed-wrong")
    try await files.run(schools: "971018") { world in
      #expect(try await world.send("1-pupil.csv", of: files, to: "/schools/971018/pupils").status == 200)
      _ = try await world.send("2-marks.csv", of: files, to: "/schools/971018/marks")
      #expect(try world.sql("SELECT * FROM quarantine WHERE reason = 'future-date'").isEmpty)
    }
  }
}
