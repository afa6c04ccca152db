/// Small counts are not published where a reader could tell who they are: 1 to 4 are left out, and so is the next smallest
/// where a single one is left out of what is added up, because the sum would give it away.
public enum Suppression {
  /// The counts that are not published.
  public static let small = 1...4

  /// - Parameter counts: of one column or one breakdown, which adds up.
  /// - Returns: the counts that are published; `nil` for one that is not.
  public static func published(_ counts: [Int]) -> [Int?] {
    var hidden = Set(counts.indices.filter { small.contains(counts[$0]) })
    if hidden.count == 1 {
      let next = counts.indices.filter { !hidden.contains($0) && counts[$0] > 0 }.min { counts[$0] < counts[$1] }
      if let next { hidden.insert(next) }
    }
    return counts.indices.map { hidden.contains($0) ? nil : counts[$0] }
  }
}
