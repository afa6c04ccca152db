import Foundation
import Synchronization
import TestKit
import Testing

@testable import Letters

/// The real WeasyPrint, and poppler to read what it made.
@Suite("Printing", .serialized)
struct PrinterTests {
  /// What a program of Debian's writes.
  private func run(_ program: String, _ arguments: [String], input: String = "") async throws -> String {
    String(decoding: try await output(of: program, arguments, input: input), as: UTF8.self)
  }

  private func printed(_ html: String, _ limits: WeasyPrinter.Limits = .init()) async throws -> URL {
    let pdf = try await WeasyPrinter(limits).pdf(of: Array(html.utf8))
    let file = URL(fileURLWithPath: NSTemporaryDirectory() + "letter-\(UUID().uuidString).pdf")
    try Data(pdf).write(to: file)
    return file
  }

  private static func page(_ body: String, head: String = "") -> String {
    "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>T</title>\(head)</head><body>\(body)</body></html>"
  }

  @Test func theNoticeIsTaggedAndHasItsWords() async throws {
    let name = "Zoë O’Brien <b> مريم"
    let html = try Sample.documents().draft(try Sample.notice(child: name), to: Sample.mother, on: Sample.today)
    let file = try await printed(html)
    defer { try? FileManager.default.removeItem(at: file) }
    let about = try await run("pdfinfo", [file.path])
    #expect(about.contains(/Tagged: +yes/) && about.contains(/JavaScript: +no/) && about.contains(/Page size:.*A4/))
    #expect(about.contains(/Title: +Penalty notice: absence from school, Draft/))
    let structure = try await run("pdfinfo", ["-struct", file.path])
    for tag in ["H1", "H2", "Table", "TH", "LI"] { #expect(structure.contains(try Regex("\\b\(tag)\\b")), "\(tag)") }
    #expect(structure.matches(of: /\bH1\b/).count == 1)
    let text = try await run("pdftotext", ["-layout", file.path, "-"]).replacing(/\s+/, with: " ")
    for words in [
      "Mary Sample", "Zoë O’Brien <b>", "£160", "£80", "Monday 28 December 2026", "you cannot be prosecuted",
      "Holiday not granted", "Page 1 of",
    ] { #expect(text.contains(words), "\(words)") }
    let fonts = try await run("pdffonts", [file.path]).split(separator: "\n").dropFirst(2)
    #expect(!fonts.isEmpty && fonts.allSatisfy { $0.contains(/yes yes yes/) }, "every font is embedded, with its text")
  }

  @Test func aNameOfTwoThousandLettersIsPrintedWhole() async throws {
    let name = String(repeating: "W", count: 2_000)
    let html = try Sample.documents().draft(try Sample.firstContact(child: name), to: Sample.mother, on: Sample.today)
    let file = try await printed(html)
    defer { try? FileManager.default.removeItem(at: file) }
    let text = try await run("pdftotext", ["-layout", file.path, "-"])
    #expect(text.count { $0 == "W" } >= 2_000 && text.split(separator: "\n").allSatisfy { $0.count < 200 })
  }

  /// The same page makes WeasyPrint fetch when nobody forbids it.
  @Test func noAddressInAPageIsFetched() async throws {
    let asked = Mutex(0)
    let server = RawServer { _ in
      asked.withLock { $0 += 1 }
      return .last(Array("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".utf8))
    }
    try await server.serve { port in
      let secret = NSTemporaryDirectory() + "secret-\(UUID().uuidString).txt"
      try Data("XSECRETX".utf8).write(to: URL(fileURLWithPath: secret))
      defer { try? FileManager.default.removeItem(atPath: secret) }
      let base = "http://127.0.0.1:\(port)"
      let html = Self.page(
        """
        <p>Words</p><img src="\(base)/a.png" alt="a"><object data="\(base)/b"></object>
        <p style="background: url(\(base)/c.png)">x</p><a rel="attachment" href="file://\(secret)">y</a>
        <img src="file://\(secret)" alt="b">
        """,
        head: """
          <link rel="stylesheet" href="\(base)/d.css"><base href="\(base)/"><link rel="attachment" href="file://\(secret)">
          <style>@import url(\(base)/e.css); @font-face { font-family: F; src: url(\(base)/f.woff) } body { font-family: F }
          </style>
          """)
      let file = try await printed(html)
      defer { try? FileManager.default.removeItem(at: file) }
      #expect(asked.withLock { $0 } == 0)
      #expect(try await run("pdftotext", [file.path, "-"]).contains("Words"))
      #expect(try await run("pdfdetach", ["-list", file.path]).hasPrefix("0 "))
      _ = try await run("weasyprint", ["-", "-"], input: html)
      #expect(asked.withLock { $0 } > 0, "what the test watches for happens without the guard")
    }
  }

  private static let heavy = page(
    "<table>" + String(repeating: "<tr><td>word word word</td><td>word</td></tr>", count: 20_000) + "</table>")

  /// The processes of the printer that run.
  private func printers() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.count { pid in
      let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline").map {
        String(decoding: $0, as: UTF8.self)
      }
      // A number of bytes that no other printer has.
      return line?.contains("\(Self.mark)") == true
    }
  }
  private static let mark = (512 << 20) + Int(getpid())

  @Test func aPageThatTakesTooLongIsEndedAndLeavesNoProcess() async throws {
    let limits = WeasyPrinter.Limits(seconds: 1, memoryBytes: Self.mark)
    await #expect(throws: PrintFailure.tookTooLong) { try await printed(Self.heavy, limits) }
    #expect(try printers() == 0)
  }

  @Test func whoeverStopsWaitingLeavesNoProcess() async throws {
    let limits = WeasyPrinter.Limits(seconds: 300, memoryBytes: Self.mark)
    let work = Task { try await printed(Self.heavy, limits) }
    while try printers() == 0 { await Task.yield() }
    work.cancel()
    await #expect(throws: CancellationError.self) { try await work.value }
    while try printers() > 0 { await Task.yield() }
  }

  @Test func limitsOfMemoryAndSizeHold() async throws {
    await #expect(throws: PrintFailure.pageTooLarge) { try await printed("xx", .init(pageBytes: 1)) }
    await #expect(throws: PrintFailure.pdfTooLarge) { try await printed(Self.page("<p>x</p>"), .init(pdfBytes: 100)) }
    let narrow = WeasyPrinter.Limits(seconds: 60, memoryBytes: 200 << 20)
    do {
      _ = try await printed(Self.heavy, narrow)
      Issue.record("20,000 rows do not fit into 200 MB")
    } catch let failure as PrintFailure {
      #expect([.neededTooMuchMemory, .failed].contains(failure))
    }
  }
}
