import Foundation
import HTTPTypes
import Rulebook
import Testing

/// Notes, problems and children are numbered as the file's own rows, in every form.
@Suite(.timeLimit(.minutes(10))) struct FieldCase35RowNumbersTests {
  private let fieldCase = FieldCase("35-row-numbers-of-notes")
  private static let path = "/schools/971035/pupils"

  @Test func rowsAreThoseOfTheFile() async throws {
    try await fieldCase.run(schools: "971035") { world in
      for _ in 0..<2 {
        let answer = try await world.send(
          .post, Self.path, type: "text/csv", key: "pupils-0001", bytes: try fieldCase.bytes("1-pupils.csv"))
        #expect(answer.list("notes").compactMap { $0["row"] as? Int } == [3, 5])
        #expect(answer.list("problems").compactMap { $0["row"] as? Int } == [4])
        #expect(answer.list("pupils").compactMap { $0["row"] as? Int } == [2, 3, 5])
      }
    }
  }

  /// A cell of several lines is one row, as a spreadsheet shows it.
  @Test func aLineBreakWithinACellIsNoRow() async throws {
    try await fieldCase.run(schools: "971035") { world in
      let list = try await world.send(
        .post, Self.path, type: "text/csv",
        """
        upn,givenName,familyName,dateOfBirth,enrolledOn,contact1FamilyName,contact1Address
        \(MadeUp.upn(1)),Jo,Marlow,2016-05-04,2024-09-02,Marlow,"1 High Street
        Harbour Lane"
        \(MadeUp.upn(2)),,Marlow,2016-05-05,2024-09-02,,
        """)
      #expect(list.lines("problems") == ["3 givenName missing-value"], "\(list.text)")
      let marks = try await world.send(
        .post, "/schools/971035/marks", type: "text/csv",
        "upn,date,session,code,detail\n\(MadeUp.upn(1)),2026-09-07,AM,B,\"At the\nbarn\"\n\(MadeUp.upn(1)),2026-09-07,PM,Q9,\n"
      )
      #expect(marks.list("problems").compactMap { $0["row"] as? Int } == [3], "\(marks.text)")
    }
  }

  @Test func jsonCountsFromNoughtAndTransferFilesFromOne() async throws {
    try await fieldCase.run(schools: "971035") { world in
      let leaver = World.pupil(2, #","leftOn":"2026-09-30""#)
      let body = "{\"pupils\":[7,\(World.pupil(1)),\(leaver),{}]}"
      let json = try await world.send(.post, Self.path, body)
      #expect(json.list("notes").compactMap { $0["row"] as? Int } == [2])
      #expect(Set(json.list("problems").compactMap { $0["row"] as? Int }) == [0, 3])
      #expect(json.list("pupils").compactMap { $0["row"] as? Int } == [1, 2])
      let xml = PupilFileTests.transfer(
        PupilFileTests.child(3), "<Pupil/>", PupilFileTests.child(4).replacing("</Pupil>", with: "<Sex>Q</Sex></Pupil>")
      )
      let transfer = try await world.send(.post, Self.path + "?enrolledOn=2026-09-02", type: "text/xml", xml)
      #expect(transfer.list("notes").compactMap { $0["row"] as? Int } == [3])
      #expect(Set(transfer.list("problems").compactMap { $0["row"] as? Int }) == [2])
      #expect(transfer.list("pupils").compactMap { $0["row"] as? Int } == [1, 3])
    }
  }
}
