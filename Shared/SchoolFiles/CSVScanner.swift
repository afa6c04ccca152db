/// Splits comma-separated values, or those with another separator, into records of fields (RFC 4180), byte by byte and
/// without copies. The text is UTF-8. Lines may end with LF, CR LF or CR; spaces around a field do not count, no-break
/// spaces neither. A cell that cannot be read is marked and costs no other cell; a record that cannot be taken apart ends
/// with its first line, so that one stray quotation mark costs one row and not the file.
///
/// ```swift
/// let text = try TextFile(sent)
/// try text.bytes.withUnsafeBufferPointer { bytes in
///   let format = SheetFormat(columns: 128, fieldBytes: 1_000, rowBytes: 30_000)
///   let cells = format.fields()
///   defer { cells.deallocate() }
///   var sheet = try format.open(bytes, cells) { names, row, scanner throws(HeaderFault) in
///     let keys = names.map(HeaderName.key)
///     guard let name = keys.firstIndex(of: "name") else { throw .missing(["name"]) }
///     return name
///   }
///   while case let outcome = sheet.scanner.next(into: cells), outcome != .end {
///     guard case .record(let count) = outcome, sheet.columns < count else { continue }
///     found.append(sheet.scanner.text(cells[sheet.columns]))
///   }
/// }
/// ```
public struct CSVScanner {
  public enum Outcome: Equatable {
    /// So many fields were read.
    case record(Int)
    /// A line without any value: nothing, spaces, or separators only.
    case blank
    case fault(CSVFault)
    case end
  }

  /// Quoted fields with doubled quotation marks, undoubled: they lie behind the file's own bytes.
  public private(set) var unescaped: [UInt8] = []
  /// Whether the last record has cells that are marked as broken, or anything beside printable ASCII.
  public private(set) var isOdd = false
  @usableFromInline let bytes: UnsafeBufferPointer<UInt8>
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
  public init(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, separator: UInt8 = UInt8(ascii: ","), fieldBytes: Int,
    rowBytes: Int
  ) {
    self.bytes = bytes
    self.fieldBytes = fieldBytes
    self.rowBytes = rowBytes
    position = start
    sorts = Self.sorts(separator)
    otherSpace = separator == 9 ? 32 : 9
  }

  /// Keeps bytes that are not the file's own beside those that are.
  public mutating func keep(_ text: some Collection<UInt8>) -> CSVField {
    defer { unescaped.append(contentsOf: text) }
    return CSVField(offset: UInt32(bytes.count + unescaped.count), length: UInt16(text.count))
  }

