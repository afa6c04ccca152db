/// Why a text is not taken as XML.
public enum XMLFault: Error, Hashable, Sendable {
  case notWellFormed
  /// It has a document type declaration, which could name entities and other files.
  case documentType
}

/// Takes XML 1.0 apart, strictly and within limits: elements and their texts. Attributes, comments and processing
/// instructions are checked and passed over. There are no document types, so that no entity but the five of XML itself
/// exists and nothing is ever expanded or fetched.
///
/// Foundation's own parser dereferences null on a processing instruction without data, mends what is not well-formed and
/// leaves document types to the caller; a file from a stranger is not given to it.
public struct XMLScanner {
  public enum Event: Equatable {
    case open(String)
    /// With the text since the tag before; `nil` when it is too long.
    case close(String?)
    case end
  }

  private let bytes: [UInt8]
  private let textBytes: Int
  private var position: Int
  private var open: [Range<Int>] = []
  private var hasRoot = false
  private var closesAtOnce = false
  private var text: [UInt8] = []

  /// - Parameters:
  ///   - bytes: UTF-8 without control characters other than tab and line ends.
  ///   - textBytes: how long a text may be.
  public init(_ bytes: [UInt8], textBytes: Int) {
    self.bytes = bytes
    self.textBytes = textBytes
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    if starts(with: "<?xml"), position + 5 < bytes.count, Self.isSpace(bytes[position + 5]) {
      position = end(of: "?>", from: position) ?? position
    }
  }

  /// How many elements are open.
  public var depth: Int { open.count }

  /// Reads up to the next tag.
  ///
  /// - Throws: ``XMLFault``.
  public mutating func next() throws(XMLFault) -> Event {
    if closesAtOnce {
      closesAtOnce = false
      return close()
    }
    while position < bytes.count {
      guard bytes[position] == UInt8(ascii: "<") else {
        try readText()
        continue
      }
      if starts(with: "<!--") {
        try skipComment()
      } else if starts(with: "<![CDATA[") {
        try readLiteral()
      } else if starts(with: "<!") {
        throw .documentType
      } else if starts(with: "<?") {
        try skipInstruction()
      } else if starts(with: "</") {
        return try readEnd()
      } else {
        return try readStart()
      }
    }
    guard hasRoot, open.isEmpty else { throw .notWellFormed }
    return .end
  }

  private mutating func readStart() throws(XMLFault) -> Event {
    guard !open.isEmpty || !hasRoot else { throw .notWellFormed }
    position += 1
    let name = try readName()
    try skipAttributes()
    if position < bytes.count, bytes[position] == UInt8(ascii: "/") {
      closesAtOnce = true
      position += 1
    }
    try skip(UInt8(ascii: ">"))
    hasRoot = true
    open.append(name)
    text.removeAll(keepingCapacity: true)
    return .open(String(decoding: bytes[name], as: UTF8.self))
  }

  private mutating func readEnd() throws(XMLFault) -> Event {
    position += 2
    let name = try readName()
    skipSpaces()
    try skip(UInt8(ascii: ">"))
    guard let last = open.last, bytes[last].elementsEqual(bytes[name]) else { throw .notWellFormed }
    return close()
  }

  private mutating func close() -> Event {
    open.removeLast()
    defer { text.removeAll(keepingCapacity: true) }
    return .close(text.count > textBytes ? nil : String(decoding: text, as: UTF8.self))
  }

