import Foundation
import Rulebook
import Seeded
import Testing

@testable import RegistersDomain

@Suite struct MarkDialectTests {
  /// Marks as texts: date, session, code, token.
  private func read(_ text: String, _ name: String) throws -> [String] {
    let file = try MarksCSV.read(Array(text.utf8), as: try #require(MarkDialect.ready[name]))
    #expect(file.faults.isEmpty)
    return file.rows.indices.map { index in
      let mark = file.values(at: index)
      return "\(mark.upn) \(mark.date) \(mark.session) \(mark.code) \(mark.token ?? "=")"
    }
  }

  static let files: [(dialect: String, text: String, marks: [String])] = [
    (
      "sims", "UPN,Mark Date,AM/PM,Mark,Form\nA,07/09/2026,AM,/,5B\nA,7/9/2026,Afternoon,P,5B\n",
      ["A 2026-09-07 AM / =", "A 2026-09-07 PM P ="]
    ),
    (
      "arbor", "Upn,Date,AM,PM\nA,07/09/2026,/,\\\nB,2026-09-07,I,\n",
      ["A 2026-09-07 AM / =", "A 2026-09-07 PM \\ =", "B 2026-09-07 AM I =", "B 2026-09-07 PM  ="]
    ),
    ("bromcom", "UPN,Date,Period,Mark\nA,07-Sep-2026,AM Reg,L\n", ["A 2026-09-07 AM L ="]),
    (
      "scholarpack", "Name,UPN,07/09/2026 AM,07/09/2026 PM,08/09/2026\nZ,A,/,O,/\\\nZ,B,I,I,C2 I\nZ,C,,,\n",
      [
        "A 2026-09-07 AM / =", "A 2026-09-07 PM O =", "A 2026-09-08 AM / =", "A 2026-09-08 PM \\ =",
        "B 2026-09-07 AM I =", "B 2026-09-07 PM I =", "B 2026-09-08 AM C2 =", "B 2026-09-08 PM I =",
        "C 2026-09-07 AM  =", "C 2026-09-07 PM  =", "C 2026-09-08 AM  =", "C 2026-09-08 PM  =",
      ]
    ),
    (
      "isams", "UPN;Date;Session;Code;Reason\nA;07/09/2026;1;1;\"a; b\"\nA;07/09/2026;PM Registration;1;a, b\n",
      ["A 2026-09-07 AM / 1", "A 2026-09-07 PM \\ 1"]
    ),
    (
      "present-as-p", "upn,date,am,pm\nA,2026-09-07,P,p\nB,2026-09-07,SP,O\n",
      ["A 2026-09-07 AM / P", "A 2026-09-07 PM \\ p", "B 2026-09-07 AM P SP", "B 2026-09-07 PM O ="]
    ),
  ]

  @Test(arguments: files) func reads(_ example: (dialect: String, text: String, marks: [String])) throws {
    #expect(try read(example.text, example.dialect) == example.marks)
  }

  @Test func tabsSeparateAndDoNotPad() throws {
    let dialect = MarkDialect(title: "tabs", separator: .tab, columns: MarkDialect.standard.columns)
    let file = try MarksCSV.read(
      Array("upn\tdate\tsession\tcode\nA\t2026-09-07\tAM\t\nB\t2026-09-07\tPM\tI".utf8), as: dialect)
    #expect(file.rows.indices.map { file.values(at: $0).code } == ["", "I"])
  }

  static let unreadable: [(dialect: String, text: String, error: MarkFileError)] = [
    ("arbor", "upn,date,am\n", .missingColumns(["pm"])), ("arbor", "upn,date,am,am mark,pm\n", .columnTwice("am")),
    ("scholarpack", "upn,name\n", .missingColumns(["date"])),
    ("scholarpack", "upn,07/09/2026,32/09/2026\n", .unreadableDate(3)),
    ("scholarpack", "upn,07/09/2026 XM\n", .unreadableDate(2)),
    ("scholarpack", "upn,Mon 07/09/2026,46272\n", .unreadableDate(3)),
    ("isams", "upn,date,code\n", .missingColumns(["session"])),
  ]

  @Test(arguments: unreadable) func refuses(_ example: (dialect: String, text: String, error: MarkFileError)) throws {
    let dialect = try #require(MarkDialect.ready[example.dialect])
    #expect(throws: example.error) { try MarksCSV.read(Array(example.text.utf8), as: dialect) }
  }

  /// A cell beneath a date holds two marks or none: C2 alone is one, and is not taken for C and 2.
  @Test(arguments: ["I", "C2", "/ \\ /", "abc", "é"]) func aCellOfADayHoldsTwoMarks(_ cell: String) throws {
    let dialect = try #require(MarkDialect.ready["scholarpack"])
    let file = try MarksCSV.read(Array("upn,07/09/2026\n\(MadeUp.upn(0)),\(cell)\n".utf8), as: dialect)
    #expect(file.rows.isEmpty && file.faults == [RowFault(number: 2, reason: .notTwoMarks, place: 2)])
  }

  @Test(arguments: [
    "31/02/2026", "13/13/2026", "2026/31/31", "20263109", "", "1/1/1/2026", "٧/09/2026", "46272", "07/09/2026 08:45",
  ])
  func aDateInAnotherFormIsNamed(_ date: String) throws {
    let file = try MarksCSV.read(
      Array("upn,date,session,mark\n\(MadeUp.upn(0)),\(date),AM,/\n".utf8), as: try #require(MarkDialect.ready["sims"]))
    #expect(MadeUp.judge().judge(file).slugs == [2: "malformed-date"])
  }

  @Test func everyReadyDialectCanBeUsed() {
    for (name, dialect) in MarkDialect.ready {
      #expect(dialect.faults.isEmpty && (MarkDialect.isName(name) || name == "standard"), "\(name)")
      #expect(dialect.notes.isEmpty, "\(name)")
    }
  }

  @Test func faultsAndHiddenCodesAreNamed() {
    func pointers(_ dialect: MarkDialect) -> [String] { dialect.faults.map(\.pointer) }
    let columns = MarkDialect.standard.columns
    #expect(pointers(MarkDialect(title: "", columns: columns)) == ["/title"])
    #expect(pointers(MarkDialect(title: "a", layout: .days, columns: columns)) == ["/columns/am", "/columns/pm"])
    #expect(pointers(MarkDialect(title: "a", columns: columns, codes: ["X": "XX"])) == ["/codes"])
    #expect(pointers(MarkDialect(title: "a", columns: columns, codes: ["x": "I", "X": "I"])) == ["/codes"])
    #expect(pointers(MarkDialect(title: "a", columns: columns, sessions: ["": .am])) == ["/sessions"])
    var twice = columns
    twice.detail = ["CODE"]
    #expect(pointers(MarkDialect(title: "a", columns: twice)) == ["/columns"])
    #expect(MarkDialect(title: "a", columns: columns, codes: ["P": "present"]).notes.count == 1)
    #expect(MarkDialect(title: "a", columns: columns, codes: ["P": "present", "SP": "P"]).notes.isEmpty)
  }

  /// The usual token of a session and code is kept once, others one by one: every token can be told again.
  @Test func tokensCanBeToldAgain() throws {
    let seed: UInt64 = 77
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let dialect = MarkDialect(
      title: "a", columns: MarkDialect.standard.columns,
      codes: ["P": "present", "1": "present", "SICK": "I", "ILL": "I", "J": "J1", "-": ""])
    for round in 0..<100 {
      let judge = MadeUp.judge(30)
      var sent: [String: String] = [:]
      var rows: [String] = []
      for pupil in 0..<30 {
        for session in Session.allCases {
          let token = random.pick(["P", "p", "1", "Sick", "ILL", "I", "J", "L", session == .am ? "/" : "\\"])
          sent["\(pupil) \(session.rawValue)"] = token
          rows.append("\(MadeUp.upn(pupil)),2026-09-07,\(session.rawValue),\(token)")
        }
      }
      let file = try MarksCSV.read(MadeUp.csv(rows), as: dialect)
      let settled = try Settlement(judge.judge(file), roll: judge.roll, shelf: MemoryShelf())
      #expect(settled.recorded == 60, "seed \(seed) round \(round)")
      var told: [String: String] = [:]
      for batch in settled.batches {
        for (entry, byte) in batch.marks {
          let code = try #require(AttendanceCode(registerByte: byte)).text
          let words = batch.annotations.first { $0.entry == Int(entry) }
          told["\(entry) \(batch.session.rawValue)"] = words?.token ?? batch.tokens[code] ?? code
        }
      }
      #expect(told == sent, "seed \(seed) round \(round)")
      #expect(settled.batches.allSatisfy { $0.annotations.count < 30 })
    }
  }

  /// Random damage never traps in any dialect, and every mark is counted once.
  @Test func survivesDamage() throws {
    let seed: UInt64 = 20_260_908
    print("fuzz seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let spice = Array("\",;\t\n\r\0 é/\\AMPM-1Sep2026".utf8) + [0xFF, 0x80]
    var read = 0
    for round in 0..<6_000 {
      let example = random.pick(Self.files)
      var bytes = Array(example.text.utf8)
      for _ in 0..<random.below(8) where !bytes.isEmpty {
        let place = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes[place] = random.pick(spice)
        case 1: bytes.insert(random.pick(spice), at: place)
        case 2: bytes.remove(at: place)
        default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: random.below(bytes.count))
        }
      }
      guard let file = try? MarksCSV.read(bytes, as: try #require(MarkDialect.ready[example.dialect])) else { continue }
      read += 1
      for row in file.rows.indices { _ = file.values(at: row) }
      let judged = MadeUp.judge().judge(file)
      let settled = try Settlement(judged, roll: MadeUp.judge().roll, shelf: MemoryShelf())
      let sum = settled.recorded + settled.amended + settled.unchanged + judged.missing + judged.quarantined.count
      #expect(sum + judged.rejected == file.received, "seed \(seed) round \(round)")
      #expect(judged.quarantinedBy.values.reduce(0, +) == judged.quarantined.count, "seed \(seed) round \(round)")
      #expect(judged.rejectedBy.values.reduce(0, +) == judged.rejected, "seed \(seed) round \(round)")
    }
    print("damaged files read: \(read) of 6000")
    #expect(read > 1_000)
  }

  @Test func minutesLateAreKeptAndOddOnesNoted() throws {
    let rows = ["L,12", "L,", "L,soon", "L,9999"].enumerated().map {
      "\(MadeUp.upn($0.offset)),2026-09-07,AM,\($0.element)"
    }
    let judged = MadeUp.judge(4).judge(
      try MarksCSV.read(MadeUp.csv(rows, header: "upn,date,session,code,minutesLate")))
    #expect(judged.annotations.map(\.minutesLate) == [12])
    #expect(judged.slugs == [4: "minutes-unreadable", 5: "minutes-unreadable"])
    #expect(judged.slots[0].codes.allSatisfy { $0 == UInt8(ascii: "L") })
  }
}
