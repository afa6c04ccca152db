import Rulebook

/// Which numbers of a table of figures are not published (ATT-8).
///
/// Sessions are one table of present, authorised and unauthorised with the possible sessions as its margin; enrolments
/// are two, persistently absent or not and severely absent or not, protected again until neither changes what they
/// share. Codes are published for the total only: those of every group, beside the totals of their classes, could be
/// worked out from several tables together.
struct FigureMask: Sendable {
  /// What of one line is kept back.
  struct Line: Hashable, Sendable {
    var present = false, authorised = false, unauthorised = false, possible = false
    var absent = false, attending = false
    var counted = false, persistent = false, severe = false
    var codes: Set<AttendanceCode> = []
    /// All of the line: it is of too few enrolments.
    var isWhole = false
    /// No code is published.
    var isWithoutReasons = false
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
    Self.maskSessions(lines, &masks, small)
    Self.maskEnrolments(lines, &masks, small)
    var total = masks.removeLast()
    Self.maskCodes(table.total, &total, small, scheme: table.query.codes.scheme(on: table.query.period.first))
    self.total = total
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

  private static func maskSessions(_ lines: [FigureGroup], _ masks: inout [Line], _ small: ClosedRange<Int>) {
    var sums = table(
      lines.map { line in
        let s = line.statistics
        return [s.present, s.authorised, s.unauthorised, s.possible]
      }, masks, small)
    sums.protect()
    for (row, hidden) in sums.isSuppressed.enumerated() {
      masks[row].present = hidden[0]
      masks[row].authorised = hidden[1]
      masks[row].unauthorised = hidden[2]
      masks[row].possible = hidden[3]
      masks[row].absent = (hidden[0] || hidden[3]) && (hidden[1] || hidden[2])
    }
  }

  /// The codes of the total line: those of each class add up to the class, and are of no other table.
  private static func maskCodes(
    _ line: FigureGroup, _ mask: inout Line, _ small: ClosedRange<Int>, scheme: CodeScheme
  ) {
    let s = line.statistics
    let classes: [(sum: Int, isHidden: Bool, isMeant: (StatisticalClass) -> Bool)] = [
      (s.present, mask.present, { $0.isPresent }), (s.authorised, mask.authorised, { $0 == .authorisedAbsence }),
      (s.unauthorised, mask.unauthorised, { $0 == .unauthorisedAbsence }),
    ]
    for (sum, isHidden, isMeant) in classes {
      let codes = scheme.rules.filter { isMeant($0.statisticalClass) && line[$0.code].sessions > 0 }.map(\.code)
        .sorted { line[$0].sessions < line[$1].sessions }
      // That a hidden class has no code at all would say that it is none.
      if isHidden, codes.isEmpty { mask.isWithoutReasons = true }
      var hidden = codes.filter { small.contains(line[$0].sessions) || small.contains(sum - line[$0].sessions) }
      // A code alone is the rest of a class that is published; a class that is not needs one code that is not.
      while hidden.count < codes.count, hidden.count == 1 && !isHidden || hidden.isEmpty && isHidden {
        if let next = codes.first(where: { !hidden.contains($0) }) { hidden.append(next) }
      }
      mask.codes.formUnion(hidden)
    }
    func areShown(_ kind: StatisticalClass) -> Bool {
      scheme.rules.allSatisfy { $0.statisticalClass != kind || !mask.codes.contains($0.code) }
    }
    mask.attending = !areShown(.attending) && (mask.present || !areShown(.approvedEducationalActivity))
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
