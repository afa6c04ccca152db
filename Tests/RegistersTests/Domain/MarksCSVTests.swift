import SchoolFiles
import Seeded
import Testing

@testable import RegistersDomain

@Suite struct MarksCSVTests {
  /// The rows as texts: upn, date, session, code, detail.
  private func read(_ text: String) throws -> (rows: [[String]], faults: [RowFault]) {
    let file = try MarksCSV.read(Array(text.utf8))
    let rows = file.rows.map { row in [row.upn, row.date, row.session, row.code, row.detail].map(file.text) }
    return (rows, file.faults)
  }

  static let readable: [(name: String, text: String, rows: [[String]])] = [
    ("plain", "upn,date,session,code\nA,D,AM,/\n", [["A", "D", "AM", "/", ""]]),
    ("no last line end", "upn,date,session,code\nA,D,AM,/", [["A", "D", "AM", "/", ""]]),
    (
      "CR LF", "upn,date,session,code\r\nA,D,AM,/\r\nB,D,PM,\\\r\n",
      [["A", "D", "AM", "/", ""], ["B", "D", "PM", "\\", ""]]
    ),
    ("lone CR", "upn,date,session,code\rA,D,AM,/\r", [["A", "D", "AM", "/", ""]]),
    ("byte order mark", "\u{FEFF}upn,date,session,code\nA,D,AM,/\n", [["A", "D", "AM", "/", ""]]),
    ("any order, other columns, any case", "x,Code,SESSION,date,UPN\n1,/,AM,D,A\n", [["A", "D", "AM", "/", ""]]),
    ("spaces", " upn , date,session,code\n A , D ,\tAM, / \n", [["A", "D", "AM", "/", ""]]),
    ("quotes", "upn,date,session,code,detail\n\"A\",D,\"AM\",\"/\",\"a, b\"\n", [["A", "D", "AM", "/", "a, b"]]),
    (
      "doubled quotes", "upn,date,session,code,detail\nA,D,AM,B,\"the \"\"Barn\"\"\"\n",
      [["A", "D", "AM", "B", "the \"Barn\""]]
    ),
    (
      "line end in quotes", "upn,date,session,code,detail\nA,D,AM,B,\"a\nb\"\nB,D,AM,/,\n",
      [["A", "D", "AM", "B", "a\nb"], ["B", "D", "AM", "/", ""]]
    ),
    ("blank lines", "\n\nupn,date,session,code\n\nA,D,AM,/\n\n   \n", [["A", "D", "AM", "/", ""]]),
    ("UTF-8", "upn,date,session,code,detail\nA,D,AM,B,Färöer\n", [["A", "D", "AM", "B", "Färöer"]]),
    ("no rows", "upn,date,session,code\n", []),
    ("semicolons", "upn;date;session;code\nA;D;AM;/\n", [["A", "D", "AM", "/", ""]]),
    ("tabs", "upn\tdate\tsession\tcode\nA\tD\tAM\t/\n", [["A", "D", "AM", "/", ""]]),
    ("a line that names the separator", "sep=;\r\nupn;date;session;code\r\nA;D;AM;/", [["A", "D", "AM", "/", ""]]),
    (
      "title lines", "Harbour Lane Primary\nMarks for,5B\n\nUPN,Date,Session,Code,Name\nA,D,AM,/,x\n",
      [["A", "D", "AM", "/", ""]]
    ),
    ("names in other spellings", "U.P.N.*,_date,\"Session \",CODE\nA,D,AM,/\n", [["A", "D", "AM", "/", ""]]),
    (
      "mixed line ends", "upn,date,session,code\r\nA,D,AM,/\rB,D,PM,I\nC,D,PM,O",
      [
        ["A", "D", "AM", "/", ""], ["B", "D", "PM", "I", ""], ["C", "D", "PM", "O", ""],
      ]
    ),
    ("commas only", "upn,date,session,code\nA,D,AM,/\n,,,\n\"\",\"\",,\n , \u{A0},,\n", [["A", "D", "AM", "/", ""]]),
    ("commas behind", "upn,date,session,code,,\nA,D,AM,/,,,,\n", [["A", "D", "AM", "/", ""]]),
    ("empty cells left out at the end", "upn,date,session,code,detail,x\nA,D,AM,/\n", [["A", "D", "AM", "/", ""]]),
    (
      "a bad cell that nobody reads",
      "upn,x,date,session,code\nA,the \"old\" one,D,AM,/\nB,\u{1},D,AM,/\nC,\"a\"b,D,AM,/",
      [["A", "D", "AM", "/", ""], ["B", "D", "AM", "/", ""], ["C", "D", "AM", "/", ""]]
    ),
    (
      "a long cell that nobody reads", "upn,x,date,session,code\nA,\(String(repeating: "x", count: 2_000)),D,AM,/",
      [["A", "D", "AM", "/", ""]]
    ),
    (
      "texts kept by a formula", "upn,date,session,code\n=\"A\",\"=\"\"D\"\"\",=\"AM\",=\"C1\"\n",
      [["=\"A\"", "=\"D\"", "AM", "C1", ""]]
    ),
    ("no-break spaces", "upn,date,session,code\n\u{A0}A\u{A0} ,D\u{A0},AM,/\u{200B}\n", [["A", "D", "AM", "/", ""]]),
    ("padding of the end", "upn,date,session,code\nA,D,AM,/\n\u{1A}\0\0", [["A", "D", "AM", "/", ""]]),
    ("empty code", "upn,date,session,code\nA,D,AM,\n", [["A", "D", "AM", "", ""]]),
  ]

