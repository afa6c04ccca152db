import Contracts
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import RegistersDomain

/// The admission register as files: taken in through the same use case as JSON, and written out.
@Suite("Pupils as files", .timeLimit(.minutes(10))) struct PupilFileTests {
  static let path = "/schools/\(World.school)/pupils"
  static let header = "upn,givenName,familyName,dateOfBirth,enrolledOn,yearGroup,addressProtected"

  static func row(_ number: Int, _ more: String = "5,") -> String {
    "\(MadeUp.upn(number)),Zed\(number),Quarrington,2016-05-04,2024-09-02,\(more)"
  }

  @Test func aTableIsTakenInWithItsOwnRowNumbers() async throws {
    try await World.run { world in
      try await world.open()
      let body = [
        Self.header, Self.row(0), "a,b", Self.row(1).replacing("2016-05-04", with: "04/05/2016"), "", Self.row(2),
        Self.row(3, "5,perhaps"),
      ].joined(separator: "\n")
      let answer = try await world.send(.post, Self.path, type: "text/csv", body)
      #expect(answer.status == 200)
      #expect(answer["received"] == 5 && answer["enrolled"] == 4 && answer["refused"] == 1)
      #expect(answer.list("pupils").compactMap { $0["row"] as? Int } == [2, 4, 6, 7])
      #expect(answer.list("problems").compactMap { $0["row"] as? Int } == [3])
      #expect(answer.list("problems").compactMap { $0["reason"] as? String } == ["wrong-column-count"])
      #expect(answer.list("notes").compactMap { $0["row"] as? Int } == [7])
      #expect(answer.list("notes").compactMap { $0["column"] as? String } == ["addressProtected"])
      #expect(
        !answer.text.contains("04/05/2016") && !answer.text.contains("perhaps"), "a problem never repeats a value")
      #expect(try await world.send(.post, Self.path, type: "text/csv", body)["unchanged"] == 4)
    }
  }

  @Test func aTransferFileIsTakenInOnTheDayThatTheSenderSays() async throws {
    try await World.run { world in
      try await world.open()
      let wrong = String((MadeUp.upn(1).text.first == "A" ? "B" : "A") + MadeUp.upn(1).text.dropFirst())
      let body = Self.transfer(Self.child(0), Self.child(1, upn: wrong), Self.child(0), Self.child(2))
      for type in ["application/xml", "text/xml"] {
        let answer = try await world.send(.post, Self.path + "?enrolledOn=2026-09-02", type: type, body)
        #expect(answer["received"] == 4 && answer["refused"] == 1)
        #expect(
          answer.list("pupils").compactMap { $0["row"] as? Int } == [1, 3, 4], "the same child again is no fault")
        #expect(answer.list("problems").compactMap { $0["reason"] as? String } == ["wrong-check-letter"])
        #expect(answer.list("problems").compactMap { $0["row"] as? Int } == [2])
      }
      let days = try world.sql("SELECT DISTINCT enrolled_on FROM registrations").map { $0["enrolled_on"] as Int32 }
      #expect(days == [MadeUp.day("2026-09-02").ordinal])
      #expect(try await world.send(.post, Self.path, type: "application/xml", body).status == 400)
    }
  }

  /// The day is part of the request, though it is not part of the body.
  @Test func aKeyStandsForTheDayToo() async throws {
    try await World.run { world in
      try await world.open()
      func send(_ day: String) async throws -> World.Answer {
        try await world.send(
          .post, Self.path + "?enrolledOn=\(day)", type: "application/xml", key: "transfer-file-1",
          Self.transfer(Self.child(0)))
      }
      let first = try await send("2026-09-02")
      #expect(try await send("2026-09-02").text == first.text)
      #expect(try await send("2026-09-03").status == 422)
    }
  }

  @Test func filesThatCannotBeReadChangeNothing() async throws {
    try await World.run { world in
      try await world.open()
      let refused: [(type: String, body: String, status: Int, slug: String)] = [
        ("text/csv", "", 400, "empty-file"), ("text/csv", "upn;givenName\n", 422, "missing-columns"),
        ("application/xml", "<!DOCTYPE CTfile><CTfile/>", 422, "document-type"),
        ("application/xml", "<CTfile>", 400, "not-xml"), ("text/xml", "<a/>", 422, "not-a-transfer-file"),
        ("image/png", "x", 415, "unsupported-media-type"), ("text/plain", "x", 422, "missing-columns"),
      ]
      for (type, body, status, slug) in refused {
        let answer = try await world.send(.post, Self.path + "?enrolledOn=2026-09-02", type: type, body)
        #expect(answer.status == status && answer.text.contains("/problems/\(slug)"), "\(slug)")
      }
      #expect(try world.sql("SELECT count(*) AS n FROM pupils").first?["n"] == 0)
    }
  }

  @Test func whatIsExportedCanBeTakenInAgain() async throws {
    try await World.run { world in
      try await world.open()
      let body = [Self.header, Self.row(0), Self.row(1), Self.row(2, "R,true")].joined(separator: "\n")
      #expect(try await world.send(.post, Self.path, type: "text/csv", body)["enrolled"] == 3)
      for role in [Role.attendanceOfficer, .cmeOfficer] {
        let table = try await world.send(.get, Self.path + ".csv", as: role)
        #expect(table.status == 200)
        #expect(try PupilsCSV.read(Array(table.text.utf8)).received == 3)
        #expect(try await world.send(.post, Self.path, type: "text/csv", table.text)["unchanged"] == 3)
      }
      let file = try await world.send(.get, Self.path + ".ctf.xml", as: .school, schools: [World.school])
      #expect(file.text.contains("<LEA>880</LEA>\n<Estab>LLLL</Estab>") && file.text.contains("Harbour Lane"))
      #expect(try CTFReader.read(Array(file.text.utf8), enrolledOn: "2026-09-07").received == 2)
      let hidden = try await world.send(.get, Self.path + ".ctf.xml?protected=true&to=880LLLL")
      #expect(try CTFReader.read(Array(hidden.text.utf8), enrolledOn: "2026-09-07").received == 1)
      #expect(!hidden.text.contains("Harbour") && !hidden.text.contains(World.school))
    }
  }

  @Test func onlyThoseWhoMayExportAndEveryFileIsOnRecord() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      for path in [Self.path + ".csv", Self.path + ".ctf.xml"] {
        for role in Role.allCases where ![.school, .attendanceOfficer, .cmeOfficer].contains(role) {
          #expect(try await world.send(.get, path, as: role).status == 403)
        }
        #expect(try await world.send(.get, path, as: nil).status == 401)
        #expect(try await world.send(.get, path, as: .school, schools: ["100009"]).status == 403)
        #expect(try await world.send(.get, path.replacing(World.school, with: "999999")).status == 404)
        #expect(try await world.send(.get, path).status == 200)
      }
      #expect(try await world.send(.get, Self.path + ".ctf.xml?pupil=\(id)").status == 200)
      let log = try world.sql("SELECT action, subject FROM audit_log WHERE action LIKE '%.exported' ORDER BY number")
      #expect(
        log.map { $0["action"] as String } == ["school.roll.exported", "school.roll.exported", "pupil.exported"])
      #expect(log.map { $0["subject"] as String } == [World.school, World.school, id])
      #expect(try world.stored { try AuditLog.firstBreak(keys: TestAuditKeys.keys, in: $0) } == nil)
    }
  }

  /// One child goes where the register says it went, or where the caller says.
  @Test func oneChildsFileSaysWhereItGoes() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      let path = Self.path + ".ctf.xml?pupil=\(id)"
      func destination(_ query: String = "") async throws -> String? {
        let text = try await world.send(.get, path + query).text
        return text.split(separator: "<DestSchool>").dropFirst().first.map { part in
          String(
            part.filter { $0.isUppercase || $0.isNumber }.replacing("LEA", with: "").replacing("E", with: "").prefix(7))
        }
      }
      #expect(try await destination() == "XXXXXXX")
      #expect(try await destination("&to=8801234") == "8801234")
      try world.execute("UPDATE registrations SET left_on = enrolled_on, ground = 'f', destination = ''")
      #expect(try await destination() == "MMMMMMM")
      try world.execute("UPDATE registrations SET ground = 'a', destination = '100002'")
      let unclear = try await world.send(.get, path)
      #expect(unclear.status == 422 && unclear.text.contains("\"to\""))
      #expect(try await destination("&to=8801234") == "8801234")
      let bad = ["?to=XXXXXXX", "?to=8801234", "?to=88", "?pupil=x", "?protected=perhaps", "?establishment=12345"]
      for query in bad {
        #expect([400, 422].contains(try await world.send(.get, Self.path + ".ctf.xml" + query).status), "\(query)")
      }
      #expect(try await world.send(.get, Self.path + ".ctf.xml?pupil=p000000000").status == 404)
    }
  }

  /// Contacts, former numbers and the year group as it is this year.
  @Test func theWholeEntryIsWritten() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0])
      try world.execute(
        """
        UPDATE pupils SET sex = 'F', year_group = '4', year_group_year = 2025;
        INSERT INTO former_upns (upn, pupil, until_day) SELECT 'A880123000999', number, 20000 FROM pupils;
        INSERT INTO contacts (pupil, given_name, family_name, relation, parental_responsibility, lives_with, emergency,
          safe_to_contact, address_protected, telephone, email, address, postcode, person_key, first, last)
        SELECT number, 'Pat', 'Dell', 'mother', 1, 1, 1, 1, 0, '+44 7700 900123', '', '1 Quay Street', 'ZZ1 1ZZ', '', 0, NULL
          FROM pupils UNION ALL
        SELECT number, 'Gone', 'Dell', 'father', 1, 1, 1, 1, 0, '', '', '', '', '', 0, \(World.start.ordinal) FROM pupils
        """)
      let table = try await world.send(.get, Self.path + ".csv").text
      #expect(table.contains(",A880123000999,") && table.contains(",F,5,") && table.contains(",'+44 7700 900123,"))
      #expect(!table.contains("Gone"))
      let file = try await world.send(.get, Self.path + ".ctf.xml").text
      let pupil = try #require(try CTFReader.read(Array(file.utf8), enrolledOn: "2026-09-07").rows.first?.pupil)
      #expect(pupil.contacts?.first?.address == "1 Quay Street" && pupil.contacts?.count == 1)
      #expect(pupil[.yearGroup] == "5" && pupil[.formerUPN] == "A880123000999")
    }
  }
}