  /// Calls the body with the bytes of a field.
  @inlinable
  public func with<Value>(_ field: CSVField, _ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
    if field.isEmpty { return body(UnsafeBufferPointer(rebasing: bytes[0..<0])) }
    let start = Int(field.offset)
    if start + Int(field.length) <= bytes.count {
      return body(UnsafeBufferPointer(rebasing: bytes[start..<start + Int(field.length)]))
    }
    return unescaped.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[start - bytes.count..<start - bytes.count + Int(field.length)]))
    }
  }

  /// The text of a field.
  public func text(_ field: CSVField) -> String { with(field) { String(decoding: $0, as: UTF8.self) } }

  /// Whether two fields hold the same bytes.
  public func equal(_ a: CSVField, _ b: CSVField) -> Bool {
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
  public mutating func next(into fields: UnsafeMutableBufferPointer<CSVField>) -> Outcome {
    guard position < bytes.count else { return .end }
    let start = position
    var columns = 0
    var hasValue = false
    var hasTooMany = false
    isOdd = false
    while true {
      let read = readField(recordStart: start)
      switch read {
      case .failure(let fault): return recover(from: start, fault.reason)
      case .success(let (field, end)):
        let isEmpty = field.isEmpty && !field.isBroken
        if columns < fields.count {
          fields[columns] = field
          columns += 1
        } else if !isEmpty {
          // Its cells may hold line breaks: read on, so that the rows behind it keep their numbers.
          hasTooMany = true
        }
        if !isEmpty { hasValue = true }
        if end == .separator { continue }
      }
      break
    }
    if hasTooMany { return .fault(.wrongColumnCount) }
    return hasValue ? .record(columns) : .blank
  }

  private struct Fault: Error {
    let reason: CSVFault
  }

  private mutating func readField(recordStart: Int) -> Result<(CSVField, FieldEnd), Fault> {
    skipSpaces()
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return readQuoted(recordStart: recordStart) }
    let start = position
    var broken: CSVFault?
    let end = skipCell(&broken)
    if position - recordStart > rowBytes { return .failure(Fault(reason: .rowTooLong)) }
    let field = trimmed(start, position)
    skipFieldEnd()
    return .success((mark(field, broken), end))
  }

  /// Goes to the end of a cell, and notes what cannot be in one.
  @inline(__always)
  private mutating func skipCell(_ broken: inout CSVFault?) -> FieldEnd {
    while position < bytes.count {
      switch sorts[Int(bytes[position])] {
      case .ordinary: break
      case .high: isOdd = true
      case .separator: return .separator
      case .lineEnd: return .lineEnd
      case .quote: broken = broken ?? .strayQuote
      case .control: broken = broken ?? .controlCharacter
      }
      position += 1
    }
    return .lineEnd
  }

  /// The bytes between two places without the spaces at the ends.
  @inline(__always)
  private func trimmed(_ start: Int, _ end: Int) -> (start: Int, end: Int) {
    var (start, end) = (start, end)
    while true {
      while end > start, isSpace(bytes[end - 1]) { end -= 1 }
      guard end - start >= 2, bytes[end - 1] >= 0x80 else { break }
      let width = Self.wideSpace(bytes[..<end], atEnd: true)
      guard width > 0, width <= end - start else { break }
      end -= width
    }
    while true {
      while start < end, isSpace(bytes[start]) { start += 1 }
      guard end - start >= 2, bytes[start] >= 0x80 else { break }
      let width = Self.wideSpace(bytes[start..<end], atEnd: false)
      guard width > 0 else { break }
      start += width
    }
    return (start, end)
  }

  /// How many bytes a no-break space, a zero-width space or a byte order mark has at an end of some text; 0 for none.
  private static func wideSpace(_ text: Slice<UnsafeBufferPointer<UInt8>>, atEnd: Bool) -> Int {
    for space in wideSpaces where atEnd ? text.suffix(space.count).elementsEqual(space) : text.starts(with: space) {
      return space.count
    }
    return 0
  }

  private static let wideSpaces: [[UInt8]] = ["\u{A0}", "\u{202F}", "\u{200B}", "\u{FEFF}"].map { Array($0.utf8) }

  /// The cell, or a mark that it cannot be read.
  private mutating func mark(_ cell: (start: Int, end: Int), _ broken: CSVFault?) -> CSVField {
    var reason = broken ?? (cell.end - cell.start > fieldBytes ? .fieldTooLong : nil)
    if reason == .strayQuote, isFormula(cell) {
      isOdd = true
      reason = nil
    }
    if let reason {
      isOdd = true
      return CSVField(broken: reason)
    }
    return CSVField(offset: UInt32(cell.start), length: UInt16(cell.end - cell.start))
  }

  /// Whether a cell is a text that a system keeps by a formula: `="A880123000001"`.
  private func isFormula(_ cell: (start: Int, end: Int)) -> Bool {
    cell.end - cell.start > 3 && cell.end - cell.start <= fieldBytes && bytes[cell.start] == UInt8(ascii: "=")
      && bytes[cell.start + 1] == UInt8(ascii: "\"") && bytes[cell.end - 1] == UInt8(ascii: "\"")
      && !bytes[cell.start + 2..<cell.end - 1].contains(UInt8(ascii: "\""))
  }

  private mutating func readQuoted(recordStart: Int) -> Result<(CSVField, FieldEnd), Fault> {
    position += 1
    let start = position
    var doubled = 0
    var hasLines = false
    var broken: CSVFault?
    while true {
      guard position < bytes.count else { return .failure(Fault(reason: .unterminatedQuote)) }
      guard position - recordStart <= rowBytes else { return .failure(Fault(reason: .unterminatedQuote)) }
      switch sorts[Int(bytes[position])] {
      case .ordinary, .separator: break
      case .lineEnd: hasLines = true
      case .high: isOdd = true
      case .control: broken = .controlCharacter
      case .quote:
        guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\"") else {
          return endQuoted(start: start, doubled: doubled, hasLines: hasLines, broken)
        }
        doubled += 1
        position += 1
      }
      position += 1
    }
  }

  /// Stands on the closing quotation mark.
  private mutating func endQuoted(
    start: Int, doubled: Int, hasLines: Bool, _ fault: CSVFault?
  ) -> Result<(CSVField, FieldEnd), Fault> {
    let length = position - start
    var broken = fault
    position += 1
    skipSpaces()
    let behind = position
    let end = skipCell(&broken)
    if position > behind {
      // Text behind a quoted cell: where that had several lines, its first quotation mark was the stray one.
      guard !hasLines else { return .failure(Fault(reason: .strayQuote)) }
      broken = broken ?? .strayQuote
    }
    skipFieldEnd()
    let cell = doubled == 0 ? trimmed(start, start + length) : (start, start + length)
    let field = mark((cell.0, cell.1 - doubled), broken)
    if doubled == 0 || field.isBroken { return .success((field, end)) }
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
    return .success((CSVField(offset: UInt32(offset), length: UInt16(length - doubled)), end))
  }

  /// Goes on behind the first line of a record that cannot be read.
  private mutating func recover(from start: Int, _ reason: CSVFault) -> Outcome {
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
