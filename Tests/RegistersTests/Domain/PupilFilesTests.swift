import Foundation
import Rulebook
import SchoolFiles
import Seeded
import Testing

@testable import RegistersDomain

/// Pupils as comma-separated values and as transfer files: what is read, what is refused, what is never written.
@Suite struct PupilFilesTests {
  static let header = "upn,givenName,familyName,dateOfBirth,enrolledOn"

  static func csv(_ rows: String..., header: String = header) -> [UInt8] {
    Array(([header] + rows).joined(separator: "\n").utf8)
  }

  static func row(_ number: Int, _ more: String = "") -> String {
    "\(MadeUp.upn(number)),Zed,Quarrington,2016-05-04,2026-09-02\(more)"
  }

  static func transfer(_ pupils: String...) -> [UInt8] {
    Array("<CTfile><Header/><CTFpupilData>\(pupils.joined())</CTFpupilData></CTfile>".utf8)
  }

  static func child(_ number: Int, _ more: String = "") -> String {
    """
    <Pupil><UPN>\(MadeUp.upn(number))</UPN><Surname>Quarrington</Surname><Forename>Zed</Forename>\
    <DOB>2016-05-04</DOB><Sex>F</Sex>\(more)</Pupil>
    """
  }

  @Test func columnsComeInAnyOrderAndUnknownOnesArePassedOver() throws {
    let file = try PupilsCSV.read(
      Self.csv(
        "x,2026-09-02,\(MadeUp.upn(1)),Quarrington,Zed,2016-05-04,yes,Pat,Dell,'+44 7700 900123",
        header:
          "tutor,ENROLLEDON,upn,familyName,givenName,dateOfBirth,addressProtected,contact2GivenName,contact2FamilyName,contact2Telephone"
      ))
    let pupil = try #require(file.rows.first?.pupil)
    #expect(file.received == 1 && file.rows[0].number == 2)
    #expect(pupil[.upn] == MadeUp.upn(1).text && pupil[.givenName] == "Zed" && pupil.addressProtected == true)
    #expect(pupil.contacts?.count == 1 && pupil.contacts?.first?.telephone == "+44 7700 900123")
    #expect(try pupil.record().enrolledOn == MadeUp.day("2026-09-02"))
  }

