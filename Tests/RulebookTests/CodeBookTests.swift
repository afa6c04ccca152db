import Rulebook
import Testing

@Suite("The book of attendance codes")
struct CodeBookTests {
  private static func day(_ text: String) throws -> Day { try #require(Day(iso: text)) }

  /// Stored rows are made of register bytes: none may be shared, change its place or be mistaken for no mark.
  @Test func everyCodeHasAByteOfItsOwn() {
    let bytes = AttendanceCode.all.map(\.registerByte)
    #expect(Set(bytes).count == bytes.count && bytes.allSatisfy { 0x21...0x7E ~= $0 && $0 != AttendanceCode.noMark })
    let known = Set(AttendanceCode.all.map { "\($0)\(String(UnicodeScalar($0.registerByte)))" })
    #expect(
      known.isSuperset(of: [
        "##", "//", "BB", "C1c", "C2p", "CC", "DD", "EE", "FF", "GG", "HH", "II", "J1j", "JJ", "KK", "LL", "MM", "NN",
        "OO", "PP", "QQ", "RR", "SS", "TT", "UU", "VV", "WW", "XX", "Y11", "Y22", "Y33", "Y44", "Y55", "Y66", "Y77",
        "YY", "ZZ", "\\\\",
      ]), "what is stored stays as it is")
    for code in AttendanceCode.all {
      #expect(AttendanceCode(code.text.lowercased()) == code)
      #expect(AttendanceCode(registerByte: code.registerByte) == code)
    }
    for text in ["", ".", "1", "CC2", "é", "//"] {
      #expect(AttendanceCode(text) == nil, "\(text)")
    }
  }

  /// Every spelt code is in a table, so that no byte is spent on nothing, and a table knows no other.
  @Test func everyCodeIsInATable() {
    let inTables = Set(CodeBook.england.tables.flatMap { $0.value.rules.map(\.code) })
    #expect(inTables == Set(AttendanceCode.all))
    for table in CodeBook.england.tables {
      #expect(table.value.bytes == table.value.rules.map(\.code.registerByte) && !table.source.isEmpty)
      for rule in table.value.rules {
        let classes: [CodeTraits] = [
          .attending, .approvedActivity, .authorised, .unauthorised, .notPossible, .notCollected,
        ]
        #expect(classes.filter { rule.traits.contains($0) }.count == 1, "\(rule.code)")
        #expect(rule.traits.isDisjoint(with: .possible) != rule.possibleSession)
        #expect(rule.traits.isDisjoint(with: .present) != rule.countsAsPresent)
        #expect(rule.traits.isDisjoint(with: .absent) != rule.countsAsAbsent)
      }
    }
  }

