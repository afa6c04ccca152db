import Foundation
import Rulebook
import SchoolFiles
import Testing

@testable import RegistersDomain

/// The one declaration of the fields of the admission register.
@Suite struct PupilFieldTests {
  @Test func everyFieldSaysWhatItIs() {
    for field in PupilField.allCases {
      #expect(!field.declaration.words.isEmpty && !field.declaration.about.isEmpty, "\(field.rawValue)")
    }
    let elements = PupilField.allCases.flatMap(\.declaration.elements).map { $0.lowercased() }
    #expect(Set(elements).count == elements.count, "an element of a transfer file is one field's")
  }

  /// A heading leads to one column, whichever of its names a file has.
  @Test func aHeadingIsOneFields() {
    let headings = PupilField.columns.flatMap { field in
      Set(([field.column] + field.declaration.usual).map(HeaderName.key))
    }
    #expect(Set(headings).count == headings.count)
  }

  /// What is kept of a child as it was said has a reader: nothing is kept that nobody looked at.
  @Test func everyDetailIsRead() {
    #expect(PupilField.details == [.sex])
    #expect(PupilField.details.allSatisfy { $0.declaration.read != nil })
    #expect(
      PupilField.recorded.map(\.rawValue) == [
        "upn", "formerUPN", "givenName", "familyName", "dateOfBirth", "sex", "yearGroup", "addressProtected",
        "contacts",
      ])
  }

  /// Statements lie in stores as they always have: each field under its name, a protection as true or false.
  @Test func aStatementIsKeptAsItAlwaysWas() throws {
    let kept = #"""
      {"addressProtected":false,"areContactsWhole":true,"dateOfBirth":"2016-05-04","enrolledOn":"2024-09-02",\#
      "familyName":"Quarrington","givenName":"Zed","ground":"g","isLeavingUnread":false,"leftOn":"2026-10-23",\#
      "sex":"F","status":"main","upn":"\#(MadeUp.upn(1).text)","yearGroup":"5"}
      """#
    let record = try JSONDecoder().decode(PupilRecord.self, from: Data(kept.utf8))
    #expect(record.sex == .female && record.yearGroup?.text == "5" && record.status == .main && record.ground == .g)
    #expect(record.leftOn == MadeUp.day("2026-10-23") && record.addressProtected == false && record.areContactsWhole)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(record), as: UTF8.self) == kept)
    let part = String(decoding: try encoder.encode(record.said.only([.sex, .contacts])), as: UTF8.self)
    #expect(part == #"{"areContactsWhole":true,"sex":"F"}"#)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(PupilRecord.self, from: Data(#"{"sex":"F"}"#.utf8)) }
  }
}
