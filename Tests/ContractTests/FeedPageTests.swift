import Foundation
import Rulebook
import Seeded
import TestKit
import Testing

@testable import Contracts

/// A page of a feed is cut into its events without being decoded as one document: what hostile pages come to.
@Suite("Pages of a feed") struct FeedPageTests {
  private static let page = try? JSONBatchFormat.encode([
    .sample(data: Array(#"{"a":["]}",{"b":"\"}"}],"c":null}"#.utf8)), .sample(sequence: 43),
  ])

  private func changed(_ old: String, to new: String) throws -> [UInt8] {
    let text = String(decoding: try #require(Self.page), as: UTF8.self)
    let changed = text.replacing(old, with: new, maxReplacements: 1)
    #expect(changed != text)
    return Array(changed.utf8)
  }

  private func refused(_ bytes: [UInt8], _ sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(throws: ContractError.invalidData(path: ""), sourceLocation: sourceLocation) {
      try JSONBatchFormat.decode(bytes)
    }
  }

  @Test("A page that is cut anywhere is refused, and so is one with anything behind it")
  func cut() throws {
    let page = try #require(Self.page)
    #expect(try JSONBatchFormat.decode(page).count == 2)
    for count in page.indices {
      #expect(throws: ContractError.self, "\(count) bytes") { try JSONBatchFormat.decode(Array(page[..<count])) }
    }
    refused(page + Array(",".utf8))
    refused(page + page)
    #expect(try JSONBatchFormat.decode(Array(" \n".utf8) + page + Array("\r\t".utf8)).count == 2)
  }

  @Test("Brackets that do not belong together, and commas and colons that are not there, are refused")
  func brackets() throws {
    for (old, new) in [
      (#""c":null}"#, #""c":null]"#), (#""c":null}"#, #""c":null}}"#), (#""c":null}"#, #""c":null"#), ("},{", "}{"),
      ("},{", "},,{"), ("},{", "},null,{"), (#""source":"#, #""source""#), (#""source":"#, #""source"::"#),
      (#""source":"#, #"source:"#), (#","source":"#, #","7,"source":"#), (#","source":"#, #" "source":"#),
    ] { refused(try changed(old, to: new)) }
  }

  @Test("An attribute that is there twice is refused, also one that nobody reads, and a name with escapes")
  func repeatedNames() throws {
    for member in [
      #""subject":"900102""#, #""data":{}"#, #""x":1,"x":1"#, #""d\u0061ta":{}"#, #""subj\u0065ct":"900102""#,
      #""\"":1"#,
    ] { refused(try changed("[{", to: "[{\(member),")) }
    #expect(try JSONBatchFormat.decode(changed("[{", to: #"[{"x":1,"X":[{"x":2,"x":2}],"DATA":{},"#)).count == 2)
  }

  @Test("Escapes in an attribute are read, and half of a pair is refused")
  func escapes() throws {
    let events = try JSONBatchFormat.decode(
      changed(#""subject":"900101""#, to: #""subject":"9\u00300\/\ud83d\ude00\n""#))
    #expect(events.map(\.subject) == ["900/😀\n", "900101"])
    for text in [#""\ud83d""#, #""\q""#, #""\u12""#] {
      #expect(throws: ContractError.invalidAttribute("subject")) {
        try JSONBatchFormat.decode(changed(#""subject":"900101""#, to: #""subject":\#(text)"#))
      }
    }
    refused(try changed("900101", to: "900\n101"))
    let page = try #require(Self.page)
    let place = try #require(page.firstRange(of: "900101".utf8))
    for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80]] {
      #expect(throws: ContractError.invalidAttribute("subject")) {
        try JSONBatchFormat.decode(Array(page[..<place.lowerBound]) + bytes + page[place.upperBound...])
      }
    }
  }

  @Test("Data is read to a depth and refused beyond it, without a stack to exhaust")
  func depth() throws {
    func nested(_ depth: Int) throws -> [UInt8] {
      try changed(
        #""data":{}"#, to: "\"data\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
    }
    #expect(try JSONBatchFormat.decode(nested(64)).last?.data?.count == 128)
    for depth in [65, 66, 1_000_000] { refused(try nested(depth)) }
  }

  @Test("Attributes that are too long or too many are refused before anything is made of them")
  func tooLong() throws {
    let limit = KafkaBinding.maximumAttributeBytes
    func subject(_ text: String) throws -> [Event] {
      try JSONBatchFormat.decode(changed(#""subject":"900101""#, to: #""subject":"\#(text)""#))
    }
    #expect(try subject(String(repeating: "s", count: limit)).count == 2)
    #expect(try subject(String(repeating: #"\u0073"#, count: limit)).count == 2)
    for text in [String(repeating: "s", count: limit + 1), String(repeating: #"\u0073"#, count: limit + 1)] {
      #expect(throws: ContractError.invalidAttribute("subject")) { try subject(text) }
    }
    func others(_ count: Int) throws -> [UInt8] {
      try changed("[{", to: "[{" + (0..<count).map { #""x\#($0)":{},"# }.joined())
    }
    #expect(try JSONBatchFormat.decode(others(30)).count == 2)
    refused(try others(50))
  }

  @Test("A page of more events than were asked for is refused")
  func wrongCount() throws {
    let page = try #require(Self.page)
    #expect(try JSONBatchFormat.decode(page, atMost: 2).count == 2)
    #expect(throws: ContractError.invalidData(path: "")) { try JSONBatchFormat.decode(page, atMost: 1) }
  }

  @Test("Marks are read in one pass as a decoder reads them, or left to it")
  func marks() throws {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    let golden = String(decoding: try Goldens.bytes("registers.marks-recorded.v1.json"), as: UTF8.self)
      .replacing("\"/\"", with: #""\\""#)
    let fragments = [
      "\\u0041", "\"", ",", ":", "[]", "{}", " ", "null", "é", "\"school\":\"900101\",", "\"x\":1,", "]", "}", "\\",
    ]
    var (read, refused) = (0, 0)
    for _ in 0..<3_000 {
      var bytes = Array(golden.utf8)
      for _ in 0..<Int.random(in: 0...2, using: &generator) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        let end = min(bytes.count, place + Int.random(in: 0...2, using: &generator))
        bytes.replaceSubrange(place..<end, with: Array((fragments.randomElement(using: &generator) ?? "").utf8))
      }
      let decoded = try? JSONDecoder().decode(MarksRecorded.self, from: Data(bytes))
      #expect((try? MarksRecorded.decode(.sample(data: bytes))) == decoded, "\(String(decoding: bytes, as: UTF8.self))")
      if decoded == nil { refused += 1 } else { read += 1 }
    }
    #expect(min(read, refused) > 300, "\(read) read, \(refused) refused")
  }

  @Test("What registers write is read in one pass, mornings and afternoons")
  func plainMarks() throws {
    let pupils = ["p000000001", "p000000002"].compactMap { PupilID($0) }
    for code in ["/", #"\"#, "U", "C1"] {
      let marks = MarksRecorded(
        school: try URN("900101"), date: Day(ordinal: 20_000), session: .pm, marks: [code: pupils, "I": []])
      #expect(MarksRecorded.plain(try marks.encoded()) == marks)
    }
  }

  @Test("What is wrong with marks is told by the field")
  func wrongMarks() throws {
    let golden = String(decoding: try Goldens.bytes("registers.marks-recorded.v1.json"), as: UTF8.self)
    for (old, new, path) in [("\"AM\"", "\"XM\"", "/session"), ("\"date\"", "\"dat\"", "/date")] {
      let changed = golden.replacing(old, with: new)
      #expect(changed != golden)
      #expect(throws: ContractError.invalidData(path: path)) {
        try MarksRecorded.decode(.sample(data: Array(changed.utf8)))
      }
    }
  }
}
