import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Rulebook
import ServiceKit
import Testing

/// Files as an examiner would send them: what templates, other programs and people's own sheets put into them.
@Suite("Field cases 101 to 112: sheets made for people", .timeLimit(.minutes(5))) struct FieldCaseExaminerTests {
  @Test func datesMergedOverSessions() async throws {
    let files = FieldCase("101-dates-merged-over-sessions")
    try await files.run(schools: "971101") { world in
      #expect(try await world.send("1-pupils.csv", of: files, to: "/schools/971101/pupils")["enrolled"] == 2)
      for file in ["2-below.csv", "3-above.csv"] {
        let answer = try await world.send(file, of: files, to: "/schools/971101/marks?dialect=scholarpack")
        #expect(answer.counts == [8, 0, 0, 0, 0, 0] && answer["received"] == 8, "\(file): \(answer.text)")
      }
      let rows = try await world.send("4-other-rows.csv", of: files, to: "/schools/971101/marks?dialect=scholarpack")
      #expect(rows.counts == [4, 0, 0, 0, 0, 0], "\(rows.text)")
    }
  }

  @Test func hintsInTheHeader() async throws {
    let files = FieldCase("102-hints-in-the-header")
    try await files.run(schools: "971102") { world in
      let path = "/schools/971102/pupils"
      let entered = try await world.send("1-pupils.csv", of: files, to: path)
      #expect(entered["enrolled"] == 1 && entered.list("notes").isEmpty, "\(entered.text)")
      let row = try #require(try world.sql("SELECT date_of_birth, sex FROM pupils").first)
      #expect(row["date_of_birth"] == MadeUp.day("2016-05-04").ordinal && row["sex"] == "F")
      let marks = try await world.send("2-marks.csv", of: files, to: "/schools/971102/marks")
      #expect(marks.counts == [1, 0, 0, 0, 0, 0], "\(marks.text)")
      let two = try await world.send("3-two-of-a-name.csv", of: files, to: path)
      #expect(two["enrolled"] == 1, "\(two.text)")
      #expect(try world.sql("SELECT telephone FROM contacts").map { $0["telephone"] as String? ?? "" } == [""])
      let other = try await world.send("4-somebody-elses.csv", of: files, to: path)
      #expect(other.status == 422 && other.text.contains("givenName"), "\(other.text)")
    }
  }

  @Test func namesFromAWebPage() async throws {
    let files = FieldCase("103-names-from-a-web-page")
    try await files.run(schools: "971103") { world in
      let path = "/schools/971103/pupils"
      #expect(try await world.send("1-pupils.csv", of: files, to: path)["enrolled"] == 1)
      let answer = try await world.send("2-escaped.csv", of: files, to: path)
      #expect(answer["unchanged"] == 1 && answer["enrolled"] == 2, "\(answer.text)")
      let names = try world.sql("SELECT given_name || '|' || family_name AS n FROM pupils ORDER BY number")
      #expect(names.map { $0["n"] } == ["Zoë|O'Neil", "Ann & Bo|D'Arcy Lee", "R&D;|Tarn & Lee"])
    }
  }

  @Test func datesCopiedFromOtherPrograms() async throws {
    let files = FieldCase("104-dates-copied-from-other-programs")
    try await files.run(schools: "971104") { world in
      let answer = try await world.send("1-pupils.csv", of: files, to: "/schools/971104/pupils")
      #expect(answer["enrolled"] == 5 && answer["refused"] == 2, "\(answer.text)")
      #expect(answer.list("problems").map { $0["row"] as? Int } == [7, 8])
      let born = try world.sql("SELECT DISTINCT date_of_birth AS d FROM pupils")
      #expect(born.map { $0["d"] } == [MadeUp.day("2016-05-04").ordinal])
      let marks = try await world.send("2-marks.csv", of: files, to: "/schools/971104/marks")
      #expect(marks.counts == [4, 0, 0, 0, 1, 0], "\(marks.text)")
      let days = try world.sql("SELECT DISTINCT day FROM entries").map { $0["day"] as Int32 }
      #expect(days == [MadeUp.day("2026-09-07").ordinal])
    }
  }

  @Test func columnsBetweenBars() async throws {
    let files = FieldCase("105-columns-between-bars")
    try await files.run(schools: "971105") { world in
      let entered = try await world.send("1-pupils.csv", of: files, to: "/schools/971105/pupils")
      #expect(entered["enrolled"] == 1, "\(entered.text)")
      let marks = try await world.send("2-marks.csv", of: files, to: "/schools/971105/marks")
      #expect(marks.counts == [1, 0, 0, 0, 0, 0], "\(marks.text)")
    }
  }

  @Test func sessionsInWords() async throws {
    let files = FieldCase("106-sessions-in-words")
    try await files.run(schools: "971106") { world in
      #expect(try await world.send("1-pupils.csv", of: files, to: "/schools/971106/pupils")["enrolled"] == 1)
      let answer = try await world.send("2-marks.csv", of: files, to: "/schools/971106/marks")
      #expect(answer.counts[0] == 5 && answer.counts[4] + answer.counts[5] == 2, "\(answer.text)")
      #expect(answer.text.contains("malformed-session"))
    }
  }

  @Test func jsonWithAByteOrderMark() async throws {
    let files = FieldCase("107-json-with-a-byte-order-mark")
    try await files.run(schools: "971107") { world in
      for (file, path) in [("1-pupils.json", "pupils"), ("2-marks.json", "marks")] {
        let answer = try await world.send(file, of: files, to: "/schools/971107/\(path)", type: "application/json")
        #expect(answer["received"] == 1 && (answer["enrolled"] == 1 || answer["recorded"] == 1), "\(answer.text)")
      }
    }
  }

  @Test func aCompressedFile() async throws {
    let files = FieldCase("108-compressed")
    try await files.run(schools: "971108") { world in
      let file = "1-pupils.csv.gz"
      let archive = try await world.send(file, of: files, to: "/schools/971108/pupils")
      #expect(archive.status == 422 && (archive["type"] as String?)?.hasSuffix("not-text") == true, "\(archive.text)")
      let token = try await world.issuer.token(
        subject: "user-school", role: .school, authority: "880", schools: ["971108"], validFrom: world.clock.now(),
        seconds: 600)
      let headers: HTTPFields = [
        .authorization: "Bearer \(token)", .contentType: "text/csv", .contentEncoding: "gzip",
      ]
      let (status, text) = try await world.client.execute(
        uri: "/schools/971108/pupils", method: .post, headers: headers,
        body: ByteBuffer(bytes: try files.bytes(file))
      ) { (Int($0.status.code), String(buffer: $0.body)) }
      #expect(status == 415 && text.contains("problems/content-encoding"), "\(text)")
      #expect(try world.sql("SELECT count(*) AS n FROM pupils").first?["n"] == 0)
    }
  }

  @Test func signsInPlaceOfNames() async throws {
    let files = FieldCase("109-signs-in-place-of-names")
    try await files.run(schools: "971109") { world in
      let answer = try await world.send("1-pupils.csv", of: files, to: "/schools/971109/pupils")
      #expect(answer["enrolled"] == 3 && answer["refused"] == 3, "\(answer.text)")
      let problems = answer.list("problems")
      #expect(
        problems.map { "\($0["row"] ?? 0) \($0["column"] ?? "")" }
          == ["2 familyName", "3 givenName", "4 givenName", "4 familyName"])
      #expect(problems.allSatisfy { ($0["fix"] as? String)?.contains("both columns") == true })
    }
  }

  @Test func marksUnderNoDate() async throws {
    let files = FieldCase("110-marks-under-no-date")
    try await files.run(schools: "971110") { world in
      #expect(try await world.send("1-pupils.csv", of: files, to: "/schools/971110/pupils")["enrolled"] == 2)
      let path = "/schools/971110/marks?dialect=scholarpack"
      let answer = try await world.send("2-grid.csv", of: files, to: path)
      #expect(answer.counts == [4, 0, 0, 0, 0, 3], "\(answer.text)")
      #expect(answer.text.contains("without-date"), "\(answer.text)")
      let empty = try await world.send("3-empty-columns.csv", of: files, to: path)
      #expect(empty.counts == [2, 0, 0, 0, 0, 0], "\(empty.text)")
    }
  }

  @Test func addressesOfSeveralLines() async throws {
    let files = FieldCase("111-addresses-of-several-lines")
    try await files.run(schools: "971111") { world in
      let answer = try await world.send("1-pupils.csv", of: files, to: "/schools/971111/pupils")
      #expect(answer["enrolled"] == 1 && answer.list("notes").isEmpty, "\(answer.text)")
      #expect(answer.list("problems").map { $0["row"] as? Int } == [3])
      let addresses = try world.sql("SELECT address FROM contacts").map { $0["address"] as String? }
      #expect(addresses == ["1 Quay Row, Harbour, Torquay"])
    }
  }

  @Test func nullMarksOfADatabase() async throws {
    let files = FieldCase("112-null-marks-of-a-database")
    try await files.run(schools: "971112") { world in
      #expect(try await world.send("1-pupils.csv", of: files, to: "/schools/971112/pupils")["enrolled"] == 1)
      let answer = try await world.send("2-marks.csv", of: files, to: "/schools/971112/marks")
      #expect(answer.counts == [1, 0, 0, 2, 1, 0], "\(answer.text)")
    }
  }
}
