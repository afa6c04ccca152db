public import Foundation

/// The elements of one array of a JSON object, to be decoded some at a time: what is made of the whole is then never
/// there at once.
///
/// Only the outline is read here. Whether an element is JSON is for the decoder of its batch to say, and whether all
/// around the array is, for that of the ``frame``.
public struct JSONElements: Sendable {
  /// The limits of an array.
  public struct Limits: Sendable {
    public let elements: Int
    /// The most values of one element, counted as ``JSONBounds`` counts.
    public let valuesOfOne: Int
    public let depth: Int

    public init(elements: Int, valuesOfOne: Int, depth: Int = 64) {
      self.elements = elements
      self.valuesOfOne = valuesOfOne
      self.depth = depth
    }
  }

  public enum Failure: Error, Hashable, Sendable {
    /// Not an object with the array.
    case malformed
    /// An object around the array has a name twice, or more elements do than are kept apart.
    case repeatedName
    case tooManyElements(limit: Int)
    case tooManyValues(limit: Int)
    case tooDeep(limit: Int)
  }

  /// How many elements are decoded at once.
  static let batchElements = 500
  /// The most values outside the array.
  private static let valuesOfFrame = 10_000

  /// How many elements there are.
  public private(set) var count = 0
  /// The object with the array left empty.
  public private(set) var frame = Data()
  /// The elements in which an object has a name twice, by their index, each with its first such name.
  public private(set) var repeated: [Int: RepeatedNames.Place] = [:]
  private let text: Data
  private var batches: [Range<Int>] = []

  /// Reads the outline.
  ///
  /// - Throws: ``Failure``.
  public init(_ text: Data, of member: String, limits: Limits) throws(Failure) {
    self.text = text
    var outline = Outline(member: Array(member.utf8), limits: limits)
    if let failure = text.withUnsafeBytes({ outline.read($0.bindMemory(to: UInt8.self)) }) { throw failure }
    guard let array = outline.array else { throw .malformed }
    count = outline.count
    batches = outline.batches
    let start = text.startIndex
    frame =
      text[start..<start + array.lowerBound] + Data("[]".utf8) + text[(start + array.upperBound)...]
    do throws(JSONBounds.Excess) {
      try JSONBounds(values: Self.valuesOfFrame, depth: limits.depth).check(frame)
    } catch {
      switch error {
      case .values(let limit): throw .tooManyValues(limit: limit)
      case .depth(let limit): throw .tooDeep(limit: limit)
      case .names(let limit): throw .tooManyValues(limit: limit)
      }
    }
    let names = RepeatedNames(in: text)
    guard names.count <= RepeatedNames.most else { throw .repeatedName }
    guard names.places.allSatisfy({ $0.row(of: member) != nil }) else { throw .repeatedName }
    repeated = names.rows(of: member)
  }

  /// The elements in order, decoded as they are asked for.
  public func decoding<Element: Decodable>(_ type: Element.Type) -> Iterator<Element> {
    Iterator(text: text, batches: batches)
  }

  /// Decodes a batch at a time.
  public struct Iterator<Element: Decodable> {
    fileprivate let text: Data
    fileprivate var batches: [Range<Int>]
    private var decoded: [Element] = []
    private var position = 0
    private let decoder = JSONDecoder()

    fileprivate init(text: Data, batches: [Range<Int>]) {
      self.text = text
      self.batches = batches.reversed()
    }

    /// The next element; `nil` behind the last.
    ///
    /// - Throws: what the decoder throws for a batch that is not JSON.
    public mutating func next() throws -> Element? {
      if position == decoded.count {
        guard let batch = batches.popLast() else { return nil }
        let start = text.startIndex
        let part = text[start + batch.lowerBound..<start + batch.upperBound]
        decoded = try decoder.decode([Element].self, from: Data("[".utf8) + part + Data("]".utf8))
        position = 0
        if decoded.isEmpty { return nil }
      }
      position += 1
      return decoded[position - 1]
    }
  }
}

/// Goes through an object's bytes once.
private struct Outline {
  let member: [UInt8]
  let limits: JSONElements.Limits
  /// From the array's opening bracket to behind its closing one.
  private(set) var array: Range<Int>?
  private(set) var count = 0
  private(set) var batches: [Range<Int>] = []

  private var depth = 0
  private var isKeyNext = false
  private var isMember = false
  /// Where the array began that is being read.
  private var opened: Int?
  private var batch = 0
  private var isEmpty = true
  private var values = 0

  init(member: [UInt8], limits: JSONElements.Limits) {
    self.member = member
    self.limits = limits
  }

  mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) -> JSONElements.Failure? {
    var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while index < bytes.count {
      let byte = bytes[index]
      let start = index
      if byte == UInt8(ascii: "\"") { index = JSONOutline.endOfText(bytes, from: index) }
      if let failure = take(byte, at: start, to: index, bytes) { return failure }
      index += 1
    }
    return array == nil || depth != 0 ? .malformed : nil
  }

  private mutating func take(
    _ byte: UInt8, at start: Int, to end: Int, _ bytes: UnsafeBufferPointer<UInt8>
  ) -> JSONElements.Failure? {
    if opened != nil, depth == 2, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") {
      return endElement(at: start, isLast: byte == UInt8(ascii: "]"))
    }
    switch byte {
    case 32, 9, 10, 13: return nil
    case UInt8(ascii: "\""):
      if depth == 1, isKeyNext {
        isMember = end < bytes.count && bytes[start + 1..<end].elementsEqual(member)
        isKeyNext = false
      }
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if depth == 0, byte == UInt8(ascii: "[") { return .malformed }
      depth += 1
      if depth > limits.depth { return .tooDeep(limit: limits.depth) }
      if depth == 1 { isKeyNext = true }
      if depth == 2, isMember, byte == UInt8(ascii: "[") {
        guard array == nil else { return .repeatedName }
        opened = start
        batch = start + 1
        isMember = false
        return nil
      }
    case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
    case UInt8(ascii: ","):
      if depth == 1 {
        isKeyNext = true
        isMember = false
      }
    default: break
    }
    if opened != nil {
      isEmpty = false
      if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { values += 1 }
      if values > limits.valuesOfOne { return .tooManyValues(limit: limits.valuesOfOne) }
    }
    return nil
  }

  private mutating func endElement(at index: Int, isLast: Bool) -> JSONElements.Failure? {
    if isEmpty, !isLast || count > 0 { return .malformed }
    if !isEmpty { count += 1 }
    if count > limits.elements { return .tooManyElements(limit: limits.elements) }
    isEmpty = true
    values = 0
    if isLast || count % JSONElements.batchElements == 0 {
      if batch < index { batches.append(batch..<index) }
      batch = index + 1
    }
    if isLast, let opened {
      array = opened..<index + 1
      self.opened = nil
      depth -= 1
    }
    return nil
  }
}
