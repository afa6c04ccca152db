/// Answers that no honest server gives, and what a client makes of each.
public enum HostileAnswers {
  /// What comes of it.
  public enum Outcome: Hashable, Sendable {
    /// The head can be read: this status, whatever follows it.
    case status(Int)
    /// The head is refused or cannot be read.
    case refused
    /// The connection ended before the head did.
    case ended
  }

  public struct Case: Sendable, CustomStringConvertible {
    public let name: String
    public let answer: RawServer.Answer
    public let outcome: Outcome
    public var description: String { name }
  }

  private static func head(_ status: String, _ fields: String = "content-length: 0") -> String {
    "HTTP/1.1 \(status)\r\n" + (fields.isEmpty ? "" : fields + "\r\n") + "\r\n"
  }

  private static func row(_ name: String, _ text: String, _ outcome: Outcome) -> Case {
    Case(name: name, answer: .text(text), outcome: outcome)
  }

  private static func ending(_ name: String, _ text: String, _ outcome: Outcome) -> Case {
    Case(name: name, answer: .last(Array(text.utf8)), outcome: outcome)
  }

  /// Every one of them.
  public static let all: [Case] = lowStatuses + statuses + informational + shapes + headers + lengths + chunks + ends

  private static let lowStatuses = ["000", "001", "042", "099"].flatMap { code in
    [
      row("status \(code) with a body", head("\(code) X", "content-length: 5") + "hello", .refused),
      row(
        "status \(code) in chunks", head("\(code) X", "transfer-encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n",
        .refused),
      row("status \(code) without a body", head("\(code) X"), .refused),
      ending("status \(code) until the end", head("\(code) X", "") + "hello", .refused),
    ]
  }

  private static let statuses =
    ["99 X", "-1 X", "1000 X", "2000 OK", "abc", "0x0", "", "+200 OK", "2 0 0"].map {
      row("status line \($0)", head($0), .refused)
    }
    + ["600", "700", "999"].map { row("status \($0)", head("\($0) X", "content-length: 2") + "ok", .refused) }
    + [301, 302, 303, 307, 308].map {
      row("redirect \($0)", head("\($0) Found", "location: http://127.0.0.1:1/\r\ncontent-length: 0"), .status($0))
    }
    + [
      row("204 with a body", head("204 X", "content-length: 5") + "hello", .status(204)),
      row("204 in chunks", head("204 X", "transfer-encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n", .status(204)),
      row("304 with a body", head("304 X", "content-length: 5") + "hello", .status(304)),
      row("205 with a body", head("205 X", "content-length: 5") + "hello", .status(205)),
    ]

  private static let informational = [
    row(
      "101 without being asked", head("101 Switching Protocols", "upgrade: x\r\nconnection: upgrade") + "raw", .refused),
    row("101 with a length", head("101 X", "content-length: 3") + "raw", .refused),
    row(
      "a few informational heads", head("100 Continue", "") + head("103 Hints", "link: x") + head("200 OK"),
      .status(200)),
    row("an informational head with a body", head("102 X", "content-length: 5") + "hello", .refused),
    row(
      "too many informational heads", String(repeating: head("100 Continue", ""), count: 9) + head("200 OK"), .refused),
    row("a flood of informational heads", String(repeating: head("199 X", ""), count: 20_000), .refused),
    ending("an informational head and the end", head("100 Continue", ""), .ended),
  ]

  private static let shapes = [
    row("no HTTP at all", "hello\r\n\r\n", .refused), row("HTTP/0.9", "<html>hello</html>\r\n\r\n", .refused),
    row("HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n", .refused), row("HTTP/0.9 by name", "HTTP/0.9 200 OK\r\n\r\n", .refused),
    row("HTTP/9.9", "HTTP/9.9 200 OK\r\n\r\n", .refused),
    row("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .refused),
    row("zero bytes", String(repeating: "\0", count: 4096), .refused),
    row("a request", "GET / HTTP/1.1\r\nhost: x\r\n\r\n", .refused),
    row("two answers", head("200 OK") + head("500 X"), .status(200)),
    row("rubbish behind the answer", head("200 OK") + "rubbish\r\n\r\n", .status(200)),
    row("a killer behind the answer", head("200 OK") + head("042 X", "content-length: 5") + "hello", .status(200)),
  ]

  private static let headers = [
    row("a header of 100 KB", head("200 OK", "x: " + String(repeating: "a", count: 100_000)), .refused),
    row(
      "a header of 40 KB", head("200 OK", "x: \(String(repeating: "a", count: 40_000))\r\ncontent-length: 0"), .refused),
    row("a name of 100 KB", head("200 OK", String(repeating: "a", count: 100_000) + ": x"), .refused),
    row("300 headers", head("200 OK", (0..<300).map { "x\($0): y" }.joined(separator: "\r\n")), .refused),
    row("150 headers", head("200 OK", (0..<150).map { "x\($0): y" }.joined(separator: "\r\n")), .refused),
    row("a header without a name", head("200 OK", ": x\r\ncontent-length: 0"), .refused),
    row("a header without a colon", head("200 OK", "hello"), .refused),
    row("a zero byte in a value", head("200 OK", "x: a\0b\r\ncontent-length: 0"), .refused),
    row("a compressed body", head("200 OK", "content-encoding: gzip\r\ncontent-length: 3") + "\u{1f}ab", .status(200)),
  ]

  private static let lengths = [
    row("a negative length", head("200 OK", "content-length: -5"), .refused),
    row("a length that is no number", head("200 OK", "content-length: five"), .refused),
    row("a length beyond all numbers", head("200 OK", "content-length: 99999999999999999999999"), .refused),
    row("two lengths", head("200 OK", "content-length: 5\r\ncontent-length: 6") + "hello", .refused),
    row(
      "a length and chunks", head("200 OK", "content-length: 5\r\ntransfer-encoding: chunked") + "0\r\n\r\n", .refused),
    ending("a length that never comes", head("200 OK", "content-length: 9223372036854775807") + "hello", .status(200)),
  ]

  private static let chunks =
    ["-1", "x", "FFFFFFFFFFFFFFFFFF", "7fffffffffffffff", "0x5", "", " 5"].map {
      ending(
        "a chunk of size \"\($0)\"", head("200 OK", "transfer-encoding: chunked") + "\($0)\r\nhello\r\n", .status(200))
    } + [
      row(
        "a chunk that is longer than it says", head("200 OK", "transfer-encoding: chunked") + "2\r\nhello\r\n",
        .status(200)),
      row(
        "trailers without end",
        head("200 OK", "transfer-encoding: chunked") + "0\r\n" + String(repeating: "x: y\r\n", count: 400), .status(200)
      ),
      row(
        "a chunk's extension without end",
        head("200 OK", "transfer-encoding: chunked") + "5;" + String(repeating: "x", count: 100_000), .status(200)),
    ]

  private static let ends = [
    ending("the end at once", "", .ended), ending("the end in the status line", "HTTP/1.1 20", .refused),
    ending("the end in the head", "HTTP/1.1 200 OK\r\nx: y\r\n", .refused),
    ending("the end in the body", head("200 OK", "content-length: 50") + "hello", .status(200)),
  ]
}
