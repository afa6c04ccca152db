public import Rulebook
public import Search

extension PupilMatching {
  /// The numbers of a child after a school sent one.
  public struct Numbers: Hashable, Sendable {
    public let current: UPN
    /// Numbers that find the child beside it; the sent ones only.
    public let former: Set<UPN>
  }

  /// Which number is the child's now. A number that the child had before does not come back by being sent again, and a
  /// temporary one never takes the place of a permanent one.
  ///
  /// - Parameters:
  ///   - current: the number on record.
  ///   - sent: the number that was sent.
  ///   - sentBefore: whether the sent number is on record as a former one.
  ///   - formerSent: the number that was sent as the former one.
  public static func numbers(current: UPN, sent: UPN, sentBefore: Bool, formerSent: UPN?) -> Numbers {
    var former = Set([formerSent].compactMap { $0 })
    guard sent != current else { return Numbers(current: current, former: former.subtracting([current])) }
    let stays = sentBefore || (sent.isTemporary && !current.isTemporary)
    former.insert(stays ? sent : current)
    let now = stays ? current : sent
    return Numbers(current: now, former: former.subtracting([now]))
  }
}

extension UPN {
  /// Whether it was given for a time only: its last character is a letter.
  public var isTemporary: Bool { text.utf8.last.map { $0 > UInt8(ascii: "9") } ?? false }
}
