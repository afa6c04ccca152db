import Testing

@testable import SchoolFiles

@Suite("Sheets") struct SheetTests {
  /// The names in the column `name`, with the rows of those that cannot be read.
  private func names(_ text: String) throws -> (names: [String], faults: [Int]) {
    var (found, faults) = ([String](), [Int]())
    try TextFile(Array(text.utf8)).bytes.withUnsafeBufferPointer { bytes in
      let format = SheetFormat(columns: 8, fieldBytes: 20, rowBytes: 100)
      let cells = format.fields()
      defer { cells.deallocate() }
      var sheet = try format.open(bytes, cells) { names, _, _ throws(HeaderFault) in
        guard let name = names.map(HeaderName.key).firstIndex(of: "name") else { throw .missing(["name"]) }
        return name
      }
      var row = sheet.headerRow
      while case let outcome = sheet.scanner.next(into: cells), outcome != .end {
        row += 1
        switch outcome {
        case .record(let count) where sheet.columns < count && !cells[sheet.columns].isBroken:
          found.append(sheet.scanner.text(cells[sheet.columns]))
        case .blank, .end: break
        case .record, .fault: faults.append(row)
        }
      }
    }
    return (found, faults)
  }

  static let sheets: [(text: String, names: [String], faults: [Int])] = [
    ("name\nAnn\nBen\n", ["Ann", "Ben"], []), ("Our list\n\nid,Name*\n1,Ann\n", ["Ann"], []),
    ("sep=;\nid;NAME\n1;Ann\n", ["Ann"], []), ("id\tname\n1\tAnn\n", ["Ann"], []),
    ("name\n\"Ann \"\"A\"\" Lee\"\n", ["Ann \"A\" Lee"], []), ("name\n=\"007\"\n", ["=\"007\""], []),
    ("name\nAnn\nB\"en\nCy\n", ["Ann", "Cy"], [3]), ("name\n\"Ann\nBen\n", ["Ben"], [2]),
    ("name,id\nAnn,\u{1}\n\u{1},2\n", ["Ann"], [3]), ("name\r\nAnn\r\n\r\n,,\r\nBen", ["Ann", "Ben"], []),
    ("name\n\(String(repeating: "x", count: 21))\nBen\n", ["Ben"], [2]),
  ]

  @Test(arguments: sheets)
  func areReadByTheirHeader(_ sheet: (text: String, names: [String], faults: [Int])) throws {
    let read = try names(sheet.text)
    #expect(read.names == sheet.names && read.faults == sheet.faults, "\(sheet.text)")
  }

  @Test func whatHasNoHeaderIsRefused() {
    #expect(throws: HeaderFault.missing(["name"])) { try names("id\n1\n") }
    #expect(throws: HeaderFault.empty) { try names("") }
    #expect(throws: HeaderFault.tooManyColumns) { try names("a,b,c,d,e,f,g,h,name\n") }
  }

  @Test(arguments: ["=1+1", "+44", "-1", "@x", "'=1", "plain", "a,b", "\"q\"", " x ", "two\nlines"])
  func aCellIsReadBackAsItWasWritten(text: String) throws {
    var table = CSVTable(["name", "other"])
    table.add(["name": text, "other": "x"])
    let read = try names(String(decoding: table.bytes, as: UTF8.self))
    #expect(read.names.map(SpreadsheetCell.read) == [text.trimmed] && read.faults.isEmpty)
  }
}
