import Rulebook
import SchoolFiles

/// Reads a schedule as comma-separated values: the columns `who`, `born`, `what`, `start` and `end` in any order, others
/// passed over. A row that cannot be read costs no other row.
public enum ScheduleCSV {
  private static var format: SheetFormat { SheetFormat(columns: 64, fieldBytes: 200, rowBytes: 4_000) }

  private struct Columns {
    static let names = ["who", "what", "start", "end"]

    let places: [String: Int]

    init(_ names: [String]) throws(HeaderFault) {
      let keys = names.map(HeaderName.key)
      let missing = Self.names.filter { !keys.contains($0) }
      guard missing.isEmpty else { throw .missing(missing) }
      for name in Self.names + ["born"] where keys.count(where: { $0 == name }) > 1 { throw .twice(name) }
      places = Dictionary(keys.enumerated().map { ($1, $0) }) { first, _ in first }
    }
  }

  /// - Throws: ``ScheduleFileError``.
  public static func read(_ input: [UInt8]) throws(ScheduleFileError) -> ScheduleFile {
    let text: TextFile
    do throws(OtherFile) { text = try TextFile(input) } catch { throw .notAFile(error.detail) }
    let result = text.bytes.withUnsafeBufferPointer { bytes in
      Result { () throws(ScheduleFileError) in try table(bytes) }
    }
    return try result.get()
  }

  private static func table(_ bytes: UnsafeBufferPointer<UInt8>) throws(ScheduleFileError) -> ScheduleFile {
    let fields = format.fields()
    defer { fields.deallocate() }
    var sheet: OpenSheet<Columns>
    do throws(HeaderFault) {
      sheet = try format.open(bytes, fields) { names, _, _ throws(HeaderFault) in try Columns(names) }
    } catch {
      if case .missing(let names) = error { throw .missingColumns(names) }
      throw .notAFile("its header cannot be read")
    }
    var file = ScheduleFile()
    var number = sheet.headerRow
    while true {
      let outcome = sheet.scanner.next(into: fields)
      number += 1
      switch outcome {
      case .end: return file
      case .blank: continue
      case .fault: file.refuse(.unreadable, number)
      case .record(let count):
        let row = row { name in
          guard let place = sheet.columns.places[name], place < count, !fields[place].isBroken else { return "" }
          return sheet.scanner.text(fields[place])
        }
        file.add(row, number)
      }
      guard file.received <= ScheduleRow.mostRows else { throw .tooManyRows }
    }
  }

  private static func row(_ cell: (String) -> String) -> Result<ScheduleRow, ScheduleFault> {
    let born = cell("born")
    guard let what = ScheduleRow.What(rawValue: cell("what").lowercased()) else { return .failure(.what) }
    guard let start = LocalMoment(cell("start")), let end = LocalMoment(cell("end")) else { return .failure(.time) }
    guard born.isEmpty || Day(iso: born) != nil else { return .failure(.born) }
    return .success(ScheduleRow(who: cell("who"), born: Day(iso: born), what: what, start: start, end: end))
  }
}
