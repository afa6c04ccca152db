import Testing

@testable import SchoolFiles

@Suite("XML as it is written") struct XMLTextTests {
  @Test(arguments: [
    ("<", "&lt;"), ("<\u{301}b", "&lt;\u{301}b"), (">\u{301}", "&gt;\u{301}"), ("&\u{301}amp;", "&amp;\u{301}amp;"),
    ("\"\u{20D2}", "&quot;\u{20D2}"), ("a\r\nb\tc\u{0}\u{FFFE}", "a  b c  "), ("Zoë 'O' 学", "Zoë 'O' 学"),
  ])
  func escaped(_ text: String, _ expected: String) {
    #expect(Array(XMLText.escaped(text).utf8) == Array(expected.utf8))
  }

  /// No text, with whatever mark behind its signs, opens or ends an element.
  @Test(arguments: ["\u{301}", "\u{327}", "\u{20D2}", "\u{FE0F}", "\u{200D}", "\u{1F3FD}"])
  func whatIsWrittenIsReadAgain(_ mark: String) throws {
    let text = "<\(mark)/b><c d=\"\(mark)\">&\(mark)amp;"
    var xml = XMLText()
    xml.element("a") { $0.value("b", text) }
    var scanner = XMLScanner(xml.bytes, textBytes: 100)
    var events: [XMLScanner.Event] = []
    repeat { events.append(try scanner.next()) } while events.last != .end
    let read = XMLScanner.Event.close(text)
    #expect(events.prefix(3) == [.open("a"), .open("b"), read] && events.count == 5, "\(mark.unicodeScalars)")
  }
}
