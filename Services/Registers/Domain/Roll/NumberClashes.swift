import Rulebook
import Search

/// The rows of one file that give one pupil number to different children.
public struct NumberClashes: Sendable {
  private let rows: [Int: [Int]]

  /// - Parameter records: the rows that could be read, by their number in the file.
  public init(_ records: [(row: Int, record: PupilRecord)]) {
    var rows: [Int: [Int]] = [:]
    for (_, group) in Dictionary(grouping: records, by: \.record.upn) where group.count > 1 {
      let facts = group.map(\.record.facts)
      let isClash = facts.indices.contains { place in
        facts[..<place].contains { ![.same, .correction].contains(PupilMatching.verdict($0, facts[place])) }
      }
      guard isClash else { continue }
      let all = group.map(\.row).sorted()
      for row in all { rows[row] = all }
    }
    self.rows = rows
  }

  /// The rows that share a row's number with another child, this one among them; empty when the number is one child's.
  public func rows(with row: Int) -> [Int] { rows[row] ?? [] }
}
