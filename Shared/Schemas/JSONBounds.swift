public import Foundation

/// How much a JSON text may hold, counted in one pass before anything is made of it: what a decoder makes of two bytes
/// can take two hundred.
public struct JSONBounds: Sendable, Hashable {
  /// The most values: objects, arrays, texts, numbers, `true`, `false` and `null`. Counted by what opens and separates
  /// them, so that an array of empty arrays counts twice.
  public let values: Int
  /// How deep objects and arrays may lie in each other.
  public let depth: Int

  /// The most names of one object.
  static let names = 1_000

  /// Why a text is not decoded.
  public enum Excess: Error, Hashable, Sendable {
    case values(limit: Int)
    case depth(limit: Int)
    /// An object has more names than any that is read.
    case names(limit: Int)
  }

  public init(values: Int, depth: Int = 64) {
    self.values = values
    self.depth = depth
  }

  /// What a body of at most so many bytes may hold: a value in eight bytes, which a body made of anything but brackets
  /// and commas does not reach, and a thousand at the least.
  public static func body(upTo bytes: Int) -> JSONBounds { JSONBounds(values: max(1_000, bytes / 8)) }

  /// Counts.
  ///
  /// - Throws: ``Excess`` at the first value or bracket too many. A text that is no JSON is not noticed.
  public func check(_ text: Data) throws(Excess) {
    let excess = text.withUnsafeBytes { count($0.bindMemory(to: UInt8.self)) }
    if let excess { throw excess }
  }

  /// As ``check(_:)`` of bytes that lie somewhere.
  public func check(_ bytes: UnsafeBufferPointer<UInt8>) throws(Excess) {
    if let excess = count(bytes) { throw excess }
  }

  private func count(_ bytes: UnsafeBufferPointer<UInt8>) -> Excess? {
    var found = 1
    // How many names each value that is open has so far.
    var names: [Int] = []
    var excess = found > values ? Excess.values(limit: values) : nil
    JSONOutline.walk(bytes) { piece in
      switch piece {
      case .opened:
        found += 1
        names.append(0)
        if names.count > depth { excess = .depth(limit: depth) }
      case .name:
        names[names.count - 1] += 1
        if names[names.count - 1] > JSONBounds.names { excess = .names(limit: JSONBounds.names) }
      case .comma: found += 1
      case .closed: names.removeLast()
      }
      if excess == nil, found > values { excess = .values(limit: values) }
      return excess == nil
    }
    return excess
  }
}
