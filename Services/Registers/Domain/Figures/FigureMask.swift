import Rulebook

/// Which numbers of a table of figures are not published (ATT-8).
///
/// Sessions are one table of present, authorised and unauthorised with the possible sessions as its margin, and one
/// table for the codes of each of these; enrolments are two, persistently absent or not and severely absent or not.
/// Tables that share a margin are protected again until none changes another.
struct FigureMask: Sendable {
  /// What of one line is kept back.
  struct Line: Hashable, Sendable {
    var present = false, authorised = false, unauthorised = false, possible = false
    var absent = false, attending = false
    var counted = false, persistent = false, severe = false
    var codes: Set<AttendanceCode> = []
    /// All of the line: it is of too few enrolments.
    var isWhole = false
  }

  let groups: [Line]
  let total: Line

  init(_ table: FigureTable, small: ClosedRange<Int>) {
    let lines = (table.groups.isEmpty ? [table.total] : table.groups) + [table.total]
    var masks = lines.map { line in
      var mask = Line()
      mask.isWhole = small.contains(line.counted)
      return mask
    }
    Self.maskSessions(lines, &masks, small, scheme: .inForce(on: table.query.period.first))
    Self.maskEnrolments(lines, &masks, small)
    total = masks.removeLast()
    groups = table.groups.isEmpty ? [] : masks
  }

  /// A table whose lines and margins are given, with what is small or complements something small kept back.
  private static func table(_ cells: [[Int]], _ masks: [Line], _ small: ClosedRange<Int>) -> SuppressedTable {
    var table = SuppressedTable(cells: cells, small: small)
    for (row, line) in cells.enumerated() {
      let margin = line.last ?? 0
      for column in line.indices where masks[row].isWhole || small.contains(margin - line[column]) {
        if column < line.count - 1 || masks[row].isWhole { table.suppress(row: row, column: column) }
      }
    }
    return table
  }

  private static func maskSessions(
    _ lines: [FigureGroup], _ masks: inout [Line], _ small: ClosedRange<Int>, scheme: CodeScheme
  ) {
    var sums = table(
      lines.map { line in
        let s = line.statistics
        return [s.present, s.authorised, s.unauthorised, s.possible]
      }, masks, small)
    let classes: [(Int, [AttendanceCode])] = [
      (0, codes(of: lines, scheme) { $0.isPresent }),
      (1, codes(of: lines, scheme) { $0 == .authorisedAbsence }),
      (2, codes(of: lines, scheme) { $0 == .unauthorisedAbsence }),
    ]
    var parts = classes.map { column, codes in
      table(lines.map { line in codes.map { line[$0].sessions } + [value(line, column)] }, masks, small)
    }
    var isSettled = false
    while !isSettled {
      isSettled = true
      sums.protect()
      for (place, (column, codes)) in classes.enumerated() {
        for row in lines.indices where sums.isSuppressed[row][column] {
          parts[place].suppress(row: row, column: codes.count)
        }
        parts[place].protect()
        for row in lines.indices where parts[place].isSuppressed[row][codes.count] && !sums.isSuppressed[row][column] {
          sums.suppress(row: row, column: column)
          isSettled = false
        }
      }
    }
    for row in lines.indices {
      let sum = sums.isSuppressed[row]
      masks[row].present = sum[0]
      masks[row].authorised = sum[1]
      masks[row].unauthorised = sum[2]
      masks[row].possible = sum[3]
      masks[row].absent = (sum[0] || sum[3]) && (sum[1] || sum[2])
      for (place, (_, codes)) in classes.enumerated() {
        for (column, code) in codes.enumerated() where parts[place].isSuppressed[row][column] {
          masks[row].codes.insert(code)
        }
      }
      masks[row].attending = !isKnown(row, masks, classes[0].1, scheme)
    }
  }

  /// Whether the sessions in school follow from what is published.
  private static func isKnown(_ row: Int, _ masks: [Line], _ codes: [AttendanceCode], _ scheme: CodeScheme) -> Bool {
    func areShown(_ kind: StatisticalClass) -> Bool {
      codes.allSatisfy { scheme.statisticalClass($0) != kind || !masks[row].codes.contains($0) }
    }
    return areShown(.attending) || (!masks[row].present && areShown(.approvedEducationalActivity))
  }

  /// The class total that the codes of a column add up to.
  private static func value(_ line: FigureGroup, _ column: Int) -> Int {
    [line.statistics.present, line.statistics.authorised, line.statistics.unauthorised][column]
  }

  private static func codes(
    of lines: [FigureGroup], _ scheme: CodeScheme, _ isMeant: (StatisticalClass) -> Bool
  ) -> [AttendanceCode] {
    scheme.rules.filter { rule in isMeant(rule.statisticalClass) && lines.contains { $0[rule.code].sessions > 0 } }
      .map(\.code)
  }

  private static func maskEnrolments(_ lines: [FigureGroup], _ masks: inout [Line], _ small: ClosedRange<Int>) {
    var tables = [\FigureGroup.persistent, \FigureGroup.severe].map { path in
      table(
        lines.map { [$0[keyPath: path], $0.counted - $0[keyPath: path], $0.counted] }, masks, small)
    }
    var known = 0
    while true {
      for place in tables.indices { tables[place].protect() }
      for row in lines.indices where tables.contains(where: { $0.isSuppressed[row][2] }) {
        for place in tables.indices { tables[place].suppress(row: row, column: 2) }
      }
      let count = tables.reduce(0) { $0 + $1.isSuppressed.joined().count { $0 } }
      if count == known { break }
      known = count
    }
    for row in lines.indices {
      masks[row].persistent = tables[0].isSuppressed[row][0]
      masks[row].severe = tables[1].isSuppressed[row][0]
      masks[row].counted = tables[0].isSuppressed[row][2]
    }
  }
}