  private mutating func readText() throws(XMLFault) {
    while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
      let byte = bytes[position]
      if open.isEmpty, !Self.isSpace(byte) { throw .notWellFormed }
      if byte == UInt8(ascii: "&") {
        for byte in String(try readReference()).utf8 { keep(byte) }
        continue
      }
      if byte == UInt8(ascii: "]"), starts(with: "]]>") { throw .notWellFormed }
      keepNormal(byte)
      position += 1
    }
  }

  private mutating func readLiteral() throws(XMLFault) {
    guard !open.isEmpty, let end = end(of: "]]>", from: position) else { throw .notWellFormed }
    for place in position + 9..<end - 3 {
      position = place
      keepNormal(bytes[place])
    }
    position = end
  }

  /// Every line end is one line feed.
  private mutating func keepNormal(_ byte: UInt8) {
    guard byte == 13 else { return keep(byte) }
    if position + 1 >= bytes.count || bytes[position + 1] != 10 { keep(10) }
  }

  private mutating func keep(_ byte: UInt8) {
    if text.count <= textBytes { text.append(byte) }
  }

  /// Reads `&amp;`, `&#38;` or `&#x26;`.
  private mutating func readReference() throws(XMLFault) -> Unicode.Scalar {
    let start = position + 1
    guard let end = bytes[start..<min(bytes.count, start + 12)].firstIndex(of: UInt8(ascii: ";")) else {
      throw .notWellFormed
    }
    position = end + 1
    let name = String(decoding: bytes[start..<end], as: UTF8.self)
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default:
      let isHex = name.hasPrefix("#x")
      let digits = name.dropFirst(isHex ? 2 : 1)
      guard name.hasPrefix("#"), digits.first?.isHexDigit == true, let value = UInt32(digits, radix: isHex ? 16 : 10),
        let scalar = Unicode.Scalar(value), value >= 32 || [9, 10, 13].contains(value), value & 0xFFFE != 0xFFFE
      else { throw .notWellFormed }
      return scalar
    }
  }

  private mutating func skipAttributes() throws(XMLFault) {
    var names: Set<[UInt8]> = []
    while position < bytes.count {
      let hadSpace = Self.isSpace(bytes[position])
      skipSpaces()
      guard position < bytes.count, ![UInt8(ascii: ">"), UInt8(ascii: "/")].contains(bytes[position]) else { return }
      guard hadSpace, names.insert(Array(bytes[try readName()])).inserted else { throw .notWellFormed }
      skipSpaces()
      try skip(UInt8(ascii: "="))
      skipSpaces()
      guard position < bytes.count, [34, 39].contains(bytes[position]) else { throw .notWellFormed }
      let quote = bytes[position]
      position += 1
      while position < bytes.count, bytes[position] != quote {
        switch bytes[position] {
        case UInt8(ascii: "<"): throw .notWellFormed
        case UInt8(ascii: "&"): _ = try readReference()
        default: position += 1
        }
      }
      try skip(quote)
    }
  }

  private mutating func skipComment() throws(XMLFault) {
    guard let end = end(of: "--", from: position + 4) else { throw .notWellFormed }
    position = end
    try skip(UInt8(ascii: ">"))
  }

  private mutating func skipInstruction() throws(XMLFault) {
    position += 2
    let target = try readName()
    guard String(decoding: bytes[target], as: UTF8.self).lowercased() != "xml", let end = end(of: "?>", from: position)
    else { throw .notWellFormed }
    guard end == position + 2 || Self.isSpace(bytes[position]) else { throw .notWellFormed }
    position = end
  }

  private mutating func readName() throws(XMLFault) -> Range<Int> {
    let start = position
    while position < bytes.count, Self.isName(bytes[position], first: position == start) { position += 1 }
    guard position > start else { throw .notWellFormed }
    return start..<position
  }

  private mutating func skip(_ byte: UInt8) throws(XMLFault) {
    guard position < bytes.count, bytes[position] == byte else { throw .notWellFormed }
    position += 1
  }

  private mutating func skipSpaces() {
    while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
  }

  private func starts(with word: StaticString) -> Bool {
    word.withUTF8Buffer { word in
      position + word.count <= bytes.count && word.indices.allSatisfy { bytes[position + $0] == word[$0] }
    }
  }

  /// Behind the next such word.
  private func end(of word: StaticString, from start: Int) -> Int? {
    word.withUTF8Buffer { word in
      var place = start
      while place + word.count <= bytes.count {
        if word.indices.allSatisfy({ bytes[place + $0] == word[$0] }) { return place + word.count }
        place += 1
      }
      return nil
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

  private static func isName(_ byte: UInt8, first: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
      UInt8(ascii: ":"), 128...255:
      true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): !first
    default: false
    }
  }
}
