import Foundation
import GRDB
import HTTPTypes
import Testing

/// Dates of a list of pupils in another order than they are read.
@Suite(.timeLimit(.minutes(10))) struct FieldCase73AmericanPupilsTests {
  private let fieldCase = FieldCase("73-pupils-with-american-dates")
  private static let path = "/schools/971073/pupils"

  @Test func noChildIsEnteredUnderAnotherDay() async throws {
    try await fieldCase.run(schools: "971073") { world in
      for (file, row) in [("1-american.csv", 3), ("2-one-typing-error.csv", 4)] {
        for query in ["", "?dialect=sims"] {
          let answer = try await world.send(file, of: fieldCase, to: Self.path + query)
          #expect(answer.status == 422 && answer.text.contains("/problems/dates-contradict-dialect"), "\(file)")
          #expect(answer.text.contains("Row \(row) ") && answer.text.contains("DD/MM/YYYY"), "\(file)")
          #expect(!answer.text.contains("/2015") && !answer.text.contains("/2016"), "a date of birth is not repeated")
        }
      }
      #expect(try world.sql("SELECT count(*) AS n FROM pupils").first?["n"] == 0)
      let noDay = try await world.send("3-no-such-day.csv", of: fieldCase, to: Self.path)
      #expect(noDay.tally == [1, 0, 0, 1] && noDay.lines("problems") == ["3 dateOfBirth malformed-date"])
    }
  }

  /// A dialect can declare the order; and JSON is read in one order too.
  @Test func aDeclaredOrderIsTaken() async throws {
    try await fieldCase.run(schools: "971073") { world in
      let dialect = #"{"title":"Ours","dates":"MM/DD/YYYY","pupils":{}}"#
      #expect(try await world.send(.put, "/dialects/american", dialect).status == 200)
      let answer = try await world.send("1-american.csv", of: fieldCase, to: Self.path + "?dialect=american")
      #expect(answer.tally == [2, 0, 0, 0])
      let days = try await world.roll("971073").list("pupils").compactMap { $0["dateOfBirth"] as? String }
      #expect(days == ["2016-05-04", "2015-09-14"])
      let body = [World.pupil(1), World.pupil(2)].joined(separator: ",").replacing("2016-05-04", with: "5/14/2016")
      let json = try await world.send(.post, Self.path, "{\"pupils\":[\(body)]}")
      #expect(json.status == 422 && json.text.contains("/problems/dates-contradict-dialect"))
    }
  }
}