  @Test(arguments: readable) func reads(_ example: (name: String, text: String, rows: [[String]])) throws {
    let (rows, faults) = try read(example.text)
    #expect(rows == example.rows, "\(example.name)")
    #expect(faults.isEmpty, "\(example.name)")
  }

  static let faulty: [(text: String, reason: RowFault.Reason)] = [
    ("A,D,AM", .wrongColumnCount), ("A,D,AM,/,x", .wrongColumnCount), ("A,D,AM,/\u{0}", .controlCharacter),
    ("A,D,AM,\"/", .unterminatedQuote), ("A,D,AM,\"/\"x", .strayQuote), ("A,D,A\"M,/", .strayQuote),
    ("A,D,AM," + String(repeating: "x", count: MarkLimits.fieldBytes + 1), .fieldTooLong),
    ("A,D,AM,\"" + String(repeating: "x", count: MarkLimits.fieldBytes + 1) + "\"", .fieldTooLong),
  ]

  /// One bad row costs no other, whatever is wrong with it.
  @Test(arguments: faulty) func aBadRowCostsNoOther(_ example: (text: String, reason: RowFault.Reason)) throws {
    let good = "A,D,AM,/"
    let (rows, faults) = try read("upn,date,session,code\n\(good)\n\(example.text)\n\(good)\n\(good)\n")
    #expect(rows.count == 3)
    #expect(faults == [RowFault(number: 3, reason: example.reason)])
  }

  static let severalLines = [
    "A,D,AM,\"/\n\"", "A,D,AM,\"/\r\n\r\n\"", "\"A\nB\",D,AM", "\"A\nB\",D,AM,/,x",
    "\"A\nB\",\"D\nE\",\"A\"\"M\n\",/", "A,D,AM,\"" + String(repeating: "x\n", count: MarkLimits.fieldBytes) + "\"",
    "A,\"D\nE\"" + String(repeating: ",x", count: MarkLimits.columns + 1) + ",\"y\nz\"",
  ]

  /// A cell of several lines is in one row, also where the row cannot be read: those behind it keep their numbers.
  @Test(arguments: severalLines) func aLineBreakWithinACellIsNoRow(_ row: String) throws {
    let (_, faults) = try read("upn,date,session,code\n\(row)\nA,D,AM,/\nA,D,AM\n")
    #expect(faults.last == RowFault(number: 4, reason: .wrongColumnCount), "\(row.prefix(40).debugDescription)")
  }

  /// Titles and headings of several lines count as the spreadsheet counts them.
  @Test func aHeaderOfSeveralLinesIsOneRow() throws {
    let (_, faults) = try read("\"Marks\nof May\"\nupn,date,session,\"code\n\",\"minutes\nlate\"\nA,D,AM,/,\nA,D,AM\n")
    #expect(faults == [RowFault(number: 4, reason: .wrongColumnCount)])
  }

