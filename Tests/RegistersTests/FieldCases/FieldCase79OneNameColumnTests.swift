import Foundation
import GRDB
import HTTPTypes
import ServiceKit
import Testing

/// Both names in one column, by a dialect for lists of pupils.
@Suite(.timeLimit(.minutes(10))) struct FieldCase79OneNameColumnTests {
  private let fieldCase = FieldCase("79-both-names-in-one-column")
  private static let path = "/schools/971079/pupils"

  @Test func aDialectSaysWhereTheNamesAre() async throws {
    try await fieldCase.run(schools: "971079") { world in
      let without = try await world.send("1-pupils.csv", of: fieldCase, to: Self.path)
      #expect(without.status == 422 && without.text.contains("missing-columns"))
      let dialect = String(decoding: try fieldCase.bytes("2-dialect.json"), as: UTF8.self)
      #expect(try await world.send(.put, "/dialects/office", dialect)["changed"] == true)
      #expect(try await world.send(.put, "/dialects/office", dialect)["changed"] == false)
      let answer = try await world.send("1-pupils.csv", of: fieldCase, to: Self.path + "?dialect=office")
      #expect(answer.tally == [2, 0, 0, 0] && answer.list("notes").isEmpty)
      #expect(try await world.roll("971079").names == ["Kim Ashdown", "Sam Carr"])
      #expect(try world.sql("SELECT sex FROM pupils ORDER BY number").map { $0["sex"] as String? } == ["F", "M"])
      let list = try await world.send(.get, "/dialects", as: .integration).list("dialects")
      let own = list.first { $0["name"] as? String == "office" }?["dialect"] as? [String: Any]
      #expect((own?["pupils"] as? [String: Any])?["words"] != nil)
    }
  }

  @Test func aDialectThatCannotBeIsRefusedWithEveryFault() async throws {
    try await fieldCase.run(schools: "971079") { world in
      let bad = """
        {"title":"x","pupils":{"columns":{"shoe":["Shoe"],"sex":[],"upn":["No"],"formerUpn":["n o"]},
         "words":{"colour":{"Red":"r"},"sex":{"":"F"}}}}
        """
      let answer = try await world.send(.put, "/dialects/x", bad)
      #expect(answer.status == 422)
      #expect(
        answer.list("errors").compactMap { $0["pointer"] as? String } == [
          "/pupils/columns/sex", "/pupils/columns/shoe", "/pupils/columns", "/pupils/words/colour",
          "/pupils/words/sex",
        ])
    }
  }
}
