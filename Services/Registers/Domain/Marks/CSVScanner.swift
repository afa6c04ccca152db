/// Splits comma-separated values, or those with another separator, into records of fields (RFC 4180), byte by byte and
/// without copies. Lines may end with LF, CR LF or CR; spaces around a field do not count. A record that cannot be read
/// ends with its first line, so that one stray quotation mark costs one row and not the file.
struct CSVScanner {
  enum Outcome: Equatable {
    /// So many fields were read.
    case record(Int)
    case blank
    case fault(RowFault.Reason)
    case end
  }

  /// Quoted fields with doubled quotation marks, undoubled: they lie behind the file's own bytes.
  private(set) var unescaped: [UInt8] = []
  private let bytes: UnsafeBufferPointer<UInt8>
  private let fieldBytes: Int
  private let rowBytes: Int
  private var position: Int
  private let sorts: [Sort]
  /// What counts as a space beside the space itself: the tab, unless it separates.
  private let otherSpace: UInt8

  /// - Parameters:
  ///   - separator: what stands between two fields.
  ///   - fieldBytes: the most bytes of a field, at most 65,535.
  ///   - rowBytes: the most bytes of a row.
  init(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, separator: UInt8 = UInt8(ascii: ","),
    fieldBytes: Int = MarkLimits.fieldBytes, rowBytes: Int = MarkLimits.rowBytes
  ) {
    self.bytes = bytes
    self.fieldBytes = fieldBytes
    self.rowBytes = rowBytes
    position = start
    sorts = Self.sorts(separator)
    otherSpace = separator == 9 ? 32 : 9
  }

  /// Keeps bytes that are not the file's own beside those that are.
  mutating func keep(_ text: some Collection<UInt8>) -> Field {
    defer { unescaped.append(contentsOf: text) }
    return Field(offset: UInt32(bytes.count + unescaped.count), length: UInt16(text.count))
  }

  /// Calls the body with the bytes of a field.
  func with<Value>(_ field: Field, _ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
    let start = Int(field.offset)
    if start + Int(field.length) <= bytes.count {
      return body(UnsafeBufferPointer(rebasing: bytes[start..<start + Int(field.length)]))
    }
    return unescaped.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[start - bytes.count..<start - bytes.count + Int(field.length)]))
    }
  }

  /// Whether two fields hold the same bytes.
  func equal(_ a: Field, _ b: Field) -> Bool {
    a.length == b.length && with(a) { left in with(b) { left.elementsEqual($0) } }
  }

  private enum Sort: UInt8 { case ordinary, separator, lineEnd, quote, control, high }

  private static func sorts(_ separator: UInt8) -> [Sort] {
    (0...255).map { byte -> Sort in
      switch UInt8(byte) {
      case separator: .separator
      case 10, 13: .lineEnd
      case UInt8(ascii: "\""): .quote
      case 9: .ordinary
      case 0..<32, 127: .control
      case 128...255: .high
      default: .ordinary
      }
    }
  }

  private enum FieldEnd { case separator, lineEnd }

  /// Reads the next record into the fields.
  mutating func next(into fields: UnsafeMutableBufferPointer<Field>) -> Outcome {
    guard position < bytes.count else { return .end }
    let start = position
    var columns = 0
    var isASCII = true
    while true {
      let read = readField(recordStart: start, isASCII: &isASCII)
      switch read {
      case .failure(let fault): return recover(from: start, fault.reason)
      case .success(let (field, end)):
        guard columns < fields.count else { return recover(from: start, .wrongColumnCount) }
        fields[columns] = field
        columns += 1
        if end == .separator { continue }
      }
      break
    }
    if columns == 1, fields[0].isEmpty { return .blank }
    if !isASCII, String(validating: bytes[start..<position], as: UTF8.self) == nil { return .fault(.notUTF8) }
    return .record(columns)
  }

  private typealias Fault = RowFault.Failure

  private mutating func readField(recordStart: Int, isASCII: inout Bool) -> Result<(Field, FieldEnd), Fault> {
    skipSpaces()
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
      return readQuoted(recordStart: recordStart, isASCII: &isASCII)
    }
    let start = position
    var end = FieldEnd.lineEnd
    scan: while position < bytes.count {
      switch sorts[Int(bytes[position])] {
      case .ordinary: break
      case .high: isASCII = false
      case .separator:
        end = .separator
        break scan
      case .lineEnd: break scan
      case .quote: return .failure(Fault(reason: .strayQuote))
      case .control: return .failure(Fault(reason: .controlCharacter))
      }
      position += 1
    }
    var last = position
    while last > start, isSpace(bytes[last - 1]) { last -= 1 }
    if last - start > fieldBytes { return .failure(Fault(reason: .fieldTooLong)) }
    if position - recordStart > rowBytes { return .failure(Fault(reason: .rowTooLong)) }
    skipFieldEnd()
    return .success((Field(offset: UInt32(start), length: UInt16(last - start)), end))
  }

  private mutating func readQuoted(recordStart: Int, isASCII: inout Bool) -> Result<(Field, FieldEnd), Fault> {
    position += 1
    let start = position
    var doubled = 0
    while true {
      guard position < bytes.count else { return .failure(Fault(reason: .unterminatedQuote)) }
      guard position - recordStart <= rowBytes else { return .failure(Fault(reason: .unterminatedQuote)) }
      switch sorts[Int(bytes[position])] {
      case .ordinary, .separator, .lineEnd: break
      case .high: isASCII = false
      case .control: return .failure(Fault(reason: .controlCharacter))
      case .quote:
        guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\"") else {
          return endQuoted(start: start, doubled: doubled)
        }
        doubled += 1
        position += 1
      }
      position += 1
    }
  }

  /// Stands on the closing quotation mark.
  private mutating func endQuoted(start: Int, doubled: Int) -> Result<(Field, FieldEnd), Fault> {
    let length = position - start
    position += 1
    skipSpaces()
    var end = FieldEnd.lineEnd
    if position < bytes.count {
      switch sorts[Int(bytes[position])] {
      case .separator: end = .separator
      case .lineEnd: break
      default: return .failure(Fault(reason: .strayQuote))
      }
    }
    guard length - doubled <= fieldBytes else { return .failure(Fault(reason: .fieldTooLong)) }
    skipFieldEnd()
    if doubled == 0 { return .success((Field(offset: UInt32(start), length: UInt16(length)), end)) }
    let offset = bytes.count + unescaped.count
    var skip = false
    for byte in bytes[start..<start + length] {
      if byte == UInt8(ascii: "\""), !skip {
        skip = true
        continue
      }
      skip = false
      unescaped.append(byte)
    }
    return .success((Field(offset: UInt32(offset), length: UInt16(length - doubled)), end))
  }

  /// Goes on behind the first line of a record that cannot be read.
  private mutating func recover(from start: Int, _ reason: RowFault.Reason) -> Outcome {
    position = start
    while position < bytes.count, sorts[Int(bytes[position])] != .lineEnd { position += 1 }
    skipFieldEnd()
    return .fault(reason)
  }

  /// Steps over the separator or the end of the line.
  private mutating func skipFieldEnd() {
    guard position < bytes.count else { return }
    let isCarriageReturn = bytes[position] == 13
    position += 1
    if isCarriageReturn, position < bytes.count, bytes[position] == 10 { position += 1 }
  }

  private mutating func skipSpaces() {
    while position < bytes.count, isSpace(bytes[position]) { position += 1 }
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == otherSpace }
}
