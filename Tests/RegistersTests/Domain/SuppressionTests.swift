import Contracts
import Rulebook
import Seeded
import Testing

@testable import RegistersDomain

/// No suppressed count can be worked out from what is published (ATT-8).
@Suite struct SuppressionTests {
  static let small = 1...4

  static func inner(_ random: inout SeededGenerator) -> [[Int]] {
    let (rows, columns) = (random.within(1...7), random.within(1...6))
    let scale = random.pick([3, 8, 40, 400])
    return (0..<rows).map { _ in
      (0..<columns).map { _ in random.below(3) == 0 ? random.below(5) : random.below(scale) }
    }
  }

  /// Every small count is suppressed, margins too, and none is alone in its row or column.
  @Test(arguments: UInt64(1)...300) func noCellCanBeSubtractedFromItsLine(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var table = SuppressedTable(inner: Self.inner(&random), small: Self.small)
    let before = table.cells
    table.protect()
    #expect(table.cells == before)
    let hidden = table.isSuppressed
    for row in hidden.indices {
      for column in hidden[row].indices where Self.small.contains(table.cells[row][column]) {
        #expect(hidden[row][column], "seed \(seed)")
      }
      #expect(hidden[row].count { $0 } != 1, "seed \(seed) row \(row)")
    }
    for column in hidden[0].indices { #expect(hidden.count { $0[column] } != 1, "seed \(seed) column \(column)") }
  }

  /// Not even all rows and columns together give a suppressed count away: it is not in the span of their equations.
  @Test(arguments: UInt64(1)...300) func noCellFollowsFromAllLinesTogether(seed: UInt64) {
    var random = SeededGenerator(seed: seed, part: 1)
    var table = SuppressedTable(inner: Self.inner(&random), small: Self.small)
    table.protect()
    let (rows, columns) = (table.cells.count, table.cells[0].count)
    let unknown = (0..<rows * columns).filter { table.isSuppressed[$0 / columns][$0 % columns] }
    var equations: [[Int]] = []
    for row in 0..<rows {
      equations.append(unknown.map { $0 / columns == row ? ($0 % columns == columns - 1 ? -1 : 1) : 0 })
    }
    for column in 0..<columns {
      equations.append(unknown.map { $0 % columns == column ? ($0 / columns == rows - 1 ? -1 : 1) : 0 })
    }
    let solved = LinearOracle.determined(equations, unknowns: unknown.count)
    #expect(solved.isEmpty, "seed \(seed) \(table.cells)")
  }

  @Test func whatNeedsNoProtectionIsPublished() {
    var table = SuppressedTable(inner: [[10, 20], [30, 0]], small: Self.small)
    table.protect()
    #expect(!table.isSuppressed.joined().contains(true))
  }

  /// 3 among large counts takes three more with it, the smallest, and no margin.
  @Test func oneSmallCountTakesTheSmallestRingWithIt() {
    var table = SuppressedTable(inner: [[3, 50, 60], [70, 80, 90], [500, 20, 600]], small: Self.small)
    table.protect()
    let ring: [[Bool]] = [
      [true, true, false, false], [true, true, false, false], [false, false, false, false],
      [false, false, false, false],
    ]
    #expect(table.isSuppressed == ring)
    #expect(!table.isSuppressed.contains { $0[3] })
  }

  /// Persistent absence of 8 in 10 says 2 are not: neither is published, and the others' cannot be subtracted.
  @Test func complementsAreKeptBack() throws {
    let answer = Self.answer([("900101", 10, 8), ("900102", 40, 20), ("900103", 60, 25)])
    let shown = answer.groups.map { group in group.figures.first { $0.definition == "I04" } }
    #expect(shown[0]?.suppressed == true)
    #expect(shown[0]?.numerator == nil && shown[0]?.percent == nil)
    #expect(shown.count { $0?.numerator == nil } >= 2)
    let open = Self.answer([("900101", 10, 8), ("900102", 40, 20), ("900103", 60, 25)], suppress: false)
    #expect(open.groups[0].figures.first { $0.definition == "I04" }?.numerator == 8)
  }

  /// Schools with so many children, of whom so many miss every fifth session.
  static func answer(_ schools: [(String, Int, Int)], suppress: Bool = true) -> FigureAnswer {
    let year = SchoolYear(startYear: 2025)
    var accumulator = FigureAccumulator(
      FigureQuery(
        scope: .authority, period: DayRange(first: year.first, last: year.last), grouping: .school, cohort: .local))
    var number: Int64 = 0
    for (urn, count, persistent) in schools {
      let school = SchoolFacts(urn: try! URN(urn), phase: .primary, kind: .academy, sessions: MadeUp.everyDay)
      for child in 0..<count {
        number += 1
        var row = PupilYear(year: year)
        for place in 0..<60 {
          row[MadeUp.day("2025-09-08").adding(days: place), .am] = AttendanceCode(
            child < persistent && place % 5 == 0 ? "I" : "/")
        }
        accumulator.add(
          RegistrationFacts(registration: number, enrolledOn: year.first, dateOfBirth: MadeUp.dateOfBirth), at: school,
          rows: [row])
      }
    }
    return FigureAnswer(accumulator.table, period: "year", asOf: Timestamp(millis: 0), suppress: suppress)
  }

  /// Published figures of random registers, with every equation that holds between them, give no small count away.
  @Test(arguments: UInt64(1)...150) func publishedFiguresGiveNothingAway(seed: UInt64) {
    var random = SeededGenerator(seed: seed, part: 2)
    let oracle = FigureOracle(seed: seed, count: 10 + random.below(60))
    let first = FigureOracle.first.adding(days: 20 + random.below(200))
    let grouping = random.pick([FigureGrouping.school, .sex, .phase, .none])
    let query = FigureQuery(
      scope: .authority, period: DayRange(first: first, last: first.adding(days: 5 + random.below(120))),
      grouping: grouping, cohort: random.pick([.local, .national]))
    let table = oracle.table(query)
    let answer = FigureAnswer(table, period: "days", asOf: Timestamp(millis: 0), suppress: true)
    var system = PublishedSystem()
    system.add(table.groups + [table.total], answer.groups + [answer.total])
    let isTotalSplit = !table.groups.isEmpty
    if isTotalSplit { system.addColumns(lines: table.groups.count + 1) }
    for (name, value) in system.determined() {
      #expect(!Self.small.contains(value), "seed \(seed) \(query) \(name)")
    }
  }

  /// A group with so many sessions of codes and so many enrolments.
  private static func group(
    _ key: String, _ counts: [String: Int], counted: Int, persistent: Int = 0, severe: Int = 0
  ) -> FigureGroup {
    let scheme = CodeBook.england.scheme(on: MadeUp.today)
    var group = FigureGroup(key: key)
    for (text, count) in counts {
      guard let code = AttendanceCode(text) else { continue }
      group.statistics.add(code, count: count, scheme: scheme)
      group.add(Int(code.registerByte), am: count, pm: 0, isPossible: true)
    }
    (group.counted, group.persistent, group.severe) = (counted, persistent, severe)
    return group
  }

  private static func mask(_ total: FigureGroup, _ groups: [FigureGroup] = []) -> FigureMask {
    let span = DayRange(first: MadeUp.day("2026-09-07"), last: MadeUp.day("2026-12-18"))
    let query = FigureQuery(
      scope: .authority, period: span, grouping: groups.isEmpty ? .none : .school, cohort: .local)
    return FigureMask(FigureTable(query: query, total: total, groups: groups), small: small)
  }

  /// Three absences beside many sessions of attendance: their sum is as small as they are.
  @Test func theSumOfTwoSmallCountsIsKeptBack() {
    let mask = Self.mask(Self.group("", ["/": 600, "C": 2, "O": 1], counted: 20)).total
    #expect(mask.authorised && mask.unauthorised && mask.absent && (mask.present || mask.possible))
  }

  /// Everything of a few children is kept back, however many their sessions are.
  @Test func allOfAFewChildrenIsKeptBack() {
    let groups = [("a", 3), ("b", 40), ("c", 50)].map { Self.group($0.0, ["/": $0.1 * 60], counted: $0.1) }
    let mask = Self.mask(Self.group("", ["/": 93 * 60], counted: 93), groups)
    #expect(mask.groups[0].present && mask.groups[0].possible && mask.groups[0].counted)
  }

  /// Of a class that is published the codes that are left are not as few as those that are kept back.
  @Test func codesThatAreTheRestAreKeptBack() {
    let mask = Self.mask(Self.group("", ["/": 600, "I": 97, "M": 2, "C": 1, "O": 50], counted: 20)).total
    let hidden = Set(mask.codes.map(\.text))
    #expect(!mask.authorised && hidden.isSuperset(of: ["I", "M", "C"]))
  }

  /// A class that is kept back and has no code at all is not given away by its absence from the list.
  @Test func aClassWithoutCodesIsNotGivenAway() {
    let mask = Self.mask(Self.group("", ["C": 3], counted: 9)).total
    #expect(mask.unauthorised && mask.isWithoutReasons)
    #expect(!Self.mask(Self.group("", ["/": 600, "I": 90, "O": 50], counted: 20)).total.isWithoutReasons)
  }

  /// Persistent and severe absence share the number of enrolments: with both tables nothing small follows.
  @Test(arguments: UInt64(1)...300) func bothTablesOfEnrolmentsGiveNothingAway(seed: UInt64) {
    var random = SeededGenerator(seed: seed, part: 3)
    let groups = (0..<random.within(1...4)).map { place in
      let counted = random.below(3) == 0 ? random.within(1...4) : random.within(5...30)
      let persistent = random.below(counted + 1)
      return Self.group(
        "\(place)", ["/": counted * 60], counted: counted, persistent: persistent, severe: random.below(persistent + 1))
    }
    func sum(_ path: KeyPath<FigureGroup, Int>) -> Int { groups.reduce(0) { $0 + $1[keyPath: path] } }
    let total = Self.group(
      "", ["/": sum(\.counted) * 60], counted: sum(\.counted), persistent: sum(\.persistent), severe: sum(\.severe))
    let (lines, mask) = (groups + [total], Self.mask(total, groups))
    let masks = mask.groups + [mask.total]
    // By line: counted, persistent, not persistent, severe, not severe.
    let values = lines.flatMap {
      [$0.counted, $0.persistent, $0.counted - $0.persistent, $0.severe, $0.counted - $0.severe]
    }
    let unknown = masks.indices.flatMap { line in
      [(masks[line].counted, 0), (masks[line].persistent, 1), (true, 2), (masks[line].severe, 3), (true, 4)]
        .filter(\.0).map { line * 5 + $0.1 }
    }
    func row(_ terms: [(Int, Int)]) -> [Int] {
      unknown.map { place in terms.reduce(0) { $0 + ($1.0 == place ? $1.1 : 0) } }
    }
    var equations = masks.indices.flatMap { line in
      [1, 3].map { row([(line * 5, -1), (line * 5 + $0, 1), (line * 5 + $0 + 1, 1)]) }
    }
    for part in 0..<5 {
      equations.append(row(masks.indices.map { ($0 * 5 + part, $0 == groups.count ? -1 : 1) }))
    }
    for place in LinearOracle.determined(equations, unknowns: unknown.count) {
      #expect(!Self.small.contains(values[unknown[place]]), "seed \(seed) place \(unknown[place])")
    }
  }

  @Test func smallCareFiguresAreKeptBack() {
    func child(_ present: Int, _ absent: Int) -> Statistics {
      var s = Statistics()
      for (code, count) in [("/", present), ("I", absent)] {
        if let code = AttendanceCode(code) {
          s.add(code, count: count, scheme: CodeBook.england.scheme(on: MadeUp.today))
        }
      }
      return s
    }
    let many = (0..<20).map { _ in child(99, 1) } + (0..<10).map { _ in child(80, 20) }
    let figures = CareFigures(many + [child(93, 7), child(93, 7), child(5, 1)], on: MadeUp.today)
    let open = CareMeasure(figures, small: nil)
    #expect([open.bands.above95, open.bands.from90To95, open.bands.below90] == [20, 2, 11])
    #expect([open.headline.denominator, open.adjusted.denominator] == [33, 32])
    let shown = CareMeasure(figures, small: Self.small)
    #expect(shown.bands.from90To95 == nil && shown.bands.suppressed)
    #expect([shown.bands.above95, shown.bands.below90].contains(nil))
    #expect(shown.adjusted.numerator == nil)
  }
}

/// Linear algebra over a prime field: which unknowns do equations determine?
enum LinearOracle {
  private static let prime = 2_147_483_647