  @Test func badRowsAreFaultsWithTheirNumbers() throws {
    let file = try PupilsCSV.read(
      Self.csv(
        Self.row(1, ",no"), Self.row(2, ",perhaps"), "\"open,,,,", "", ",,,,,", Self.row(1, ",no"), "a,b",
        "a\u{1},,,,,", Self.row(3, ","), header: Self.header + ",addressProtected"))
    #expect(file.rows.map(\.number) == [2, 3, 7, 9, 10])
    #expect(
      file.faults.map { [String($0.number), $0.refusal.reason] } == [
        ["4", "unterminated-quote"], ["8", "wrong-column-count"],
      ])
    #expect(file.received == 7, "rows without any value are none")
    #expect(file.rows[1].pupil.found.notes.map(\.column) == ["addressProtected"])
    #expect(file.rows[3].pupil.found.refusals.map { "\($0.reason) \($0.column)" } == ["control-character upn"])
  }

  static let refusedCSV: [([UInt8], PupilFileError)] = [
    ([], .empty), (Array("\n\n".utf8), .empty),
    ([0xFF, 0xFE, 0x75, 0], .missingColumns(PupilsCSV.requiredColumns)), ([0x50, 0x4B, 3, 4, 0], .other(.workbook)),
    (Self.csv(header: "upn;givenName"), .missingColumns(["familyName", "dateOfBirth", "enrolledOn"])),
    (Self.csv(Self.row(1, ",A1"), header: Self.header + ",UPN"), .columnTwice("upn")),
    (Self.csv(header: String(repeating: "a,", count: 200)), .tooManyColumns),
    (Self.csv((0...PupilLimits.pupils).map { Self.row($0) }.joined(separator: "\n")), .tooManyPupils),
    ([UInt8](repeating: 65, count: PupilLimits.fileBytes + 1), .tooLarge),
  ]

  @Test(arguments: refusedCSV.indices) func tablesThatCannotBeReadAreRefusedWhole(_ index: Int) {
    #expect(throws: Self.refusedCSV[index].1) { try PupilsCSV.read(Self.refusedCSV[index].0) }
  }

  static let formulas = [
    "=1+1", "+44 7700", "-1", "@sum(a)", "'=1", "''+1", "\u{301}=x", "=\u{301}x", "'t Hooft", "''",
  ]

  @Test func cellsThatASpreadsheetWouldRunAreWrittenSoThatItDoesNot() throws {
    for (number, formula) in Self.formulas.enumerated() {
      let text = String(
        decoding: PupilsCSV.write([Self.pupil(number, givenName: formula, contacts: nil)]), as: UTF8.self)
      let cell = text.split(separator: "\r\n")[1].split(separator: ",", omittingEmptySubsequences: false)[2]
      #expect(cell.unicodeScalars.first.map { !["=", "+", "-", "@"].contains($0) } == true, "\(formula)")
      #expect(try PupilsCSV.read(Array(text.utf8)).rows.first?.pupil[.givenName] == formula)
    }
  }

  static let refusedXML: [(String, PupilFileError)] = [
    ("", .empty), (" \n", .empty), ("upn,givenName", .notXML), ("<CTfile>", .notXML), ("<CTfile></Ctfile>", .notXML),
    ("<CTfile/><CTfile/>", .notXML), ("<Message/>", .notTransferFile), ("<html/>", .notTransferFile),
    ("<!DOCTYPE CTfile><CTfile/>", .documentType),
    ("<!DOCTYPE CTfile SYSTEM \"file:///etc/passwd\"><CTfile/>", .documentType),
    ("<CTfile><!ENTITY a \"b\"></CTfile>", .documentType), ("<CTfile>&a;</CTfile>", .notXML),
    ("<?xml version=\"1.0\" encoding=\"EBCDIC-CP-GB\"?><CTfile/>", .unknownEncoding),
    ("<?xml version='1.0' encoding='UTF-7'?><CTfile/>", .unknownEncoding), ("<CTfile>\u{0}</CTfile>", .notXML),
    ("PK\u{3}\u{4}", .otherThanTransfer(.workbook)),
    ("<CTfile>\u{1}</CTfile>", .notXML), ("<CTfile>&#1;</CTfile>", .notXML), ("<CTfile>&#xFFFF;</CTfile>", .notXML),
    ("<CTfile a=1/>", .notXML), ("<CTfile a='1' a='2'/>", .notXML), ("<CTfile a='<'/>", .notXML),
    ("<CTfile a='1'b='2'/>", .notXML), ("<CTfile><!-- a -- b --></CTfile>", .notXML), ("<CTfile>]]></CTfile>", .notXML),
    ("<CTfile><![CDATA[</CTfile>", .notXML), ("<CTfile/>x", .notXML), ("x<CTfile/>", .notXML),
    ("<CTfile><?xml version='1.0'?></CTfile>", .notXML), ("<CTfile><?x</CTfile>", .notXML), ("<CTfile/", .notXML),
    ("<CTfile>&amp</CTfile>", .notXML), ("<CTfile>&#+1;</CTfile>", .notXML), ("<1/>", .notXML), ("<", .notXML),
    ("<!-- only -->", .notXML), ("<CTfile></CTfile", .notXML), ("</CTfile>", .notXML),
    (String(repeating: "<CTfile>", count: 100) + String(repeating: "</CTfile>", count: 100), .tooDeep),
    (
      "<CTfile><CTFpupilData>" + String(repeating: "<Pupil/>", count: PupilLimits.pupils + 1)
        + "</CTFpupilData></CTfile>", .tooManyPupils
    ),
  ]

  @Test(arguments: refusedXML.indices) func transferFilesThatCannotBeReadAreRefusedWhole(_ index: Int) {
    let (text, error) = Self.refusedXML[index]
    #expect(throws: error, "\(text.prefix(60))") { try CTFReader.read(Array(text.utf8), enrolledOn: "2026-09-02") }
  }

  @Test func entitiesAreNeverExpanded() {
    let laughs = """
      <?xml version="1.0"?><!DOCTYPE CTfile [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
      <CTfile><CTFpupilData><Pupil><UPN>&b;</UPN></Pupil></CTFpupilData></CTfile>
      """
    #expect(throws: PupilFileError.documentType) { try CTFReader.read(Array(laughs.utf8), enrolledOn: "2026-09-02") }
  }

  @Test func oneBadChildOfATransferFileLeavesTheOthers() throws {
    let long = String(repeating: "x", count: PupilLimits.textBytes + 1)
    let contacts = String(repeating: "<Contact/>", count: PupilLimits.contacts + 1)
    let file = try CTFReader.read(
      Self.transfer(
        Self.child(1), Self.child(2, "<UPN>again</UPN>"), Self.child(1),
        Self.child(3, "<FormerUPN>\(long)</FormerUPN>"),
        Self.child(4, "<Contacts>\(contacts)</Contacts>"),
        Self.child(5, "<Contacts><Contact><Responsibility>so-so</Responsibility></Contact></Contacts>"),
        Self.child(6, "<Assessments><Note>\(long)</Note></Assessments>")), enrolledOn: "2026-09-02")
    #expect(file.rows.map(\.number) == [1, 2, 3, 4, 5, 6, 7])
    #expect(file.faults.isEmpty)
    func found(_ number: Int) -> [String] {
      let found = file.rows[number - 1].pupil.found
      return (found.refusals + found.notes.map(\.refusal)).map { "\($0.reason) \($0.column)" }
    }
    #expect(found(2) == ["value-twice upn"])
    #expect(found(4) == ["field-too-long formerUpn"] && file.rows[3].pupil.found.refusals.isEmpty)
    #expect(found(5).first == "too-many-contacts contacts")
    #expect(found(6) == ["wrong-type contacts/0/parentalResponsibility"])
    #expect(throws: Fault.self) { try file.rows[1].pupil.record() }
    for number in [1, 3, 4, 7] { #expect(try file.rows[number - 1].pupil.record().givenName == "Zed") }
    let missing = try CTFReader.read(Self.transfer("<Pupil><Surname>A</Surname></Pupil>"), enrolledOn: "2026-09-02")
    #expect(throws: Fault.self) { try missing.rows[0].pupil.record() }
  }

  /// What is XML and none of a register's business does not stand in the way.
  @Test func instructionsCommentsPrefixesAndAttributesArePassedOver() throws {
    let text = """
      \u{FEFF}<?xml version="1.0" encoding='utf-8' standalone="yes"?>\r\n<!-- a > b --><?x?><?style href="a"?>
      <c:CTfile xmlns:c="urn:x" a = "1 &gt; 0 &#x41;" ><c:CTFpupilData><c:Pupil id='1'><UPN >A<!-- x -->1</UPN >
      <Surname>&#x5a;&#233;&apos;<![CDATA[<&>]]></Surname><Forename/><Other>]]&gt;</Other></c:Pupil></c:CTFpupilData>
      </c:CTfile><?end?>
      """
    let file = try CTFReader.read(Array(text.utf8), enrolledOn: "2026-09-02")
    let pupil = try #require(file.rows.first?.pupil)
    #expect(pupil[.upn] == "A1" && pupil[.familyName] == "Zé'<&>" && pupil[.givenName] == nil)
  }

  @Test func whatATransferFileSaysOfAChildIsRead() throws {
    let details = """
      <BasicDetails><FormerUPN>A1</FormerUPN><NCyearActual>5</NCyearActual><EnrolStatus>C</EnrolStatus></BasicDetails>
      <Address><BS7666Address><SAON>Flat 2</SAON><PAON>1</PAON><Street>Quay Street</Street></BS7666Address>
      <PostCode>ZZ1 1ZZ</PostCode></Address>
      <Contacts>
      <Contact><Order>2</Order><Surname>B</Surname><Address><AddressLines><AddressLine1>2 Quay</AddressLine1>
      <AddressLine2>Harbour</AddressLine2></AddressLines><PostCode>ZZ2 2ZZ</PostCode></Address></Contact>
      <Contact><Order>1</Order><Surname><![CDATA[O'D]]>ell &amp; Co</Surname><Relationship>FAM</Relationship>
      <Responsibility>true</Responsibility><Address><AddressAsPupil>true</AddressAsPupil></Address>
      <Phones><Phone><TelephoneType>M</TelephoneType><PhoneNo>0</PhoneNo></Phone><Phone><PhoneNo>1</PhoneNo></Phone></Phones>
      <Email>a@example.org</Email></Contact>
      </Contacts>
      """
    let file = try CTFReader.read(Self.transfer(Self.child(1, details)), enrolledOn: "2026-09-02")
    let pupil = try #require(file.rows.first?.pupil)
    #expect(pupil[.formerUPN] == "A1" && pupil[.yearGroup] == "5" && pupil[.sex] == "F")
    #expect(pupil[.enrolledOn] == "2026-09-02")
    let contacts = try #require(pupil.contacts)
    #expect(contacts.map(\.familyName) == ["O'Dell & Co", "B"], "in the order that the file says")
    #expect(contacts[0].address == "Flat 2, 1, Quay Street" && contacts[0].postcode == "ZZ1 1ZZ")
    #expect(contacts[0].livesWith == true && contacts[0].parentalResponsibility == true && contacts[0].telephone == "0")
    #expect(contacts[1].address == "2 Quay, Harbour" && contacts[1].livesWith == nil)
  }
}
