public import Foundation

/// The names that an object of a JSON text has more than once: which of their values a decoder takes is chance
/// (RFC 8259, 4), so whoever reads the text refuses what holds them.
public struct RepeatedNames: Sendable {
  /// One such name.
  public struct Place: Hashable, Sendable {
    /// The way to it from the outermost value, as in a JSON pointer. It ends before the first name that is not plain: such
    /// a name may be anything, and is never told.
    public let steps: [String]
    /// Whether the way leads to the name itself.
    public let isWhole: Bool
  }

  /// The most places that are kept.
  public static let most = 1_000

  /// The first places.
  public private(set) var places: [Place] = []
  /// How many there are.
  public private(set) var count = 0

  /// An object or a list that is open.
  private struct Level {
    /// The names so far; `nil` in a list.
    var names: Set<Int>?
    var name = 0..<0
    var index = 0
  }

  /// Goes through a text once. One that is no JSON is not noticed.
  ///
  /// - Parameter text: one whose depth is bounded.
  public init(in text: Data) {
    text.withUnsafeBytes { read($0.bindMemory(to: UInt8.self)) }
  }

  private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
    var open: [Level] = []
    var isNameNext = false
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        let end = JSONBounds.endOfText(bytes, from: index)
        if isNameNext, end < bytes.count {
          let name = index + 1..<end
          open[open.count - 1].name = name
          let hash = Self.hash(of: UnsafeBufferPointer(rebasing: bytes[name]))
          if open[open.count - 1].names?.insert(hash).inserted == false { note(open, bytes) }
        }
        isNameNext = false
        index = end
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        isNameNext = bytes[index] == UInt8(ascii: "{")
        open.append(Level(names: isNameNext ? [] : nil))
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        isNameNext = false
        _ = open.popLast()
      case UInt8(ascii: ",") where !open.isEmpty:
        open[open.count - 1].index += 1
        isNameNext = open[open.count - 1].names != nil
      default: break
      }
      index += 1
    }
  }

  private mutating func note(_ open: [Level], _ bytes: UnsafeBufferPointer<UInt8>) {
    count += 1
    guard places.count < Self.most else { return }
    var steps: [String] = []
    for level in open {
      if level.names == nil {
        steps.append(String(level.index))
      } else if let name = Self.plain(UnsafeBufferPointer(rebasing: bytes[level.name])) {
        steps.append(name)
      } else {
        break
      }
    }
    places.append(Place(steps: steps, isWhole: steps.count == open.count))
  }

  /// A name that could be a field's; `nil` for any other.
  private static func plain(_ name: UnsafeBufferPointer<UInt8>) -> String? {
    let text = text(of: name)
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): true
      default: false
      }
    }
    return isPlain && 1...60 ~= text.utf8.count ? text : nil
  }

  /// The same for two names that a decoder takes for one: also when one is written with escapes or other combinations of
  /// the same letters.
  private static func hash(of name: UnsafeBufferPointer<UInt8>) -> Int {
    var hasher = Hasher()
    if name.contains(where: { $0 == UInt8(ascii: "\\") || $0 >= 0x80 }) {
      var utf8 = text(of: name).precomposedStringWithCanonicalMapping
      utf8.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    } else {
      hasher.combine(bytes: UnsafeRawBufferPointer(name))
    }
    return hasher.finalize()
  }

  private static func text(of name: UnsafeBufferPointer<UInt8>) -> String {
    guard name.contains(UInt8(ascii: "\\")) else { return String(decoding: name, as: UTF8.self) }
    let quoted = Data([UInt8(ascii: "\"")] + name + [UInt8(ascii: "\"")])
    return (try? JSONDecoder().decode(String.self, from: quoted)) ?? String(decoding: name, as: UTF8.self)
  }
}
