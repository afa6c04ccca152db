import Foundation
import Testing

@testable import RegistersDomain

@Suite struct MarksWondeTests {
  @Test func readsBothShapesAndPointsAtWhatItCannotRead() throws {
    let body = """
      {"meta": {}, "data": [
        {"id": "w1", "date": "2026-09-07", "session": "AM", "attendance_code": {"data": {"code": "L"}},
          "student": {"data": {"upn": "A"}}, "comment": "Bus", "minutes_late": 7},
        {"id": "w2", "date": {"date": "2026-09-07 00:00:00.000000"}, "session": "PM", "attendance_code": "\\\\",
          "student_upn": "A", "comment": null, "minutes_late": 0},
        {"id": "w3", "date": "2026-09-07T00:00:00+00:00", "session": "PM", "attendance_code": null, "student_upn": "B"},
        {"id": "w4", "date": "2026-09-07", "session": "AM", "student_upn": "B"},
        7, null, {"date": "2026-09-07", "session": "AM", "attendance_code": {"data": []}, "student_upn": "B"},
        {"date": "2026-09-07 09:00:00", "session": "AM", "attendance_code": "/", "student_upn": "C"},
        {"date": "2026-09-07", "session": "AM", "attendance_code": "/", "student_upn": "C", "minutes_late": "x"}]}
      """
    let file = try MarksWonde.read(Data(body.utf8))
    #expect(file.rows.map(\.number) == [0, 1, 2, 7])
    #expect(
      file.rows.indices.map { file.values(at: $0) } == [
        MarkText(upn: "A", date: "2026-09-07", session: "AM", code: "L", detail: "Bus", minutesLate: 7),
        MarkText(upn: "A", date: "2026-09-07", session: "PM", code: "\\", detail: ""),
        MarkText(upn: "B", date: "2026-09-07", session: "PM", code: "", detail: ""),
        MarkText(upn: "C", date: "2026-09-07 09:00:00", session: "AM", code: "/", detail: ""),
      ])
    #expect(file.faults.map(\.number) == [3, 4, 5, 6, 8])
    #expect(
      file.faults.map(\.reason) == [.withoutIncludes, .wrongType, .wrongType, .withoutIncludes, .wrongType])
    #expect(file.faults.map(\.column) == ["attendance_code", nil, nil, "attendance_code", "minutes_late"])
  }

  /// A pupil without a number yet, and bodies that were asked for without what is needed.
  @Test func aPupilWithoutANumberIsRead() throws {
    let mark = "\"date\": \"2026-09-07\", \"session\": \"AM\", \"attendance_code\": {\"data\": {\"code\": \"N\"}}"
    let body = """
      {"data": [{\(mark), "student": {"data": {"upn": null}}}, {\(mark), "student_upn": null},
        {\(mark), "student": {"data": {"id": "A1"}}}, {\(mark), "student": "A1039521228"}, {\(mark)},
        {"date": "2026-09-07", "session": "AM", "student_upn": "A", "attendance_code": "A870869351"},
        {"session": "AM", "student_upn": "A", "attendance_code": "N"},
        {"date": "2026-09-07", "session": 1, "student_upn": "A", "attendance_code": "N"}]}
      """
    let file = try MarksWonde.read(Data(body.utf8))
    #expect(file.rows.map(\.number) == [0, 1] && file.values(at: 0).upn.isEmpty)
    #expect(
      file.faults.map { "\($0.number) \($0.reason.rawValue) \($0.column ?? "")" } == [
        "2 without-includes student", "3 without-includes student", "4 without-includes student",
        "5 without-includes attendance_code", "6 wrong-type date", "7 wrong-type session",
      ])
  }

  @Test(arguments: ["{", "[]", "{}", "{\"data\": 5}", "{\"marks\": []}", "null"])
  func refusesOtherBodies(_ body: String) {
    #expect(throws: MarkFileError.malformedJSON) { try MarksWonde.read(Data(body.utf8)) }
  }
}
