import Foundation
public import Schemas

/// The form in which what a program holds leaves in full.
public enum ExportFormat: String, Sendable, CaseIterable {
  case jsonl, csv

  public var mediaType: String {
    switch self {
    case .jsonl: "application/jsonl"
    case .csv: "text/csv; charset=utf-8"
    }
  }
}

/// One value of an exported line.
public enum ExportCell: Hashable, Sendable {
  case null
  case text(String)
  case integer(Int64)
  case flag(Bool)
  /// JSON as it is stored.
  case json(String)

  /// The value as JSON for a document; `nil` when there is none.
  public var json: JSONValue? {
    switch self {
    case .null: nil
    case .text(let text): .string(text)
    case .integer(let number): .integer(Int(number))
    case .flag(let flag): .bool(flag)
    case .json(let text): (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) ?? .string(text)
    }
  }
}

/// How the lines of one table are written: the same columns in the same order as JSON Lines and as CSV (RFC 4180).
/// What is absent has no member in JSON and an empty cell in CSV.
public struct ExportLayout: Sendable {
  public let fields: [JSONSchema.Field]
  private let keys: [[UInt8]]

  public init(_ fields: [JSONSchema.Field]) {
    self.fields = fields
    keys = fields.map { field in
      var key: [UInt8] = []
      Self.appendJSON(field.name, to: &key)
      key.append(UInt8(ascii: ":"))
      return key
    }
  }

  /// The shape of a line.
  public var schema: JSONSchema { .object(fields) }

  /// The first line of a file; none in JSON Lines.
  public func appendHeader(_ format: ExportFormat, to bytes: inout [UInt8]) {
    guard format == .csv else { return }
    appendCSV(fields.map { .text($0.name) }, to: &bytes)
  }

  /// Adds one line.
  ///
  /// - Precondition: as many cells as columns.
  public func append(_ cells: [ExportCell], _ format: ExportFormat, to bytes: inout [UInt8]) {
    precondition(cells.count == fields.count, "a line has a cell for each column")
    switch format {
    case .jsonl: appendJSON(cells, to: &bytes)
    case .csv: appendCSV(cells, to: &bytes)
    }
  }

  /// The cells as one JSON object.
  public func object(_ cells: [ExportCell]) -> [String: JSONValue] {
    var object: [String: JSONValue] = [:]
    for (field, cell) in zip(fields, cells) { object[field.name] = cell.json }
    return object
  }

  private func appendJSON(_ cells: [ExportCell], to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "{"))
    var isFirst = true
    for (key, cell) in zip(keys, cells) where cell != .null {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      bytes += key
      switch cell {
      case .null: break
      case .text(let text): Self.appendJSON(text, to: &bytes)
      case .integer(let number): bytes += String(number).utf8
      case .flag(let flag): bytes += (flag ? "true" : "false").utf8
      // Control characters stand between tokens only: a line stays one line.
      case .json(let text): bytes += text.utf8.map { $0 < 32 ? 32 : $0 }
      }
    }
    bytes += "}\n".utf8
  }

  private static func appendJSON(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0..<32:
        let digits = String(byte, radix: 16)
        bytes += "\\u00\(digits.utf8.count < 2 ? "0" : "")\(digits)".utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private func appendCSV(_ cells: [ExportCell], to bytes: inout [UInt8]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      switch cell {
      case .null: break
      case .integer(let number): bytes += String(number).utf8
      case .flag(let flag): bytes += (flag ? "true" : "false").utf8
      case .text(let text), .json(let text): Self.appendCSV(text, to: &bytes)
      }
    }
    bytes += "\r\n".utf8
  }

  /// What a spreadsheet would take for a formula; each is written with an apostrophe before it.
  private static let formulaStarts = Set("=+-@\t\r".utf8)

  /// Writes a text quoted, so that an empty one is told from an absent one, and neutral to spreadsheets.
  private static func appendCSV(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    if let first = text.utf8.first, formulaStarts.contains(first) || first == UInt8(ascii: "'") {
      bytes.append(UInt8(ascii: "'"))
    }
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
