import Foundation
import Rulebook
import SchoolFiles
import Seeded
import Testing

@testable import RegistersDomain

#if canImport(FoundationXML)
  import FoundationXML
#endif

extension PupilFilesTests {
  static func pupil(
    _ number: Int, givenName: String? = "Zed", addressProtected: Bool? = nil, contacts: [ContactSubmission]?
  ) -> PupilSubmission {
    PupilSubmission(
      upn: MadeUp.upn(number).text, formerUPN: nil, givenName: givenName, familyName: "Quarrington",
      dateOfBirth: "2016-05-04", sex: "F", yearGroup: "5", enteredOn: nil, enrolledOn: "2026-09-02", status: "single",
      leftOn: nil, deletedOn: nil, ground: nil, destination: "100002", addressProtected: addressProtected,
      contacts: contacts)
  }

  static func contact(
    _ name: String, livesWith: Bool? = nil, safe: Bool? = nil, addressProtected: Bool? = nil
  ) -> ContactSubmission {
    ContactSubmission(
      givenName: name, familyName: "Dell", relation: "FAM", parentalResponsibility: true, livesWith: livesWith,
      emergency: nil, safeToContact: safe, addressProtected: addressProtected, telephone: "07700 \(name)",
      email: "\(name)@example.org", address: "1 \(name) Street, Harbour", postcode: "ZZ1 \(name)")
  }

  static let source = CTFSource(authority: "880", establishment: "1234", urn: "900101", name: "Harbour Lane")

  static func transferText(_ pupils: [PupilSubmission], to destination: CTFDestination = .unknown) -> String {
    String(
      decoding: CTFWriter.write(pupils, from: source, to: destination, at: "2026-09-02T09:00:00"), as: UTF8.self)
  }

  /// Made-up children with whatever a text may hold.
  static func generated(_ generator: inout SeededGenerator, forTransfer: Bool) -> [PupilSubmission] {
    let texts = [
      "Zed", "O'Dell", "<b>&amp;", "=1+1", "''-x", "\"quoted\"", "a,b", "Zoë", "e\u{301}", "]]>", "\u{1F600}", "-1",
      "''",
      "two words", "x\u{2028}y", "&#65;", "x\u{FFFD}", "line\nend",
    ]
    // Line ends are for addresses in CSV; a transfer file has none.
    func text() -> String? {
      guard generator.below(4) > 0 else { return nil }
      let text = generator.pick(texts)
      return forTransfer ? text.split { $0.isNewline || $0 == "," }.joined(separator: " ") : text
    }
    func flag() -> Bool? { generator.pick([nil, true, false]) }
    return (0..<generator.below(12)).map { number in
      let home = (text(), text())
      let contacts = (0..<generator.below(forTransfer ? 6 : PupilLimits.contactsInCSV + 1)).map { place in
        let livesWith = forTransfer ? generator.pick([true, nil]) : flag()
        let own = livesWith == true && forTransfer ? home : (text(), text())
        return ContactSubmission(
          givenName: text() ?? "n\(place)", familyName: text(), relation: text(), parentalResponsibility: flag(),
          livesWith: livesWith, emergency: forTransfer ? nil : flag(), safeToContact: forTransfer ? nil : flag(),
          addressProtected: nil, telephone: text(), email: text(), address: own.0, postcode: own.1)
      }
      return PupilSubmission(
        upn: MadeUp.upn(number).text, formerUPN: text(), givenName: text(), familyName: text(), dateOfBirth: text(),
        sex: text(), yearGroup: text(), enteredOn: forTransfer ? nil : text(), enrolledOn: "2026-09-02",
        status: forTransfer ? nil : text(), leftOn: forTransfer ? nil : text(), deletedOn: forTransfer ? nil : text(),
        ground: forTransfer ? nil : text(), destination: forTransfer ? nil : text(), addressProtected: nil,
        contacts: contacts.isEmpty ? nil : contacts)
    }
  }

  static func described(_ pupils: [PupilSubmission]) -> [String] {
    pupils.map { pupil in
      func list(_ value: Any) -> String {
        Mirror(reflecting: value).children.map { "\($0.label ?? "")=\($0.value)" }.joined(separator: "|")
      }
      let texts = PupilField.allCases.map { "\($0.rawValue)=\(String(describing: pupil[$0]))" }
      return texts.joined(separator: "|") + " \(String(describing: pupil.addressProtected))"
        + (pupil.contacts ?? []).map { " + " + list($0) }.joined()
    }
  }

