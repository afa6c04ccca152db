import Foundation
import GRDB
import HTTPTypes
import SchoolFiles
import Testing

@testable import RegistersDomain

/// More of an office clerk's week: what spreadsheets, databases and tired people make of lists.
@Suite("Field cases 88 to 96: more of an office clerk's week", .timeLimit(.minutes(5)))
struct FieldCaseClerkTests {
  private static func run(
    _ folder: String, body: @Sendable @escaping (World, FieldCase, String) async throws -> Void
  ) async throws {
    let (files, school) = (FieldCase(folder), "9710\(folder.prefix(2))")
    try await files.run(schools: school) { world in try await body(world, files, "/schools/\(school)") }
  }

  @Test func anErrorOfASpreadsheetIsNoValue() async throws {
    try await Self.run("88-errors-of-a-spreadsheet") { world, files, path in
      let list = try await world.send("1-pupils.csv", of: files, to: "\(path)/pupils")
      #expect(list.tally == [2, 0, 0, 2])
      #expect(
        list.lines("problems") == ["3 givenName spreadsheet-error", "5 dateOfBirth spreadsheet-error"], "\(list.text)")
      #expect(
        Set(list.lines("notes")) == [
          "4 sex spreadsheet-error", "4 yearGroup spreadsheet-error", "4 leftOn malformed-date",
        ], "\(list.text)")
      let marks = try await world.send("2-marks.csv", of: files, to: "\(path)/marks")
      #expect(marks.counts == [1, 0, 0, 0, 3, 0], "\(marks.text)")
      let date = marks.list("problems").first { $0["row"] as? Int == 3 }
      #expect((date?["detail"] as? String)?.contains("too narrow") == true, "\(marks.text)")
    }
  }

  @Test func theNullOfADatabaseIsNothing() async throws {
    try await Self.run("89-null-of-a-database") { world, files, path in
      let list = try await world.send("1-pupils.csv", of: files, to: "\(path)/pupils")
      #expect(list.tally == [2, 0, 0, 0], "\(list.text)")
      #expect(list.lines("notes") == ["3 sex sex-not-known"], "\(list.text)")
      #expect(try await world.roll("971089").names == ["Kim Ashdown", "Jo Null"])
    }
  }

  @Test func anEncodingThatWentWrongChangesNoName() async throws {
    try await Self.run("90-names-through-the-wrong-encoding") { world, files, path in
      #expect(try await world.send("1-pupils.csv", of: files, to: "\(path)/pupils").tally == [2, 0, 0, 0])
      for file in ["2-encoded-twice.csv", "3-question-marks.csv"] {
        let again = try await world.send(file, of: files, to: "\(path)/pupils")
        #expect(again.tally == [0, 0, 2, 0] && again["waiting"] == 0, "\(file): \(again.text)")
      }
      #expect(try await world.send("4-new-encoded-twice.csv", of: files, to: "\(path)/pupils").tally == [1, 0, 0, 0])
      #expect(
        try await world.roll("971090").names == ["José Ashdown", "Zoë Łukasz-Ångström", "Renée D’Souza"])
    }
  }

  static let encoded: [(text: String, read: String)] = [
    ("Kim", "Kim"), ("Zoë", "Zoë"), ("JosÃ©", "José"), ("D\u{E2}\u{20AC}\u{2122}Souza", "D’Souza"), ("JOÃO", "JOÃO"),
    ("Łukasz", "Łukasz"), ("Ã", "Ã"), ("\u{FFFD}", "\u{FFFD}"),
  ]

  @Test(arguments: encoded) func onlyWhatWasEncodedTwiceIsReadBack(_ example: (text: String, read: String)) {
    #expect(TextFile.undoublyEncoded(example.text) == example.read)
  }

  @Test(arguments: [("José", "Jos?"), ("Zoë", "ZO?"), ("Ng\u{1EC7}", "Ng\u{FFFD}")])
  func aLetterThatWasLostIsKept(known: String, sent: String) {
    #expect(NameSpelling.kept(known, sent: sent) == known)
    #expect(NameSpelling.kept("Jose", sent: "Jos?") == "Jos?", "no letter of it could have been lost")
  }

  @Test func namesInTheWrongColumnsWait() async throws {
    try await Self.run("91-names-in-the-wrong-columns") { world, files, path in
      #expect(try await world.send("1-pupils.csv", of: files, to: "\(path)/pupils").tally == [1, 0, 0, 0])
      let again = try await world.send("2-exchanged.csv", of: files, to: "\(path)/pupils")
      #expect(again.tally == [0, 0, 0, 0] && again["waiting"] == 1, "\(again.text)")
      #expect(try await world.roll("971091").names == ["Kim Ashdown"])
    }
  }

  @Test func daysInEachOthersColumnAreRefused() async throws {
    try await Self.run("92-birth-and-first-day-exchanged") { world, files, path in
      let list = try await world.send("1-pupils.csv", of: files, to: "\(path)/pupils")
      #expect(list.tally == [0, 0, 0, 1], "\(list.text)")
      #expect(list.lines("problems").map { $0.hasPrefix("2 enrolledOn") } == [true], "\(list.text)")
    }
  }

  @Test func listsInEachOthersPlaceSayWhereTheyBelong() async throws {
    try await Self.run("93-lists-in-each-others-place") { world, files, path in
      let marks = try await world.send("1-pupils.csv", of: files, to: "\(path)/marks")
      #expect(marks.status == 422 && (marks["type"] as String?)?.hasSuffix("missing-columns") == true, "\(marks.text)")
      let pupils = try await world.send("2-marks.csv", of: files, to: "\(path)/pupils")
      #expect(
        pupils.status == 422 && (pupils["type"] as String?)?.hasSuffix("missing-columns") == true, "\(pupils.text)")
      #expect(try world.sql("SELECT * FROM pupils").isEmpty)
    }
  }

  @Test func nothingButAHeaderIsNothing() async throws {
    try await Self.run("94-nothing-but-a-header") { world, files, path in
      let list = try await world.send("1-pupils.csv", of: files, to: "\(path)/pupils")
      #expect(list.status == 200 && list.tally == [0, 0, 0, 0], "\(list.text)")
      let marks = try await world.send("2-marks.csv", of: files, to: "\(path)/marks")
      #expect(marks.status == 200 && marks.counts == [0, 0, 0, 0, 0, 0], "\(marks.text)")
    }
  }

  @Test func aHeaderOnEveryPageCostsNothing() async throws {
    try await Self.run("95-the-header-on-every-page") { world, files, path in
      let list = try await world.send("1-pupils.csv", of: files, to: "\(path)/pupils")
      #expect(list.tally == [2, 0, 0, 0], "\(list.text)")
      let marks = try await world.send("2-marks.csv", of: files, to: "\(path)/marks")
      #expect(marks.counts == [2, 0, 0, 0, 0, 1], "\(marks.text)")
      #expect(marks.list("problems").first?["reason"] as? String == "not-a-mark")
    }
  }

  @Test func twoByteOrderMarksAreNone() async throws {
    try await Self.run("96-two-byte-order-marks") { world, files, path in
      let list = try await world.send("1-pupils.csv", of: files, to: "\(path)/pupils")
      #expect(list.tally == [1, 0, 0, 0], "\(list.text)")
      let marks = try await world.send("2-marks.csv", of: files, to: "\(path)/marks")
      #expect(marks.counts == [1, 0, 0, 0, 0, 0], "\(marks.text)")
    }
  }
}
