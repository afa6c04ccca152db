import Rulebook
import Seeded
import Testing

@testable import RegistersDomain

@Suite struct MarkJudgeTests {
  /// Rows on their own, with the slug of the finding; `nil` where the mark counts, `missing` where there is none.
  static let rows: [(pupil: Int, rest: String, slug: String?)] = [
    (0, "2026-09-07,AM,/", nil),
    (0, "2026-09-07,am,l", nil),
    (0, "2026-09-07,PM,\\", nil),
    (0, "2026-09-07,PM,/", "wrong-session"),
    (0, "2026-09-07,AM,\\", "wrong-session"),
    (9, "2026-09-07,AM,/", "unknown-pupil"),
    (0, "07/09/2026,AM,/", "malformed-date"),
    (0, "2026-02-30,AM,/", "malformed-date"),
    (0, ",AM,/", "malformed-date"),
    (0, "2026-09-07,XM,/", "malformed-session"),
    (0, "2026-09-07,,/", "malformed-session"),
    (0, "2026-10-28,AM,/", "between-terms"),
    (0, "2026-10-24,AM,/", "between-terms"),
    (0, "2026-11-01,AM,/", "between-terms"),
    (0, "2026-10-23,AM,/", nil),
    (0, "2026-11-02,AM,/", nil),
    (0, "2026-09-02,AM,/", nil),
    (0, "2026-09-01,AM,/", "outside-terms"),
    (0, "2026-12-19,AM,/", "outside-terms"),
    (0, "2026-12-31,AM,/", "outside-terms"),
    (0, "2027-01-01,AM,/", "future-date"),
    (0, "2026-09-05,AM,/", "weekend"),
    (0, "2026-09-04,AM,/", "closed-day"),
    (0, "2026-09-04,AM,#", "missing"),
    (0, "2026-10-28,AM,", "missing"),
    (0, "2026-10-28,AM,-", "missing"),
    (0, "2026-09-05,AM,-", "missing"),
    (0, "2026-09-04,AM,-", "missing"),
    (0, "2027-01-04,AM,-", "missing"),
    (9, "2026-09-07,AM,-", "missing"),
    (2, "2026-09-07,AM,-", "missing"),
    (0, "nonsense,XX,-", "missing"),
    (0, "1926-09-14,AM,I", "implausible-year"),
    (0, "2062-09-14,AM,I", "implausible-year"),
    (0, "0206-09-14,AM,I", "malformed-date"),
    (0, "2006-09-14,AM,I", "no-calendar"),
    (0, "2006-07-31,AM,I", "implausible-year"),
    (0, "2028-06-14,AM,I", "future-date"),
    (0, "2028-09-14,AM,I", "implausible-year"),
    (0, "2026-12-18,PM,\\", "no-such-session"),
    (0, "2026-08-20,AM,/", "outside-terms"),
    (0, "2025-09-08,AM,/", "no-calendar"),
    (0, "2027-01-04,AM,/", "future-date"),
    (0, "2026-09-07,AM,H", "code-no-longer-in-force"),
    (0, "2026-09-07,AM,F", "code-no-longer-in-force"),
    (0, "2026-09-07,AM,J", "code-mapped"),
    (0, "2026-09-07,AM,Y", "code-no-longer-in-force"),
    (0, "2026-09-07,AM,Y9", "unknown-code"),
    (0, "2026-09-07,AM,!", "no-attendance-required"),
    (0, "2026-09-07,AM,-", "missing"),
    (0, "2026-09-07,AM,", "missing"),
    (0, "2026-09-07,AM,é", "unknown-code"),
    (0, "2026-09-07,AM,X", "not-for-compulsory-age"),
    (0, "2026-09-07,AM,C2", nil),
    (1, "2026-09-07,AM,X", nil),
    (1, "2026-09-07,AM,C2", "only-for-compulsory-age"),
    (2, "2026-09-07,AM,/", "before-enrolment"),
    (2, "2026-09-07,AM,Z", nil),
    (2, "2026-09-30,AM,/", "before-enrolment"),
    (2, "2026-10-01,AM,/", nil),
    (3, "2026-11-09,AM,/", "after-leaving"),
    (3, "2026-09-08,AM,/", nil),
    (4, "2026-09-08,PM,I", nil),
    (4, "2026-09-09,AM,I", "after-leaving"),
    (0, "2026-09-07,AM,B", "detail-missing"),
    (0, "2026-09-07,AM,c1", nil),
  ]

  private let judge = MarkJudge(
    roll: Roll([
      MadeUp.entry(0), MadeUp.entry(1, born: MadeUp.day("2022-10-01")),
      MadeUp.entry(2, enrolledOn: MadeUp.day("2026-10-01")), MadeUp.entry(3, leftOn: MadeUp.day("2026-10-23")),
      MadeUp.entry(4, leftOn: MadeUp.day("2026-09-08")),
    ]), calendars: MadeUp.calendars, today: MadeUp.today)

