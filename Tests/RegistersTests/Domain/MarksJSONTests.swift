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

  /// Which of two values of one name a decoder takes is chance: neither counts, and no other mark pays for it.
  @Test func aNameGivenTwiceCostsItsMark() throws {
    let mark = #""upn":"A","date":"2026-09-07","session":"AM""#
    let body = #"{"marks":[{\#(mark),"code":"/","code":"I"},{\#(mark),"code":"/"},{\#(mark),"x":{"a b":1,"a b":2}}]}"#
    let file = try MarksJSON.read(Data(body.utf8))
    #expect(file.rows.map(\.number) == [1] && file.values(at: 0).code == "/")
    #expect(file.faults.map(\.number) == [0, 2] && file.faults.map(\.column) == ["code", nil])
    #expect(file.faults.map(\.reason) == [.repeatedName, .repeatedName])
    #expect(throws: MarkFileError.repeatedName) { try MarksJSON.read(Data(#"{"a":1,"marks":[],"a":2}"#.utf8)) }
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