  static func determined(_ equations: [[Int]], unknowns: Int) -> [Int] {
    var matrix = equations.map { $0.map { (($0 % prime) + prime) % prime } }
    var pivots: [(row: Int, column: Int)] = []
    var row = 0
    for column in 0..<unknowns where row < matrix.count {
      guard let found = (row..<matrix.count).first(where: { matrix[$0][column] != 0 }) else { continue }
      matrix.swapAt(row, found)
      let inverse = power(matrix[row][column], prime - 2)
      matrix[row] = matrix[row].map { $0 * inverse % prime }
      for other in matrix.indices where other != row && matrix[other][column] != 0 {
        let factor = matrix[other][column]
        for place in 0..<unknowns {
          matrix[other][place] = (matrix[other][place] + (prime - factor) * matrix[row][place]) % prime
        }
      }
      pivots.append((row, column))
      row += 1
    }
    return pivots.filter { pivot in matrix[pivot.row].count { $0 != 0 } == 1 }.map(\.column)
  }

  private static func power(_ base: Int, _ exponent: Int) -> Int {
    var (result, base, exponent) = (1, base, exponent)
    while exponent > 0 {
      if exponent & 1 == 1 { result = result * base % prime }
      base = base * base % prime
      exponent >>= 1
    }
    return result
  }
}