  @Test(arguments: rows) func judgesARow(_ example: (pupil: Int, rest: String, slug: String?)) throws {
    let judged = judge.judge(try MarksCSV.read(MadeUp.csv(["\(MadeUp.upn(example.pupil)),\(example.rest)"])))
    if example.slug == "missing" {
      #expect(judged.missing == 1 && judged.findings.isEmpty && judged.slots.isEmpty)
    } else {
      #expect(judged.slugs[2] == example.slug)
      let counts = judged.findings.allSatisfy { $0.reason.disposition == .noted }
      #expect(judged.slots.count == (counts ? 1 : 0))
    }
  }

  @Test(arguments: [("A880123000001", "wrong-check-letter"), ("12345", "malformed-upn"), ("", "malformed-upn")])
  func saysWhatIsWrongWithANumber(_ upn: String, _ slug: String) throws {
    #expect(judge.judge(try MarksCSV.read(MadeUp.csv(["\(upn),2026-09-07,AM,/"]))).slugs == [2: slug])
  }

  /// Every reason says in words what is wrong and what to do, with the day or the code where that is known.
  @Test(arguments: [
    ("2026-10-28,AM,/", "28 October 2026"), ("2026-09-05,AM,/", "Saturday"), ("2026-09-04,AM,/", "4 September 2026"),
    ("2026-12-18,PM,\\", "no afternoon session on 18 December 2026"), ("2026-08-20,AM,/", "20 August 2026"),
    ("2025-09-08,AM,/", "2025/26"), ("2027-01-04,AM,/", "4 January 2027"), ("1926-09-14,AM,I", "1926"),
    ("0206-09-14,AM,I", "0206"), ("2026-02-30,AM,/", "no such day as 2026-02-30"), ("46272,AM,/", "46272"),
    ("07/09/2026,AM,/", "07/09/2026"), ("2026-09-07,AM,H", "H ended on 18 August 2024"),
    ("2026-09-07,AM,X02", "X02 ended on 31 August 2022"), ("2026-09-07,AM,FALSE", "FALSE"),
    ("2026-09-07,PM,/", "is for the morning"), ("2026-09-07,AM,X", "X is for pupils outside"),
  ])
  func aReasonNamesTheDayOrTheCode(_ row: String, _ words: String) throws {
    let judged = judge.judge(try MarksCSV.read(MadeUp.csv(["\(MadeUp.upn(0)),\(row)"])))
    let reason = try #require(judged.findings.first?.reason)
    #expect(reason.fault.detail.contains(words), "\(reason.fault.detail)")
    #expect(!reason.fault.fix.isEmpty)
  }

  /// What may be somebody's name is never in a reason.
  @Test(arguments: ["Quarrington,AM,/", "2026-09-07,AM,Zed", "2026-09-07,AM,Zed Q", "2026-09-07,Zed,/"])
  func aReasonNamesNobody(_ row: String) throws {
    let judged = judge.judge(try MarksCSV.read(MadeUp.csv(["\(MadeUp.upn(0)),\(row)"])))
    let reason = try #require(judged.findings.first?.reason)
    #expect(!reason.fault.detail.contains("Zed") && !reason.fault.detail.contains("Quarrington"))
  }

  @Test func aNumberMayBeInAnyCase() throws {
    let row = "\(MadeUp.upn(0).text.lowercased()),2026-09-07,AM,/"
    #expect(judge.judge(try MarksCSV.read(MadeUp.csv([row]))).slots.count == 1)
  }

  @Test func oldCodesCountForOldSessions() throws {
    let calendars = CalendarYears([
      SchoolYear(startYear: 2023): SchoolCalendar(
        terms: [DayRange(first: MadeUp.day("2024-01-08"), last: MadeUp.day("2024-07-19"))])
    ])
    let roll = Roll([MadeUp.entry(0, enrolledOn: MadeUp.day("2023-09-01"))])
    let judge = MarkJudge(roll: roll, calendars: calendars, today: MadeUp.today)
    let rows = ["H", "F", "J", "Y"].enumerated().map { "\(MadeUp.upn(0)),2024-05-\(13 + $0.offset),PM,\($0.element)" }
    let judged = judge.judge(try MarksCSV.read(MadeUp.csv(rows + ["\(MadeUp.upn(0)),2024-05-17,AM,C2"])))
    #expect(judged.slots.map { $0.codes[0] } == Array("HFJY".utf8).map { $0 })
    #expect(judged.slugs == [6: "code-not-yet-in-force"])
  }

  @Test func contradictionsOfAFileDoNotCount() throws {
    let (upn, other) = (MadeUp.upn(0), MadeUp.upn(1))
    let rows = [
      "\(upn),2026-09-07,AM,/", "\(other),2026-09-07,AM,/", "\(upn),2026-09-07,AM,I", "\(upn),2026-09-07,AM,/",
      "\(other),2026-09-07,AM,/",
    ]
    let judged = MadeUp.judge().judge(try MarksCSV.read(MadeUp.csv(rows)))
    #expect(judged.slugs == [2: "conflicting-marks", 4: "conflicting-marks", 5: "conflicting-marks"])
    #expect(judged.repeated == 1)
    #expect(judged.slots[0].codes == [0, UInt8(ascii: "/"), 0])
  }

