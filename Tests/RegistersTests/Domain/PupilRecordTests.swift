import Foundation
import Rulebook
import Testing

@testable import RegistersDomain

/// What a register cannot be without, and what it can.
@Suite struct PupilRecordTests {
  private func submission(_ changes: [String: String]) throws -> PupilSubmission {
    var fields = [
      "upn": "\"\(MadeUp.upn(1))\"", "givenName": "\"Zed\"", "familyName": "\"Quarrington\"",
      "dateOfBirth": "\"2016-05-04\"", "enrolledOn": "\"2024-09-02\"",
    ]
    fields.merge(changes) { $1 }
    let json = "{" + fields.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ",") + "}"
    return try JSONDecoder().decode(PupilSubmission.self, from: Data(json.utf8))
  }

  static let refused: [(field: String, value: String, reason: String)] = [
    ("upn", "[5]", "wrong-type"), ("upn", "5", "malformed-upn"), ("upn", "\"X1\"", "malformed-upn"),
    ("upn", "\"A880123000001\"", "wrong-check-letter"), ("givenName", "\" \"", "missing-value"),
    ("familyName", "\"a\\u0007\"", "malformed-name"),
    ("familyName", "\"\(String(repeating: "x", count: 201))\"", "malformed-name"),
    ("dateOfBirth", "null", "missing-value"), ("dateOfBirth", "\"2016-13-04\"", "malformed-date"),
    ("dateOfBirth", "\"04.05\"", "malformed-date"), ("dateOfBirth", "\"2030-01-01\"", "impossible-date"),
    ("dateOfBirth", "\"1990-01-01\"", "impossible-date"), ("dateOfBirth", "\"0216-05-04\"", "impossible-date"),
    ("enrolledOn", "null", "missing-value"), ("enrolledOn", "\"2010-01-01\"", "impossible-date"),
    ("enrolledOn", "\"2062-09-02\"", "impossible-date"), ("enrolledOn", "\"1926-09-02\"", "impossible-date"),
    ("leftOn", "\"2024-09-01\"", "impossible-date"),
  ]

  @Test(arguments: refused) func refuses(_ example: (field: String, value: String, reason: String)) throws {
    let refusal = try #require(throws: Fault.self) {
      try submission([example.field: example.value]).record()
    }
    #expect(refusal.reason == example.reason && refusal.column == example.field)
  }

  static let leftOut: [(field: String, value: String, reason: String)] = [
    ("sex", "\"Q\"", "unknown-value"), ("sex", "\"U\"", "sex-not-known"), ("sex", "{}", "wrong-type"),
    ("yearGroup", "\"15\"", "malformed-year-group"), ("status", "\"guest\"", "unknown-value"),
    ("formerUPN", "\"X1\"", "malformed-upn"), ("enteredOn", "\"soon\"", "malformed-date"),
    ("enteredOn", "\"2016-05-03\"", "impossible-date"), ("enteredOn", "\"1924-09-02\"", "impossible-date"),
    ("leftOn", "\"soon\"", "malformed-date"), ("leftOn", "7.5", "malformed-date"),
    ("destination", "\"a\\u0007\"", "malformed-text"), ("contacts", "7", "wrong-type"),
  ]

  /// A value that the register can be without never costs the child.
  @Test(arguments: leftOut) func leavesOut(_ example: (field: String, value: String, reason: String)) throws {
    let checked = try submission([example.field: example.value]).checked(at: MadeUp.school, today: MadeUp.today)
    #expect(checked.refusals.isEmpty)
    let record = try #require(checked.record)
    #expect(checked.notes.map { [$0.column, $0.reason] } == [[example.field, example.reason]])
    #expect(record.sex == nil && record.yearGroup == nil && record.status == nil && record.formerUPN == nil)
    #expect(record.enteredOn == nil && record.leftOn == nil && record.destination == nil && record.contacts == nil)
    #expect(record.isLeavingUnread == (example.field == "leftOn"))
    for note in checked.notes { #expect(!note.detail.isEmpty && !note.fix.isEmpty) }
  }

  static let read: [(field: String, value: String, expected: String)] = [
    ("sex", "\"Female\"", "F"), ("sex", "\"boy\"", "M"),
    ("sex", "1", "M"), ("sex", "\"2\"", "F"),
    ("yearGroup", "8", "8"), ("yearGroup", "\"Yr 08\"", "8"),
    ("yearGroup", "\"x\"", "X"), ("yearGroup", "\"M\"", "M"),
    ("status", "\"C\"", "single"),
    ("status", "\"Main – dual registration\"", "main"),
    ("status", "\"Subsidiary\"", "subsidiary"),
    ("addressProtected", "\"Yes\"", "true"),
    ("addressProtected", "\"FALSE\"", "false"),
    ("addressProtected", "1", "true"),
    ("upn", "\" \(MadeUp.upn(1).text.lowercased())\\u00a0\"", MadeUp.upn(1).text),
    ("upn", "\"'\(MadeUp.upn(1))\"", MadeUp.upn(1).text),
    ("givenName", "\" Zed\\u00a0 Ann \\u200b\"", "Zed Ann"),
    ("dateOfBirth", "\"04/05/2016\"", "2016-05-04"),
    ("dateOfBirth", "\"4 May 2016\"", "2016-05-04"),
    ("dateOfBirth", "\"04/05/16\"", "2016-05-04"),
    ("dateOfBirth", "\"2016-05-04 00:00:00\"", "2016-05-04"),
    ("dateOfBirth", "42494", "2016-05-04"),
  ]

  @Test(arguments: read) func reads(_ example: (field: String, value: String, expected: String)) throws {
    let checked = try submission([example.field: example.value]).checked(at: MadeUp.school, today: MadeUp.today)
    #expect(checked.notes.isEmpty)
    let record = try #require(checked.record)
    let found: String? =
      switch example.field {
      case "sex": record.sex?.rawValue
      case "yearGroup": record.yearGroup?.text
      case "status": record.status?.rawValue
      case "addressProtected": record.addressProtected.map { String($0) }
      case "upn": record.upn.text
      case "givenName": record.givenName
      default: record.dateOfBirth.iso
      }
    #expect(found == example.expected)
  }

  static let grounds = ["(a)", "9(1)(a)", "Reg 9(1)(a)", "ground A", "a."]

  @Test(arguments: grounds) func readsAGround(_ text: String) throws {
    let record = try submission(["leftOn": "\"2026-10-23\"", "ground": "\"\(text)\""]).record()
    #expect(record.ground == .a)
  }

  /// A leaving is never lost without a word, and a name never deleted without a ground.
  @Test func whatHangsOnAGroundThatCannotBeRead() throws {
    let checked = try submission([
      "leftOn": "\"2026-10-23\"", "deletedOn": "\"2026-10-23\"", "ground": "\"moved house\"",
    ]).checked(at: MadeUp.school, today: MadeUp.today)
    let record = try #require(checked.record)
    #expect(record.leftOn == MadeUp.day("2026-10-23") && record.ground == nil && record.deletedOn == nil)
    #expect(checked.notes.map(\.reason) == ["unknown-value", "ground-missing"])
    #expect(checked.notes[1].detail.contains("the name is not deleted"))
  }

  /// An answer that cannot be read protects the child.
  @Test func aProtectionThatCannotBeReadProtects() throws {
    let checked = try submission([
      "addressProtected": "\"see file\"",
      "contacts": #"[{"familyName":"Tarn","safeToContact":"ask","addressProtected":"?","emergency":"?"}]"#,
    ]).checked(at: MadeUp.school, today: MadeUp.today)
    let record = try #require(checked.record)
    let contact = try #require(record.contacts?.first)
    #expect(record.addressProtected == true)
    #expect(contact.safeToContact == false && contact.addressProtected == true && contact.emergency == nil)
    #expect(
      checked.notes.map(\.column) == [
        "addressProtected", "contacts/0/emergency", "contacts/0/safeToContact", "contacts/0/addressProtected",
      ])
  }

  /// Of a row that is refused everything is said, not the first fault only.
  @Test func everyFaultOfARowIsSaid() throws {
    let checked = try submission([
      "upn": "\"X1\"", "givenName": "null", "dateOfBirth": "\"soon\"", "enrolledOn": "\"\"", "sex": "\"Q\"",
    ]).checked(at: MadeUp.school, today: MadeUp.today)
    #expect(checked.record == nil && checked.notes.isEmpty)
    #expect(checked.refusals.map(\.column) == ["upn", "givenName", "dateOfBirth", "enrolledOn", "sex"])
  }

  @Test func acceptsAWholeRecord() throws {
    let record = try submission(["leftOn": "\"2026-10-23\"", "yearGroup": "\"5\"", "addressProtected": "true"]).record()
    #expect(record.upn == MadeUp.upn(1) && record.leftOn == MadeUp.day("2026-10-23") && record.addressProtected == true)
    #expect(try submission(["leftOn": "null", "yearGroup": "\"\""]).record().leftOn == nil)
  }

  /// A child without a number has one of the register's making: the same for the same child of the same school, and
  /// never anybody else's.
  @Test func aChildWithoutANumberIsAlwaysTheSame() throws {
    for upn in ["null", "\"\"", "\"TBC\"", "\"n/a\""] {
      let record = try submission(["upn": upn]).record()
      #expect(record.upn.isProvisional && record.upn.isTemporary, "\(upn)")
      #expect(try record.upn == submission(["upn": upn, "givenName": "\"ZED \""]).record().upn)
      #expect(try record.upn != submission(["upn": upn, "givenName": "\"Zoe\""]).record().upn)
      #expect(try record.upn != submission(["upn": upn, "dateOfBirth": "\"2016-05-05\""]).record().upn)
    }
    #expect(!MadeUp.upn(1).isProvisional)
  }
}
