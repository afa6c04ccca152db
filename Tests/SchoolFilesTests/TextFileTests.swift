import Testing

@testable import SchoolFiles

@Suite("What kind of file it is") struct TextFileTests {
  static func utf16(_ text: String, bigEndian: Bool, mark: Bool = true) -> [UInt8] {
    ((mark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit in
      let bytes = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
      return bigEndian ? bytes : bytes.reversed()
    }
  }

  static let text = "upn,name\nA,Zoë Müller’s €\n"

  static let files: [(bytes: [UInt8], encoding: TextFile.Encoding)] = [
    (Array(text.utf8), .utf8), ([0xEF, 0xBB, 0xBF] + Array(text.utf8), .utf8), (Array(text.utf8) + [0x1A, 0], .utf8),
    (utf16(text, bigEndian: false), .utf16), (utf16(text, bigEndian: true), .utf16),
    (utf16(text, bigEndian: false, mark: false), .utf16), (utf16(text, bigEndian: true, mark: false), .utf16),
    (
      Array("upn,name\nA,Zo".utf8) + [0xEB] + Array(" M".utf8) + [0xFC] + Array("ller".utf8) + [0x92]
        + Array("s ".utf8) + [0x80, 0x0A], .windows1252
    ),
  ]

  @Test(arguments: files) func isReadAsUTF8(_ file: (bytes: [UInt8], encoding: TextFile.Encoding)) throws {
    let read = try TextFile(file.bytes)
    #expect(String(validating: read.bytes, as: UTF8.self) == Self.text)
    #expect(read.encoding == file.encoding)
  }

  /// Whatever the bytes are, what comes out is UTF-8, and ASCII is as it was.
  @Test func anyBytesBecomeUTF8() throws {
    for byte in UInt8.min...UInt8.max {
      for bytes in [[65, byte, 66], [65, 0xE2, byte], [65, 0xED, byte, 0x80, 66], [65, 0xF4, byte, 0x80, 0x80]] {
        guard let file = try? TextFile(bytes as [UInt8]) else { continue }
        #expect(String(validating: file.bytes, as: UTF8.self) != nil, "\(bytes)")
        #expect(file.bytes.first == 65, "\(bytes)")
      }
    }
  }

  static let others: [([UInt8], OtherFile)] = [
    ([0x50, 0x4B, 3, 4, 20, 0], .workbook), ([0xD0, 0xCF, 0x11, 0xE0, 0xA1], .oldWorkbook),
    (Array("%PDF-1.4".utf8), .pdf), (Array("\r\n <html><table>".utf8), .webPage),
    ([0xEF, 0xBB, 0xBF] + Array("<?xml version=\"1.0\"?>".utf8), .webPage), (Array(" {\"marks\": []}".utf8), .json),
    (Array("[ {\"upn\": 1}]".utf8), .json), ([0x1F, 0x8B, 8], .notText), (Array("{\\rtf1".utf8), .notText),
    ([0xFF, 0xD8, 0xFF, 0xE0], .notText), ([0xFF, 0xFE, 0, 0], .notText),
  ]

  @Test(arguments: others) func otherFilesAreNamed(_ file: ([UInt8], OtherFile)) {
    #expect(throws: file.1) { try TextFile(file.0) }
    #expect(file.1.detail.contains("CSV"))
  }

  @Test func anEmptyFileIsText() throws {
    #expect(try TextFile([]).bytes.isEmpty && TextFile([0, 0, 0x1A]).bytes.isEmpty)
  }

  @Test func aNamedEncodingIsRead() {
    #expect(TextFile(decoding: [0x5A, 0xEB, 0x80]).bytes == Array("Zë€".utf8))
    #expect(TextFile(decoding: Self.utf16("Zë", bigEndian: true)).bytes == Array("Zë".utf8))
  }
}