  @Test func aChildWhoCameBackHasTwoEntries() throws {
    let roll = Roll([
      MadeUp.entry(0, leftOn: MadeUp.day("2026-09-30"), registration: 1),
      MadeUp.entry(0, enrolledOn: MadeUp.day("2026-11-02"), registration: 2),
    ])
    let judge = MarkJudge(roll: roll, calendars: MadeUp.calendars, today: MadeUp.today)
    let rows = ["2026-09-07", "2026-10-05", "2026-11-09"].map { "\(MadeUp.upn(0)),\($0),AM,/" }
    let judged = judge.judge(try MarksCSV.read(MadeUp.csv(rows)))
    #expect(judged.slugs.keys.sorted() == [3])
    let shelf = MemoryShelf()
    _ = try Settlement(judged, roll: roll, shelf: shelf)
    #expect(Set(shelf.rows.keys.map(\.registration)) == [1, 2])
  }

  @Test func wordsAreKeptBesideTheCode() throws {
    let rows = ["\(MadeUp.upn(0)),2026-09-07,AM,B,at the college", "\(MadeUp.upn(1)),2026-09-07,AM,J,"]
    let judged = MadeUp.judge().judge(try MarksCSV.read(MadeUp.csv(rows, header: "upn,date,session,code,detail")))
    #expect(judged.annotations.map(\.detail) == ["at the college", ""])
    #expect(judged.annotations.map(\.token) == ["B", "J"])
  }

  /// Counts in = counts out, a second import changes nothing, and what is on the shelf is what a plain map would hold.
  @Test func everyRowIsAccountedForOnce() throws {
    for seed in UInt64(1)...200 {
      var random = SeededGenerator(seed: seed)
      let judge = MadeUp.judge(20)
      let shelf = MemoryShelf()
      var expected: [String: String] = [:]
      for _ in 0..<4 {
        var sent: [String: Set<String>] = [:]
        let rows = (0..<Int.random(in: 0...200, using: &random)).map { _ -> String in
          let upn = MadeUp.upn(Int.random(in: 0..<22, using: &random)).text
          let day = MadeUp.day("2026-09-01").adding(days: Int.random(in: 0..<9, using: &random))
          let session = Bool.random(using: &random) ? "AM" : "PM"
          let code = ["/", "\\", "I", "O", "", "H", "F", "Q?", "L"].randomElement(using: &random) ?? ""
          let key = "\(upn) \(day) \(session)"
          let decision = CodeBook.england.decide(token: code, on: day, session: session == "AM" ? .am : .pm)
          if judge.roll.position(of: UPNKey(try! UPN(upn)), on: day) != nil, MadeUp.autumn.isSchoolDay(day),
            case .accept = decision
          {
            sent[key, default: []].insert(code)
          }
          return "\(upn),\(day),\(session),\(code)"
        }
        for (key, codes) in sent where codes.count == 1 { expected[key] = codes.first }
        let file = try MarksCSV.read(MadeUp.csv(rows))
        let judged = judge.judge(file)
        let settled = try Settlement(judged, roll: judge.roll, shelf: shelf)
        let sum = settled.recorded + settled.amended + settled.unchanged + judged.missing + judged.quarantined.count
        #expect(sum + judged.rejected == rows.count, "seed \(seed)")
        #expect(settled.batches.reduce(0) { $0 + $1.marks.count } == settled.recorded, "seed \(seed)")
        let again = try Settlement(judge.judge(file), roll: judge.roll, shelf: shelf)
        #expect(again.recorded == 0 && again.amended == 0, "seed \(seed)")
      }
      var found: [String: String] = [:]
      for (key, row) in shelf.rows {
        let upn = judge.roll.entries[Int(key.registration)].upn
        row.forEachMark(in: DayRange(first: key.year.first, last: key.year.last)) { day, session, code in
          found["\(upn) \(day) \(session.rawValue)"] = code.text
        }
      }
      #expect(found == expected, "seed \(seed)")
    }
  }

  @Test func eachChildIsReadAndWrittenOnceAFile() throws {
    let rows = (0..<30).flatMap { number in
      (7...11).flatMap { day in
        ["AM,/", "PM,\\"].map { "\(MadeUp.upn(number)),\(MadeUp.day("2026-09-01").adding(days: day - 1)),\($0)" }
      }
    }
    let judge = MadeUp.judge(30)
    let shelf = MemoryShelf()
    let settled = try Settlement(judge.judge(try MarksCSV.read(MadeUp.csv(rows))), roll: judge.roll, shelf: shelf)
    #expect(settled.recorded == 300 && shelf.reads == 30 && shelf.writes == 30)
    #expect(settled.batches.count == 10)
  }
}
