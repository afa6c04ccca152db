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

    /// Where it is in a list that is a member of the outermost object: the row, from 0, and the way within the row; `nil`
    /// when it is elsewhere.
    public func row(of member: String) -> (number: Int, place: Place)? {
      guard steps.count > 1, steps[0] == member, let number = Int(steps[1]) else { return nil }
      return (number, Place(steps: Array(steps.dropFirst(2)), isWhole: isWhole))
    }
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

  /// The first place in each row of a list, by the row's number from 0.
  public func rows(of member: String) -> [Int: Place] {
    Dictionary(places.compactMap { $0.row(of: member) }) { first, _ in first }
  }

  private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
    var open: [Level] = []
    JSONOutline.walk(bytes) { piece in
      switch piece {
      case .opened(let isObject): open.append(Level(names: isObject ? [] : nil))
      case .name(let name):
        open[open.count - 1].name = name
        let hash = Self.hash(of: UnsafeBufferPointer(rebasing: bytes[name]))
        if open[open.count - 1].names?.insert(hash).inserted == false { note(open, bytes) }
      case .comma: if !open.isEmpty { open[open.count - 1].index += 1 }
      case .closed: open.removeLast()
      }
      return true
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

  private static func plain(_ name: UnsafeBufferPointer<UInt8>) -> String? {
    let text = text(of: name)
    return isPlain(text) ? text : nil
  }

  /// Whether a name could be a field's. Any other may be anything, a person's name too, and is never told.
  public static func isPlain(_ name: String) -> Bool {
    1...60 ~= name.utf8.count
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
      }
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
