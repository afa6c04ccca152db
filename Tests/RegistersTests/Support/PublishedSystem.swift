import Contracts
import Rulebook

@testable import RegistersDomain

/// Everything that holds between the counts of an answer, and which of them follow from those that are published.
struct PublishedSystem {
  private var names: [String] = []
  private var values: [Int] = []
  private var places: [String: Int] = [:]
  private var published: Set<Int> = []
  private var sums: [(whole: Int, parts: [Int])] = []
  private var perLine: [[String]] = []

  mutating func add(_ groups: [FigureGroup], _ shown: [PublishedGroup]) {
    for (line, (group, shown)) in zip(groups, shown).enumerated() {
      let s = group.statistics
      func figure(_ definition: String, _ measure: String) -> PublishedFigure? {
        shown.figures.first { $0.definition == definition && $0.measure == measure }
      }
      perLine.append([])
      note(line, "possible", s.possible, figure("I01", "attendance")?.denominator)
      note(line, "present", s.present, figure("I01", "attendance")?.numerator)
      note(line, "absent", s.absent, figure("I02", "absence")?.numerator)
      note(line, "authorised", s.authorised, figure("I02", "authorised")?.numerator)
      note(line, "unauthorised", s.unauthorised, figure("I02", "unauthorised")?.numerator)
      note(line, "counted", group.counted, shown.enrolments)
      for (definition, measure, count) in [
        ("I04", "persistent-absence", group.persistent), ("I05", "severe-absence", group.severe),
      ] {
        note(line, measure, count, figure(definition, measure)?.numerator)
        note(line, "not \(measure)", group.counted - count, nil)
        sum(line, "counted", [measure, "not \(measure)"])
      }
      sum(line, "possible", ["present", "absent"])
      sum(line, "absent", ["authorised", "unauthorised"])
      addCodes(line, group, shown)
    }
  }

  private mutating func note(_ line: Int, _ name: String, _ value: Int, _ count: Int?) {
    perLine[line].append(name)
    let place = place("\(line) \(name)", value)
    if count != nil { published.insert(place) }
  }

  private mutating func addCodes(_ line: Int, _ group: FigureGroup, _ shown: PublishedGroup) {
    var parts: [String: [String]] = ["present": [], "authorised": [], "unauthorised": []]
    for code in AttendanceCode.all {
      // The codes changed in August 2024: an answer over both has no reasons when suppressed.
      let kind = CodeBook.england.scheme(on: FigureOracle.last).statisticalClass(code)
      guard let kind, kind.isPossible else { continue }
      let name = "code \(code)"
      let count = group[code].sessions
      let reason = shown.reasons.first { $0.code == code }
      note(line, name, count, count == 0 && !shown.reasons.isEmpty ? 0 : reason?.figure.numerator)
      let whole = kind.isPresent ? "present" : kind == .authorisedAbsence ? "authorised" : "unauthorised"
      parts[whole, default: []].append(name)
    }
    let inSchool = shown.figures.first { $0.measure == "late-before" }
    note(line, "attending", group.statistics.attending, inSchool?.denominator)
    if shown.reasons.isEmpty { return }
    sum(line, "attending", ["code /", "code \\", "code L"])
    for (whole, parts) in parts { sum(line, whole, parts) }
  }

  /// Every count of the last line is the sum of those of the others.
  mutating func addColumns(lines: Int) {
    for name in perLine[0] {
      sums.append((places["\(lines - 1) \(name)"]!, (0..<lines - 1).map { places["\($0) \(name)"]! }))
    }
  }

  private mutating func sum(_ line: Int, _ whole: String, _ parts: [String]) {
    sums.append((places["\(line) \(whole)"]!, parts.map { places["\(line) \($0)"]! }))
  }

  private mutating func place(_ name: String, _ value: Int) -> Int {
    if let place = places[name] { return place }
    places[name] = names.count
    names.append(name)
    values.append(value)
    return names.count - 1
  }

  /// All counts that are published or follow.
  func determined() -> [(String, Int)] {
    let unknown = names.indices.filter { !published.contains($0) }
    let column = Dictionary(uniqueKeysWithValues: unknown.enumerated().map { ($1, $0) })
    let equations = sums.map { sum in
      var equation = [Int](repeating: 0, count: unknown.count)
      if let place = column[sum.whole] { equation[place] -= 1 }
      for part in sum.parts { if let place = column[part] { equation[place] += 1 } }
      return equation
    }
    let found = LinearOracle.determined(equations, unknowns: unknown.count).map { unknown[$0] }
    return (found + published).map { (names[$0], values[$0]) }
  }
}
