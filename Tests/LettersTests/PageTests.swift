import Crypto
import Foundation
import Rulebook
import Seeded
import TestKit
import Testing

@testable import Letters

@Suite("Pages of documents")
struct PageTests {
  static let hostile = [
    "<script>alert(1)</script>", "x\"\u{301} onfocus=alert(1) y='\u{301}", "a\u{202E}txet\u{202C} \u{2066}b\u{2069}",
    "{{amount}} {{{amount}}} {{#sessions}}", "&lt;b&gt;&amp;", "<\u{301}b>&\u{301}lt;", "line\nline\u{0}\u{7F}\u{85}",
    "]]>--><!--", String(repeating: "W", count: 2_000), "مريم", "Zoë O’Brien-Ní Dhómhnaill",
  ]

  @Test(arguments: hostile)
  func aHostileNameIsOnlyText(name: String) throws {
    let documents = try Sample.documents()
    let plain = try documents.draft(try Sample.notice(child: "X"), to: Sample.mother, on: Sample.today)
    let recipient = Recipient(id: "c1", name: name, address: [name])
    let html = try documents.draft(try Sample.notice(child: name), to: recipient, on: Sample.today)
    func markup(_ html: String) -> [String] {
      html.matches(of: /<[^>]*>/.matchingSemantics(.unicodeScalar)).map { String($0.0) }.filter { $0 != "<br>" }
    }
    #expect(markup(html) == markup(plain), "no name adds an element or an attribute")
    let controls = html.unicodeScalars.filter {
      $0 != "\n" && ($0.properties.generalCategory == .control || (0x202A...0x202E).contains($0.value))
    }
    #expect(controls.isEmpty)
    #expect(html.contains("<td>£160</td>") && html.matches(of: /<td>Holiday/).count == 10, "no name is a template")
  }

  /// Random texts out of what parsers trip over: what a browser would read is what was written.
  @Test func anyTextIsReadBackAsItWasWritten() throws {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    let parts = Array("<>&\"'{}#/=\u{301}\u{200D}\u{20E3} aé�\u{1F600}שלום".unicodeScalars)
    for _ in 0..<2_000 {
      var text = String.UnicodeScalarView()
      for _ in 0..<generator.within(1...30) { text.append(generator.pick(parts)) }
      let clean = try LetterText.clean(String(text), for: "x")
      var html = LetterText.html(clean)
      #expect(!html.unicodeScalars.contains { "<>\"'".unicodeScalars.contains($0) })
      html.unicodeScalars.removeAll { $0.value == 0x2068 || $0.value == 0x2069 }
      // By scalars, as a browser reads them.
      var read: [Unicode.Scalar] = Array(html.unicodeScalars)
      for (entity, scalar) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        as [(String, Unicode.Scalar)]
      {
        let pattern = Array(entity.unicodeScalars)
        var index = 0
        while index + pattern.count <= read.count {
          if Array(read[index..<index + pattern.count]) == pattern {
            read.replaceSubrange(index..<index + pattern.count, with: [scalar])
          }
          index += 1
        }
      }
      #expect(read == Array(clean.unicodeScalars))
    }
  }

  @Test func theSameFactsMakeTheSameBytes() throws {
    func digest() throws -> String {
      let html = try Sample.documents().draft(try Sample.notice(), to: Sample.mother, on: Sample.today)
      return SHA256.hash(data: Data(html.utf8)).map { String($0, radix: 16) }.joined()
    }
    #expect(try digest() == digest())
    let other = try Sample.documents().draft(try Sample.notice(reduced: false), to: Sample.mother, on: Sample.today)
    #expect(try SHA256.hash(data: Data(other.utf8)).map { String($0, radix: 16) }.joined() != digest())
  }

  /// Each mandatory content of the notice, lettered as in the list of the Regulations.
  @Test func thePenaltyNoticeSaysWhatItMust() throws {
    let html = try Sample.documents().draft(
      try Sample.notice(provision: "Example Farm"), to: Sample.mother, on: Sample.today)
    for text in [
      "Mary Sample", "1 High Street", "Ann Sample", "Example Primary School", "Example Farm", "Les Officer",
      "Legal officer, Exampleshire Council", "5 October 2026", "9 October 2026", "Friday 27 November 2026", "£160",
      "£80",
      "Monday 21 December 2026", "Monday 28 December 2026", "Exampleshire Council", "By card at www.example.gov.uk/pay",
      "you cannot be prosecuted", "may be prosecuted", "must withdraw this notice", "no right of appeal",
      "cannot take part of it", "first penalty notice", "Tuesday 1 December 2026", "<td>Afternoon</td>",
      "Holiday not granted",
    ] { #expect(html.contains(text), "\(text)") }
    #expect(html.matches(of: /<td>(Morning|Afternoon)<\/td>/).count == 10)
    let second = try Sample.documents().draft(try Sample.notice(reduced: false), to: Sample.mother, on: Sample.today)
    #expect(second.contains("second penalty notice") && !second.contains("first penalty notice"))
    #expect(!second.contains("£80") && !second.contains("place that should have been"))
  }

  @Test func aNoticeThatContradictsItselfIsRefused() throws {
    #expect(throws: LetterError.self) { try Sample.notice(absences: []) }
    #expect(throws: LetterError.self) { try Sample.notice(absences: [Sample.absences[0], Sample.absences[0]]) }
    #expect(throws: LetterError.self) {
      try Sample.notice(absences: [.init(day: Sample.day(2026, 12, 2), session: .am, meaning: "x")])
    }
    #expect(throws: LetterError.missing(particular: "paymentMethods", source: "SI 2007/1867 reg 3, (g)")) {
      try Sample.documents().draft(try Sample.notice(methods: []), to: Sample.mother, on: Sample.today)
    }
    #expect(throws: LetterError.missing(particular: "provisionName", source: "SI 2007/1867 reg 3, (b)")) {
      try Sample.documents().draft(try Sample.notice(provision: " "), to: Sample.mother, on: Sample.today)
    }
    #expect(throws: LetterError.self) {
      try AttendanceFigures(
        first: Sample.today, last: Sample.today, possible: 2, missed: 3, unauthorised: 0)
    }
  }

  @Test func theFirstLetterSaysWhatItMust() throws {
    let html = try Sample.documents().draft(try Sample.firstContact(), to: Sample.father, on: Sample.today)
    for text in [
      "John Sample", "9 Low Road", "Ann Sample", "From 1 September 2026 to 20 November 2026", ">110<", ">17<", ">9<",
      "Friday 11 December 2026", "do not have to accept", "interpreter", "Pat Officer", "Attendance officer",
      "01632 960001", "Draft. This has not been issued.",
    ] { #expect(html.contains(text), "\(text)") }
    #expect(!html.contains("Mary") && !html.contains("High Street"), "nothing of another parent")
  }

  @Test func noLetterGoesWithoutAnAddressee() throws {
    for recipient in [
      Recipient(id: "c1", name: " ", address: ["1 High Street"]),
      Recipient(id: "c1", name: "Mary", address: ["", " "]),
    ] {
      #expect(throws: LetterError.self) {
        try Sample.documents().draft(try Sample.notice(), to: recipient, on: Sample.today)
      }
    }
  }

  @Test(arguments: [
    (16_000, "£160"), (8_050, "£80.50"), (5, "£0.05"), (100, "£1"), (99_999, "£999.99"), (250_000, "£2,500"),
    (123_456_700, "£1,234,567"),
  ])
  func sumsAreWrittenWithThePound(pence: Int, text: String) { #expect(LetterText.pounds(pence: pence) == text) }
}