  /// Windows-1252, as a spreadsheet writes a plain CSV file: in a column that nobody reads it costs nothing, and what is
  /// read is read right.
  @Test func bytesOfWindows1252AreRead() throws {
    let bytes =
      Array("name,upn,date,session,code,detail\nZo".utf8) + [0xEB] + Array(",A,D,AM,B,caf".utf8) + [0xE9, 0x80, 0x0A]
      + Array("Ann,\(MadeUp.upn(1)),D,AM,".utf8) + [0xE9] + Array(",\n".utf8)
    let file = try MarksCSV.read(bytes)
    #expect(file.faults.isEmpty && file.rows.map(\.number) == [2, 3])
    #expect(file.values(at: 0).detail == "café€" && file.values(at: 1).code == "é")
  }

  /// A heading in the middle, a total at the end: named by their rows, never kept as marks.
  @Test func headingsAndTotalsAreNoMarks() throws {
    let (rows, faults) = try read(
      "upn,date,session,code\nA,D,AM,/\nUPN,Date,Session,Code\nTotal,,,42\n,,,17\nTotal,,,\n")
    #expect(rows.map { $0[0] } == ["A", "Total"], "a row without a code is no mark by itself")
    #expect(faults == [3, 4, 5].map { RowFault(number: $0, reason: .notAMark) })
  }

  static let unreadable: [(text: [UInt8], error: MarkFileError)] = [
    ([], .empty), (Array("\n \n".utf8), .empty),
    ([0xFF, 0xFE, 0x75, 0x00], .missingColumns(["upn", "date", "session", "code"])),
    (Array("upn;date;code\n".utf8), .missingColumns(["session"])), (Array("%PDF-1.7\n".utf8), .other(.pdf)),
    (Array("upn,date,code\n".utf8), .missingColumns(["session"])),
    (Array("upn,date,session,code,Code\n".utf8), .columnTwice("code")),
    (Array(String(repeating: "a,", count: 801).utf8), .tooManyColumns),
    (Array(String(repeating: "a,", count: 2_000).utf8), .tooManyColumns),
    (Array("upn,date,\u{0},code".utf8), .missingColumns(["session"])), (Array("\"upn,date".utf8), .unreadableHeader),
    (Array("upn,date,".utf8) + [0xC3] + Array(",code\n".utf8), .missingColumns(["session"])),
  ]

  @Test(arguments: unreadable) func refusesAFile(_ example: (text: [UInt8], error: MarkFileError)) {
    #expect(throws: example.error) { try MarksCSV.read(example.text) }
  }

  @Test func refusesMoreRowsThanTheLimit() {
    let rows = String(repeating: "a\n", count: MarkLimits.rows + 1)
    #expect(throws: MarkFileError.tooManyRows) { try MarksCSV.read(Array(("upn,date,session,code\n" + rows).utf8)) }
  }

  /// Random damage never traps, and every row that is there is counted once.
  @Test func survivesDamage() throws {
    let seed: UInt64 = 20_260_907
    print("fuzz seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let spice = Array("\",\n\r\0 é/\\AM,PM\u{FEFF}".utf8) + [0xFF, 0x80]
    var read = 0
    for round in 0..<20_000 {
      var rows = (0..<Int.random(in: 0..<6, using: &random)).map { "\(MadeUp.upn($0)),2026-09-0\(1 + $0),AM,/" }
      rows.append("\(MadeUp.upn(7)),2026-09-07,PM,B,\"at the \"\"Barn\"\"\"")
      var bytes = MadeUp.csv(rows, header: "upn,date,session,code,detail")
      for _ in 0..<Int.random(in: 0..<8, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = spice.randomElement(using: &random) ?? 0
        case 1: bytes.insert(spice.randomElement(using: &random) ?? 0, at: place)
        case 2: bytes.remove(at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0..<30, using: &random)))
        }
      }
      guard let file = try? MarksCSV.read(bytes) else { continue }
      read += 1
      for row in file.rows.indices { _ = file.values(at: row) }
      let numbers = file.rows.map(\.number) + file.faults.map(\.number)
      #expect(Set(numbers).count == file.received, "seed \(seed) round \(round)")
      let judged = MadeUp.judge().judge(file)
      let settled = try Settlement(judged, roll: MadeUp.judge().roll, shelf: MemoryShelf())
      let sum = settled.recorded + settled.amended + settled.unchanged + judged.missing + judged.quarantined.count
      #expect(sum + judged.rejected == file.received, "seed \(seed) round \(round)")
    }
    print("damaged files read: \(read) of 20000")
    #expect(read > 1_000)
  }
}
