import Testing

@testable import SchoolFiles

@Suite("Transfer files") struct CTFFileTests {
  struct Child: CTFPupilReader, Equatable {
    var surname: String?
    var opened = 0
    init() {}
    init(_ surname: String?, opened: Int) { (self.surname, self.opened) = (surname, opened) }
    mutating func open(_ path: ArraySlice<String>) { opened += 1 }
    mutating func close(_ path: ArraySlice<String>, _ text: String?) {
      if path.elementsEqual(["surname"]) { surname = text }
    }
  }

  static let limits = CTFLimits(fileBytes: 2_000, pupils: 2, elements: 40, depth: 6, textBytes: 10)
  static let school = CTFSource(authority: "880", establishment: "1234", urn: "900101", name: "Harbour & Lane")

  private func read(_ text: String) throws -> [Child] { try CTFFile.pupils(in: Array(text.utf8), Self.limits) }

  @Test func whatIsWrittenIsReadAgain() throws {
    let bytes = CTFFile.write(from: Self.school, to: .unknown, at: "2026-11-28T09:00:00") { xml in
      for name in ["O'B <&>", "Zoë"] { xml.element("Pupil") { $0.value("Surname", name) } }
    }
    #expect(try CTFFile.pupils(in: bytes, Self.limits) == [Child("O'B <&>", opened: 1), Child("Zoë", opened: 1)])
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("<SchoolName>Harbour &amp; Lane</SchoolName>") && text.contains("<Estab>XXXX</Estab>"))
    let hidden = CTFFile.write(from: nil, to: .unknown, at: "2026-11-28T09:00:00") { _ in }
    #expect(!String(decoding: hidden, as: UTF8.self).contains("Harbour"))
  }

  static let faults: [(text: String, fault: CTFFault)] = [
    ("", .empty), ("  ", .empty), ("%PDF-1.7", .other(.pdf)), ("<x/>", .notTransferFile), ("<CTfile>", .notWellFormed),
    ("<CTfile>&x;</CTfile>", .notWellFormed), ("<!DOCTYPE x><CTfile/>", .documentType),
    ("<?xml version=\"1.0\" encoding=\"EBCDIC\"?><CTfile/>", .unknownEncoding),
    ("<CTfile>\u{1}</CTfile>", .notWellFormed),
    ("<CTfile><CTFpupilData>" + String(repeating: "<Pupil/>", count: 3) + "</CTFpupilData></CTfile>", .tooManyPupils),
    ("<CTfile>" + String(repeating: "<a/>", count: 40) + "</CTfile>", .tooManyElements),
    ("<CTfile>" + String(repeating: "<a>", count: 6) + String(repeating: "</a>", count: 6) + "</CTfile>", .tooDeep),
    ("<CTfile>" + String(repeating: " ", count: 2_000) + "</CTfile>", .tooLarge),
    ("<CTfile a=\"1\" a=\"<\"/>", .notWellFormed), ("<CTfile><?x?></CTfile><CTfile/>", .notWellFormed),
  ]

  @Test(arguments: faults) func whatIsNoTransferFileIsRefused(_ row: (text: String, fault: CTFFault)) {
    #expect(throws: row.fault, "\(row.text.prefix(60))") { try read(row.text) }
  }

  @Test func aTextThatIsTooLongIsNone() throws {
    let children = try read(
      "<CTfile><CTFpupilData><Pupil><Surname>\(String(repeating: "x", count: 11))</Surname></Pupil></CTFpupilData></CTfile>"
    )
    #expect(children == [Child(nil, opened: 1)])
  }
}
