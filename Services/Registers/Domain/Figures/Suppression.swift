public import Rulebook

/// Which counts are too small to leave the service (ATT-8).
public enum SmallNumbers {
  /// The counts that are suppressed.
  public static let suppressed: Dated<ClosedRange<Int>> = [
    InForce(1...4, source: "ATT-8: counts 1-4, with secondary suppression")
  ]

  /// Those on a day.
  public static func range(on day: Day) -> ClosedRange<Int> { suppressed.value(on: day) }
}

/// A two-dimensional table of counts with its margins, of which some cells are not published.
///
/// Every row adds up to its last cell and every column to its lowest. Whoever knows this can derive a suppressed cell
/// exactly when it is a bridge in the graph whose nodes are the rows and columns and whose edges are the suppressed
/// cells (D. Gusfield, "A graph theoretic approach to statistical data security", 1988). ``protect()`` suppresses
/// further cells, the smallest it can, until no cell is one: two in every row and column that has any, and no way
/// around by several rows and columns together.
public struct SuppressedTable: Hashable, Sendable {
  /// With the margins: the last column has the rows' sums, the last row the columns'.
  public let cells: [[Int]]
  /// Cells that are not published; of the shape of the cells.
  public private(set) var isSuppressed: [[Bool]]

  private var rows: Int { cells.count }
  private var columns: Int { cells.first?.count ?? 0 }

  /// - Parameters:
  ///   - inner: the cells without margins, all rows of one length.
  ///   - small: the counts that are suppressed wherever they stand.
  public init(inner: [[Int]], small: ClosedRange<Int>) {
    var cells = inner.map { $0 + [$0.reduce(0, +)] }
    let width = (inner.first?.count ?? 0) + 1
    cells.append((0..<width).map { column in cells.reduce(0) { $0 + $1[column] } })
    self.init(cells: cells, small: small)
  }

  /// A table with its margins.
  init(cells: [[Int]], small: ClosedRange<Int>) {
    self.cells = cells
    isSuppressed = cells.map { $0.map(small.contains) }
  }

  /// Keeps a cell back whatever its count.
  public mutating func suppress(row: Int, column: Int) { isSuppressed[row][column] = true }

  /// Suppresses what would give another cell away.
  public mutating func protect() {
    // A path that is added makes a ring of the bridge, so each round ends with fewer bridges or more rings.
    while let bridge = firstBridge() {
      guard let path = cheapestWay(around: bridge) else {
        // One row or one column only: nothing can hide in it but everything.
        suppressAll()
        return
      }
      for cell in path { isSuppressed[cell.row][cell.column] = true }
    }
  }

  private struct Cell: Hashable {
    let row: Int
    let column: Int
  }

  private mutating func suppressAll() {
    for row in cells.indices { for column in 0..<columns { isSuppressed[row][column] = true } }
  }

  /// Rows are nodes 0 to below `rows`, columns follow.
  private func neighbours(_ node: Int) -> Range<Int> { node < rows ? rows..<rows + columns : 0..<rows }

  private func cell(_ a: Int, _ b: Int) -> Cell {
    a < b ? Cell(row: a, column: b - rows) : Cell(row: b, column: a - rows)
  }

  /// A suppressed cell that is on no ring of suppressed cells.
  private func firstBridge() -> Cell? {
    let count = rows + columns
    var entered = [Int](repeating: 0, count: count)
    var lowest = [Int](repeating: 0, count: count)
    var clock = 0
    for root in 0..<count where entered[root] == 0 {
      var stack: [(node: Int, parent: Int, next: Int)] = [(root, -1, neighbours(root).lowerBound)]
      clock += 1
      entered[root] = clock
      lowest[root] = clock
      while let top = stack.last {
        guard top.next < neighbours(top.node).upperBound else {
          stack.removeLast()
          guard let parent = stack.last?.node else { continue }
          lowest[parent] = min(lowest[parent], lowest[top.node])
          if lowest[top.node] > entered[parent] { return cell(parent, top.node) }
          continue
        }
        stack[stack.count - 1].next += 1
        let place = cell(top.node, top.next)
        guard isSuppressed[place.row][place.column], top.next != top.parent else { continue }
        if entered[top.next] == 0 {
          clock += 1
          entered[top.next] = clock
          lowest[top.next] = clock
          stack.append((top.next, top.node, neighbours(top.next).lowerBound))
        } else {
          lowest[top.node] = min(lowest[top.node], entered[top.next])
        }
      }
    }
    return nil
  }

  /// The cells between the ends of a bridge that cost least to suppress; those that are suppressed already are free.
  private func cheapestWay(around bridge: Cell) -> [Cell]? {
    let count = rows + columns
    let (start, goal) = (bridge.row, rows + bridge.column)
    // A zero hides nothing well: it comes last.
    let costOfZero = 1 + (cells.last?.last ?? 0)
    var cost = [Int](repeating: .max, count: count)
    var from = [Int](repeating: -1, count: count)
    var isDone = [Bool](repeating: false, count: count)
    cost[start] = 0
    while let node = (0..<count).filter({ !isDone[$0] && cost[$0] < .max }).min(by: { cost[$0] < cost[$1] }) {
      if node == goal { break }
      isDone[node] = true
      for next in neighbours(node) where !isDone[next] {
        let place = cell(node, next)
        if place == bridge { continue }
        let value = cells[place.row][place.column]
        let step = isSuppressed[place.row][place.column] ? 0 : value == 0 ? costOfZero : value
        if cost[node] + step < cost[next] {
          cost[next] = cost[node] + step
          from[next] = node
        }
      }
    }
    guard from[goal] >= 0 else { return nil }
    var path: [Cell] = []
    var node = goal
    while node != start {
      path.append(cell(from[node], node))
      node = from[node]
    }
    return path
  }
}
