public import Rulebook

/// Whether two dates of birth may be one child's.
public enum BirthLikeness: Hashable, Sendable {
  case same
  /// One digit wrong, two neighbouring digits in the wrong order, or day and month exchanged.
  case slip
  case other

  public init(_ a: Day, _ b: Day) {
    let (x, y) = (Array(a.iso.utf8), Array(b.iso.utf8))
    let wrong = x.indices.filter { x.count == y.count && x[$0] != y[$0] }
    if a == b {
      self = .same
    } else if x.count == y.count, wrong.count == 1 || Self.isTransposed(x, y, wrong) || Self.isDayForMonth(a, b) {
      self = .slip
    } else {
      self = .other
    }
  }

  private static func isDayForMonth(_ a: Day, _ b: Day) -> Bool {
    a.year == b.year && a.iso.suffix(2) == b.iso.dropFirst(5).prefix(2)
      && b.iso.suffix(2) == a.iso.dropFirst(5).prefix(2)
  }

  private static func isTransposed(_ x: [UInt8], _ y: [UInt8], _ wrong: [Int]) -> Bool {
    wrong.count == 2 && wrong[1] == wrong[0] + 1 && x[wrong[0]] == y[wrong[1]] && x[wrong[1]] == y[wrong[0]]
  }
}
