public import Foundation

/// An array of JSON objects with the values of one member cut out of it, as bytes: what is left is small and read by a
/// decoder, and the values are passed on as they were written.
///
/// ```swift
/// let cut = JSONCut(Data(#"[{"id":"1","data":{"a":[2]}}]"#.utf8), member: "data")
/// // cut.frame is [{"id":"1","data":null}], cut.values is [{"a":[2]}]
/// ```
///
/// Only the outline is read: whether a value is JSON is for whoever decodes it to say. A member whose name is written with
/// escapes is not cut out.
public struct JSONCut: Sendable {
  /// The array with `null` in place of each value.
  public let frame: Data
  /// The value of each object, in order; `nil` where it has no such member.
  public let values: [Data?]

  /// - Returns: `nil` for what is not an array of objects, and where an object has the member twice.
  public init?(_ text: Data, member: String) {
    var outline = CutOutline(member: Array(member.utf8))
    guard text.withUnsafeBytes({ outline.read($0.bindMemory(to: UInt8.self)) }) else { return nil }
    var (frame, position) = (Data(), text.startIndex)
    let values = outline.values.map { range -> Data? in
      guard let range else { return nil }
      let value = text[text.startIndex + range.lowerBound..<text.startIndex + range.upperBound]
      frame += text[position..<value.startIndex] + Data("null".utf8)
      position = value.endIndex
      return value
    }
    self.frame = frame + text[position...]
    self.values = values
  }
}

/// Where the values of a member are.
private struct CutOutline {
  let member: [UInt8]
  private(set) var values: [Range<Int>?] = []

  private var depth = 0
  private var isKeyNext = false
  private var isMember = false
  /// Where the value begins that is being read.
  private var opened: Int?

  init(member: [UInt8]) { self.member = member }

  /// - Returns: whether it is an array of objects, none of which has the member twice.
  mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        let end = JSONOutline.endOfText(bytes, from: index)
        guard end < bytes.count else { return false }
        if depth == 2, isKeyNext {
          isMember = bytes[index + 1..<end].elementsEqual(member)
          isKeyNext = false
        }
        index = end
      } else if !take(byte, at: index, bytes) {
        return false
      }
      index += 1
    }
    return depth == 0
  }

  private mutating func take(_ byte: UInt8, at index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      depth += 1
      if depth == 1 { return byte == UInt8(ascii: "[") }
      guard depth == 2 else { return true }
      values.append(nil)
      (isKeyNext, isMember) = (true, false)
      return byte == UInt8(ascii: "{")
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      return depth >= 0 && (depth != 1 || close(at: index, bytes))
    case UInt8(ascii: ":") where depth == 2 && isMember && opened == nil: opened = index + 1
    case UInt8(ascii: ",") where depth == 2:
      isKeyNext = true
      return close(at: index, bytes)
    default: break
    }
    return true
  }

  /// The end of a member.
  private mutating func close(at end: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    defer { (opened, isMember) = (nil, false) }
    guard var first = opened else { return true }
    var last = end
    while first < last, Self.isBlank(bytes[first]) { first += 1 }
    while first < last, Self.isBlank(bytes[last - 1]) { last -= 1 }
    guard first < last, values[values.count - 1] == nil else { return false }
    values[values.count - 1] = first..<last
    return true
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }
}
