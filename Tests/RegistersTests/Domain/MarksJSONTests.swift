import Foundation
import Testing

@testable import RegistersDomain

@Suite struct MarksJSONTests {
  @Test func readsMarksAndPointsAtWhatItCannotRead() throws {
    let body = """
      {"school": 1, "marks": [
        {"upn": "A", "date": "2026-09-07", "session": "AM", "code": "/"},
        {"upn": 5, "date": "2026-09-07", "session": "AM", "code": "/"}, 7, null, [],
        {"upn": " A ", "date": "2026-09-07", "session": "PM", "code": null, "detail": "x"},
        {"upn": "A", "date": "2026-09-07", "session": "PM", "code": "/", "detail": "a\\u0000b"}]}
      """
    let file = try MarksJSON.read(Data(body.utf8))
    #expect(file.rows.map(\.number) == [0, 5])
    #expect(file.values(at: 1) == MarkText(upn: "A", date: "2026-09-07", session: "PM", code: "", detail: "x"))
    #expect(file.faults.map(\.number) == [1, 2, 3, 4, 6])
    #expect(file.faults.map(\.column) == ["upn", nil, nil, nil, "detail"])
    #expect(file.faults.map(\.reason) == [.wrongType, .wrongType, .wrongType, .wrongType, .controlCharacter])
  }

  @Test(arguments: ["{", "[]", "{}", "{\"marks\": 5}", "null", "\"marks\""])
  func refusesOtherBodies(_ body: String) {
    #expect(throws: MarkFileError.malformedJSON) { try MarksJSON.read(Data(body.utf8)) }
  }

  @Test func refusesAnEmptyBody() {
    #expect(throws: MarkFileError.empty) { try MarksJSON.read(Data()) }
  }

  @Test func survivesDeepNesting() {
    let body = String(repeating: "[", count: 100_000)
    #expect(throws: MarkFileError.malformedJSON) { try MarksJSON.read(Data(body.utf8)) }
  }
}
