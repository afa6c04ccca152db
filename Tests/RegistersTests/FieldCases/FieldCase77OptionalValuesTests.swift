import Foundation
import GRDB
import HTTPTypes
import Rulebook
import Testing

/// Optional values that nobody can read never cost a child.
@Suite(.timeLimit(.minutes(10))) struct FieldCase77OptionalValuesTests {
  private let fieldCase = FieldCase("77-pupils-with-optional-values-nobody-can-read")
  private static let path = "/schools/971077/pupils"

  @Test func everyChildIsEnteredAndEachValueNoted() async throws {
    try await fieldCase.run(schools: "971077") { world in
      let answer = try await world.send("1-pupils.csv", of: fieldCase, to: Self.path)
      #expect(answer.tally == [4, 0, 0, 0])
      #expect(
        Set(answer.lines("notes")) == [
          "2 formerUPN malformed-upn", "2 sex unknown-value", "2 yearGroup malformed-year-group",
          "2 enteredOn malformed-date", "2 status unknown-value", "2 contact1Emergency wrong-type",
          "3 leftOn malformed-date", "4 ground unknown-value", "4 ground ground-missing",
        ])
      let fixes = answer.list("notes").compactMap { $0["fix"] as? String }.joined(separator: " ")
      for allowed in ["F or M", "single, main or subsidiary", "a to o", "N1, N2, R, 1 to 14"] {
        #expect(fixes.contains(allowed), "\(allowed)")
      }
      for value in ["Q", "Y99", "soon", "guest", "sometimes", "not yet", "moved"] {
        #expect(!answer.text.contains("\"\(value)"), "\(value) is not repeated")
      }
      let roll = try await world.roll("971077").list("pupils")
      #expect(roll.map { $0["leftOn"] as? String } == [nil, nil, "2026-10-01", "2026-10-01"])
      #expect(roll.map { $0["yearGroup"] as? String } == [nil, "X", "8", "8"])
      let stored = try world.sql(
        "SELECT p.sex, r.ground, r.deleted_on, r.status FROM registrations r JOIN pupils p ON p.number = r.pupil ORDER BY r.number"
      )
      #expect(stored.map { $0["sex"] as String? } == [nil, "M", "M", "F"])
      #expect(stored.map { $0["ground"] as String? } == [nil, nil, nil, "a"])
      #expect(stored.map { $0["deleted_on"] as Int32? } == [nil, nil, nil, nil])
      #expect(Set(stored.map { $0["status"] as String }) == ["single"])
    }
  }

  @Test func theSameInJSON() async throws {
    try await fieldCase.run(schools: "971077") { world in
      let answer = try await world.send("2-pupils.json", of: fieldCase, to: Self.path, type: "application/json")
      #expect(answer.tally == [2, 0, 0, 0])
      #expect(
        Set(answer.lines("notes")) == [
          "0 sex unknown-value", "0 contacts wrong-type", "1 status wrong-type", "1 leftOn malformed-date",
        ])
    }
  }
}
