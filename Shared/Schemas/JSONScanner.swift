/// Reads a JSON text forward, within bounds, and makes nothing of what it passes over: for texts of which most is handed
/// on as it was written, or which are too many to decode.
///
/// ```swift
/// var scanner = JSONScanner(bytes)
/// try scanner.object { scanner, name in
///   if bytes[name].elementsEqual("data".utf8) { data = try scanner.value() } else { _ = try scanner.value() }
/// }
/// try scanner.end()
/// ```
///
/// What it is asked for must be there: brackets, commas and colons in their places, and texts that end. Of a value that is
/// passed over it sees only where it ends: whether that is JSON is for whoever decodes it to say.
public struct JSONScanner {
  /// Why a text is not read on.
  public enum Failure: Error, Hashable, Sendable {
    /// Something else is there, or nothing.
    case malformed
    case tooDeep(limit: Int)
  }

  /// How deep objects and arrays may lie in each other in a value that is passed over: one bit of a word for each.
  public static let depth = UInt64.bitWidth

  /// The text.
  public let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  /// - Parameter bytes: must outlive the scanner.
  public init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The next byte that is no blank; `nil` at the end.
  public mutating func peek() -> UInt8? {
    while position < bytes.count {
      switch bytes[position] {
      case 32, 9, 10, 13: position += 1
      case let byte: return byte
      }
    }
    return nil
  }

  /// Passes over a byte if it comes next.
  public mutating func takes(_ byte: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  private mutating func take(_ byte: Unicode.Scalar) throws {
    guard takes(byte) else { throw Failure.malformed }
  }

  /// A text.
  ///
  /// - Returns: where it is, without its quotation marks, as it was written: escapes are left as they are.
  public mutating func text() throws -> Range<Int> {
    try take("\"")
    let first = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        return first..<position - 1
      case UInt8(ascii: "\\"): position += 2
      case 0..<32: throw Failure.malformed
      default: position += 1
      }
    }
    throw Failure.malformed
  }

  /// An object.
  ///
  /// - Parameter member: is given where each name is, and takes its value.
  public mutating func object(_ member: (inout JSONScanner, Range<Int>) throws -> Void) throws {
    try take("{")
    if takes("}") { return }
    repeat {
      let name = try text()
      try take(":")
      try member(&self, name)
    } while takes(",")
    try take("}")
  }

  /// An array.
  ///
  /// - Parameter element: takes each element.
  public mutating func array(_ element: (inout JSONScanner) throws -> Void) throws {
    try take("[")
    if takes("]") { return }
    repeat { try element(&self) } while takes(",")
    try take("]")
  }

  /// Passes over a value.
  ///
  /// - Returns: where it is, without the blanks around it.
  public mutating func value() throws -> Range<Int> {
    guard let byte = peek() else { throw Failure.malformed }
    let first = position
    switch byte {
    case UInt8(ascii: "\""): try passText()
    case UInt8(ascii: "{"), UInt8(ascii: "["): try passBrackets()
    default:
      while position < bytes.count, Self.isScalar(bytes[position]) { position += 1 }
      guard first < position else { throw Failure.malformed }
    }
    return first..<position
  }

  /// Nothing but blanks may be left.
  public mutating func end() throws {
    guard peek() == nil else { throw Failure.malformed }
  }

  private mutating func passText() throws {
    position = JSONOutline.endOfText(bytes, from: position) + 1
    guard position <= bytes.count else { throw Failure.malformed }
  }

  private mutating func passBrackets() throws {
    // For each value that is open, the innermost last, whether it is an object.
    var kinds: UInt64 = 0
    var open = 0
    repeat {
      guard position < bytes.count else { throw Failure.malformed }
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        try passText()
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        open += 1
        guard open <= Self.depth else { throw Failure.tooDeep(limit: Self.depth) }
        kinds = kinds << 1 | (byte == UInt8(ascii: "{") ? 1 : 0)
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard kinds & 1 == (byte == UInt8(ascii: "}") ? 1 : 0) else { throw Failure.malformed }
        kinds >>= 1
        open -= 1
      default: break
      }
      position += 1
    } while open > 0
  }

  /// Whether a byte can be of a number or a word.
  private static func isScalar(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...32, UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ":"): false
    case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): false
    default: true
    }
  }
}
