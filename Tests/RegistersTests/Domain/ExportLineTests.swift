import Foundation
import Schemas
import Seeded
import Testing

@testable import Keeping
@testable import RegistersDomain

/// What leaves can be read back, and does nothing where it is opened.
@Suite struct ExportLineTests {
  private let layout = ExportLayout([
    .init("name", .string(), "A name."), .init("count", .integer(minimum: 0), required: false, "A count."),
    .init("isOpen", .boolean, "Whether."), .init("more", .object([]), required: false, "More."),
  ])

  private func text(_ cells: [ExportCell], _ format: ExportFormat) -> String {
    var bytes: [UInt8] = []
    layout.append(cells, format, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func linesAreWhatTheyAreSupposedToBe() {
    let cells: [ExportCell] = [.text("O\"Neil\n"), .integer(3), .flag(true), .json("{\"a\":\n1}")]
    #expect(
      text(cells, .jsonl) == #"{"name":"O\"Neil\u000a","count":3,"isOpen":true,"more":{"a": 1}}"# + "\n")
    #expect(text(cells, .csv) == "\"O\"\"Neil\n\",3,true,\"{\"\"a\"\":\n1}\"\r\n")
    #expect(text([.text(""), .null, .flag(false), .null], .jsonl) == #"{"name":"","isOpen":false}"# + "\n")
    #expect(text([.text(""), .null, .flag(false), .null], .csv) == "\"\",,false,\r\n")
    var header: [UInt8] = []
    layout.appendHeader(.jsonl, to: &header)
    #expect(header.isEmpty)
    layout.appendHeader(.csv, to: &header)
    #expect(String(decoding: header, as: UTF8.self) == "\"name\",\"count\",\"isOpen\",\"more\"\r\n")
  }

  @Test(arguments: ["=1+1", "+44 1", "-2", "@SUM(A1)", "\tx", "\rx", "'quoted"])
  func whatASpreadsheetWouldRunIsNeutral(cell: String) {
    let line = text([.text(cell), .null, .flag(true), .null], .csv)
    #expect(line.hasPrefix("\"'"))
    #expect(CSVText.records(line).first?.first == .some(.some(cell)), "and it can be read back")
  }

  /// Any text whatever is one line of JSON and one record of CSV, and reads back as itself.
  @Test func anyTextReadsBack() throws {
    let seed: UInt64 = 90
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("ab,;'\"\\=+-@/\n\r\t\u{1}\u{1F}é𝄞\u{2028} ".unicodeScalars)
    for _ in 0..<500 {
      var value = ""
      for _ in 0..<random.below(12) { value.unicodeScalars.append(random.pick(alphabet)) }
      let cells: [ExportCell] = [.text(value), .null, .flag(true), .null]
      let json = text(cells, .jsonl)
      #expect(json.utf8.filter { $0 == UInt8(ascii: "\n") }.count == 1, "seed \(seed)")
      let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
      #expect((object?["name"] as? String).map { Array($0.utf8) } == Array(value.utf8), "seed \(seed)")
      let records = CSVText.records(text(cells, .csv))
      #expect(records.count == 1 && records[0].count == 4, "seed \(seed)")
      #expect(records[0][0].map { Array($0.utf8) } == Array(value.utf8), "seed \(seed)")
    }
  }
}