  @Test func whatIsWrittenAsCSVIsReadTheSame() throws {
    for seed in UInt64(1)...100 {
      var generator = SeededGenerator(seed: seed)
      let pupils = Self.generated(&generator, forTransfer: false)
      let file = try PupilsCSV.read(PupilsCSV.write(pupils))
      #expect(file.faults.isEmpty, "seed \(seed)")
      let isSame = Self.described(file.rows.map(\.pupil)) == Self.described(pupils)
      #expect(isSame, "seed \(seed)")
    }
  }

  @Test func whatIsWrittenAsATransferFileIsReadTheSame() throws {
    for seed in UInt64(1)...100 {
      var generator = SeededGenerator(seed: seed)
      let pupils = Self.generated(&generator, forTransfer: true)
      let text = Self.transferText(pupils)
      let file = try CTFReader.read(Array(text.utf8), enrolledOn: "2026-09-02")
      #expect(file.faults.isEmpty, "seed \(seed)")
      let isSame = Self.described(file.rows.map(\.pupil)) == Self.described(pupils)
      #expect(isSame, "seed \(seed)")
      // Another reading of XML than ours finds the same names.
      let surnames = try Leaves(text).texts(named: "Surname", under: "Pupil")
      #expect(surnames == pupils.compactMap { $0[.familyName] }, "seed \(seed)")
    }
  }

  @Test func aChildWhoseAddressIsProtectedLeavesNoAddressTelephoneOrSchool() throws {
    let hidden = [
      Self.pupil(1, addressProtected: true, contacts: [Self.contact("AB"), Self.contact("CD", livesWith: true)]),
      Self.pupil(1, contacts: [Self.contact("AB"), Self.contact("CD", livesWith: true, addressProtected: true)]),
    ]
    for pupil in hidden {
      let csv = String(decoding: PupilsCSV.write([pupil]), as: UTF8.self)
      for text in [csv, Self.transferText([pupil])] {
        #expect(text.contains("Quarrington") && text.contains("AB") && text.contains("CD"))
        for secret in ["Street", "07700", "example.org", "ZZ1", "100002", "Harbour", "900101", "1234<"] {
          #expect(!text.contains(secret), "\(secret)")
        }
      }
      #expect(Self.transferText([pupil]).contains("<LEA>XXX</LEA>"))
    }
  }

  @Test func aContactsProtectedOrUnsafeAddressIsItsOwnOnly() {
    let pupil = Self.pupil(1, contacts: [Self.contact("AB"), Self.contact("CD", addressProtected: true)])
    for text in [String(decoding: PupilsCSV.write([pupil]), as: UTF8.self), Self.transferText([pupil])] {
      #expect(text.contains("1 AB Street") && !text.contains("CD Street") && !text.contains("07700 CD"))
    }
    let unsafe = Self.transferText([Self.pupil(1, contacts: [Self.contact("AB"), Self.contact("EF", safe: false)])])
    #expect(unsafe.contains("<Forename>AB</Forename>") && !unsafe.contains("EF"))
  }

  @Test func destinationsAreWrittenAsTheFormatHasThem() {
    let cases: [(String, CTFDestination?)] = [
      ("XXXXXXX", .unknown), ("MMMMMMM", .outsideMaintained), ("880LLLL", .authority("880")),
      ("8801234", .school(authority: "880", establishment: "1234")), ("", nil), ("880123", nil), ("88012345", nil),
      ("88X1234", nil), ("880XXXX", nil), ("٨٨٠1234", nil),
    ]
    for (text, destination) in cases { #expect(CTFDestination(text) == destination, "\(text)") }
    let text = Self.transferText([], to: .outsideMaintained)
    #expect(text.contains("<DestSchool>\n<LEA>MMM</LEA>\n<Estab>MMMM</Estab>"))
    #expect(text.contains("<Estab>1234</Estab>\n<SchoolName>Harbour Lane</SchoolName>"))
  }
}

/// The texts of elements, read with nothing of the reader under test.
private final class Leaves: NSObject, XMLParserDelegate {
  private var path: [String] = []
  private var text = ""
  private var found: [(parent: String, name: String, text: String)] = []

  init(_ xml: String) throws {
    super.init()
    let parser = XMLParser(data: Data(xml.utf8))
    parser.delegate = self
    try #require(parser.parse())
  }

  func texts(named name: String, under parent: String) -> [String] {
    found.filter { $0.name == name && $0.parent == parent }.map(\.text)
  }

  func parser(
    _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName qName: String?,
    attributes attributeDict: [String: String]
  ) {
    path.append(elementName)
    text = ""
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  func parser(
    _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName qName: String?
  ) {
    path.removeLast()
    found.append((path.last ?? "", elementName, text))
    text = ""
  }
}
