import Foundation
import Schemas
import Seeded
import Testing

@testable import Keeping
@testable import RegistersDomain

/// Reads the export's CSV: an empty cell without quotation marks is absent; an apostrophe before what it neutralised is
/// none of the text.
enum CSVText {
  static func records(_ text: String) -> [[String?]] {
    var records: [[String?]] = []
    var record: [String?] = []
    var cell: [UInt8] = []
    var isQuoted = false
    var wasQuoted = false
    let bytes = Array(text.utf8)
    var index = 0
    func value() -> String? {
      if cell.isEmpty, !wasQuoted { return nil }
      let isNeutralised = wasQuoted && cell.first == UInt8(ascii: "'")
      return String(decoding: isNeutralised ? cell.dropFirst() : cell[...], as: UTF8.self)
    }
    while index < bytes.count {
      let byte = bytes[index]
      if isQuoted {
        if byte == UInt8(ascii: "\"") {
          if index + 1 < bytes.count, bytes[index + 1] == byte {
            cell.append(byte)
            index += 1
          } else {
            isQuoted = false
          }
        } else {
          cell.append(byte)
        }
      } else if byte == UInt8(ascii: "\"") {
        isQuoted = true
        wasQuoted = true
      } else if byte == UInt8(ascii: ",") || byte == 10 {
        record.append(value())
        (cell, wasQuoted) = ([], false)
        if byte == 10 {
          records.append(record)
          record = []
        }
      } else if byte != 13 {
        cell.append(byte)
      }
      index += 1
    }
    return records
  }
}
