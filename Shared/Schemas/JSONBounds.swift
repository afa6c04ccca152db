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
    // What is open: the names of an object so far, `nil` for an array.
    var open: [Int?] = []
    var isNameNext = false
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        let end = JSONBounds.endOfText(bytes, from: index)
        if isNameNext, end < bytes.count {
          let names = (open[open.count - 1] ?? 0) + 1
          if names > JSONBounds.names { return .names(limit: JSONBounds.names) }
          open[open.count - 1] = names
        }
        isNameNext = false
        index = end
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        isNameNext = bytes[index] == UInt8(ascii: "{")
        open.append(isNameNext ? 0 : nil)
        found += 1
        if open.count > depth { return .depth(limit: depth) }
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        isNameNext = false
        _ = open.popLast()
      case UInt8(ascii: ","):
        found += 1
        isNameNext = open.last.map { $0 != nil } ?? false
      default: break
      }
      if found > values { return .values(limit: values) }
      index += 1
    }
    return nil
  }

  /// The index of the quotation mark that ends a text, given that of the one that begins it; past the end when none does.
  static func endOfText(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var index = start + 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return index
  }
}
