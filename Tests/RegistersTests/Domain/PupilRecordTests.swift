import Foundation
import Rulebook
import Testing

@testable import RegistersDomain

@Suite struct PupilRecordTests {
  private func check(_ changes: [String: String]) throws -> PupilRecord {
    var fields = [
      "upn": "\"\(MadeUp.upn(1))\"", "givenName": "\"Zed\"", "familyName": "\"Quarrington\"",
      "dateOfBirth": "\"2016-05-04\"", "enrolledOn": "\"2024-09-02\"",
    ]
    fields.merge(changes) { $1 }
    let json = "{" + fields.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ",") + "}"
    return try JSONDecoder().decode(PupilSubmission.self, from: Data(json.utf8)).checked(today: MadeUp.today)
  }

  static let refused: [(field: String, value: String, reason: String)] = [
    ("upn", "null", "missing-value"), ("upn", "5", "wrong-type"), ("upn", "\"X\"", "malformed-upn"),
    ("upn", "\"A880123000001\"", "wrong-check-letter"), ("givenName", "\" \"", "missing-value"),
    ("familyName", "\"a\\u0007\"", "malformed-name"),
    ("familyName", "\"\(String(repeating: "x", count: 201))\"", "malformed-name"),
    ("dateOfBirth", "\"2016-13-04\"", "malformed-date"), ("dateOfBirth", "\"2030-01-01\"", "impossible-date"),
    ("dateOfBirth", "\"1990-01-01\"", "impossible-date"), ("enrolledOn", "\"2010-01-01\"", "impossible-date"),
    ("leftOn", "\"2024-09-01\"", "impossible-date"), ("yearGroup", "\"\"", "malformed-year-group"),
    ("addressProtected", "\"yes\"", "wrong-type"),
  ]

  @Test(arguments: refused) func refuses(_ example: (field: String, value: String, reason: String)) throws {
    let refusal = try #require(throws: PupilRefusal.self) { try check([example.field: example.value]) }
    #expect(refusal.reason == example.reason && refusal.column == example.field)
  }

  @Test func acceptsAWholeRecord() throws {
    let record = try check(["leftOn": "\"2026-10-23\"", "yearGroup": "\"5\"", "addressProtected": "true"])
    #expect(record.upn == MadeUp.upn(1) && record.leftOn == MadeUp.day("2026-10-23") && record.addressProtected == true)
    #expect(try check(["leftOn": "null"]).leftOn == nil)
  }
}