  private static func scheme(_ name: String, _ texts: String...) throws -> CodeScheme {
    CodeScheme(name, try texts.map { CodeRule(try #require(AttendanceCode($0)), .attending, "made up") })
  }

  /// Any number of tables, added in any order: no gap, no overlap, each day its own.
  @Test func tablesFollowOneAnother() throws {
    let (a, b) = (try Self.scheme("a", "B"), try Self.scheme("b", "E"))
    let first = CodeBook.england.adding(a, from: try Self.day("2027-09-01"), source: "made up")
      .adding(b, from: try Self.day("2012-01-01"), source: "made up")
    let second = CodeBook.england.adding(b, from: try Self.day("2012-01-01"), source: "made up")
      .adding(a, from: try Self.day("2027-09-01"), source: "made up")
    #expect(first == second && first != .england)
    let names: [(String, String)] = [
      ("1900-01-01", "before-2024"), ("2011-12-31", "before-2024"), ("2012-01-01", "b"), ("2024-08-18", "b"),
      ("2024-08-19", "2024"), ("2027-08-31", "2024"), ("2027-09-01", "a"), ("2199-01-01", "a"),
    ]
    for (day, name) in names {
      let day = try Self.day(day)
      let table = first.table(on: day)
      #expect(table.value.name == name && table.applies(on: day))
      #expect(first.tables.filter { $0.applies(on: day) }.count == 1)
    }
    var stretches: [String] = []
    first.forEachTable(of: DayRange(first: try Self.day("2011-09-01"), last: try Self.day("2027-09-02"))) {
      stretches.append("\($1.name) \($0.first.iso) \($0.last.iso)")
    }
    #expect(
      stretches == [
        "before-2024 2011-09-01 2011-12-31", "b 2012-01-01 2024-08-18", "2024 2024-08-19 2027-08-31",
        "a 2027-09-01 2027-09-02",
      ])
    #expect(first.isOneTable(DayRange(first: try Self.day("2012-01-01"), last: try Self.day("2024-08-18"))))
    #expect(!first.isOneTable(DayRange(first: try Self.day("2024-08-18"), last: try Self.day("2024-08-19"))))
  }

  /// What becomes of a code on a day whose table does not have it depends on the tables around it.
  @Test func aCodeOfAnotherTableIsToldFromOneThatNeverWas() throws {
    let (a, b) = (try Self.scheme("a", "B", "H"), try Self.scheme("b", "E", "K"))
    let book = CodeBook.england.adding(a, from: try Self.day("2027-09-01"), source: "made up")
      .adding(b, from: try Self.day("2012-01-01"), source: "made up")
    func decide(_ token: String, _ day: String) throws -> ImportDecision {
      book.decide(token: token, on: try Self.day(day), session: .am)
    }
    let ended = ImportDecision.quarantine(reason: "code-no-longer-in-force", suggestion: nil)
    let notYet = ImportDecision.quarantine(reason: "code-not-yet-in-force", suggestion: nil)
    #expect(try decide("I", "2027-09-01") == ended && decide("E", "2027-09-01") == ended)
    #expect(
      try decide("K", "2011-12-31") == notYet && decide("K", "2012-01-01") == .accept(#require(AttendanceCode("K"))))
    #expect(try decide("H", "2027-09-01") == .accept(#require(AttendanceCode("H"))))
    #expect(try decide("Q", "2020-01-06") == notYet && decide("q", "2027-09-01") == ended)
    #expect(try decide("A1", "2027-09-01") == .quarantine(reason: "unknown-code", suggestion: nil))
    #expect(
      try decide("X02", "2021-01-06")
        == .acceptFlagged(
          #require(AttendanceCode("X")), note: "X02 counts as X: a subcode of 2020 to 2022"))
    #expect(book.lastDay(ofToken: "I", before: try Self.day("2027-09-01")) == (try Self.day("2027-08-31")))
    #expect(book.lastDay(ofToken: "I", before: try Self.day("2027-08-31")) == (try Self.day("2011-12-31")))
    #expect(book.firstDay(ofToken: "K", after: try Self.day("2011-12-31")) == (try Self.day("2012-01-01")))
    #expect(book.firstDay(ofToken: "Q", after: try Self.day("2011-12-31")) == (try Self.day("2024-08-19")))
    #expect(book.firstDay(ofToken: "Q", after: try Self.day("2027-09-01")) == nil)
  }

  /// A rule that a later table leaves as it is goes on; one that is changed, or left out, ends.
  @Test func aRuleIsValidWhileItIsTheSame() throws {
    let change = try Self.day("2027-09-01")
    let now = CodeBook.england.scheme(on: change)
    let ill = try #require(now.rules.first { $0.traits.contains(.illness) })
    let late = try #require(now.rules.first { $0.traits.contains(.lateAfterClose) })
    let changed = CodeRule(late.code, .attending, late.meaning)
    let book = CodeBook.england.adding(
      CodeScheme("2027", now.rules.filter { ![ill, late].contains($0) } + [changed]), from: change, source: "made up")
    let eve = change.adding(days: -1)
    for rule in now.rules {
      let validity = book.validity(of: rule, on: eve)
      #expect(validity.from == (try Self.day("2024-08-19")), "\(rule.code)")
      #expect(validity.to == ([ill, late].contains(rule) ? eve : nil), "\(rule.code)")
    }
    #expect(book.validity(of: changed, on: change).from == change)
  }

  @Test func codesAreNamedAsPeopleWriteThem() throws {
    let now = CodeBook.england.scheme(on: try Self.day("2026-11-28"))
    #expect(now.words(.provision) == "B, K, P, V and W" && now.words(.unexplained, "or") == "N or O")
    #expect(now.words(.illness) == "I" && now.words(.nonCompulsoryOnly) == "X")
    let none = try Self.scheme("none", "B")
    #expect(none.words(.illness) == "" && none.codes(.illness).isEmpty)
  }

  @Test func aRuleHasOneVersionADay() throws {
    let rule: Dated<Int> = [
      InForce(3, from: try Self.day("2020-01-01"), to: try Self.day("2020-12-31"), source: "a"),
      InForce(4, from: try Self.day("2022-01-01"), to: try Self.day("2022-12-31"), source: "b"),
      InForce(5, from: try Self.day("2023-01-01"), source: "c"),
    ]
    let days: [(String, Int?, Int)] = [
      ("2019-06-01", nil, 3), ("2020-01-01", 3, 3), ("2021-06-01", nil, 3), ("2022-12-31", 4, 4), ("2023-01-01", 5, 5),
    ]
    for (day, inForce, value) in days {
      let day = try Self.day(day)
      #expect(rule.inForce(on: day)?.value == inForce && rule.value(on: day) == value)
    }
  }

  @Test func versionsThatOverlapAreRefused() async {
    await #expect(processExitsWith: .failure) {
      _ = Dated([InForce(1, source: "a"), InForce(2, from: Day(iso: "2020-01-01"), source: "b")])
    }
  }
}
