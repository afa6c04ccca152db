/// Reads and writes pupils as comma-separated values: UTF-8, a header row, columns in any order and any case; columns
/// that it does not know are passed over, and rows without any value that it does.
///
/// A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return would be run by a spreadsheet. It is written
/// with an apostrophe before it, and read without.
public enum PupilsCSV {
  /// The columns of a child.
  public static let pupilColumns = [
    "upn", "formerUpn", "givenName", "familyName", "dateOfBirth", "sex", "yearGroup", "enteredOn", "enrolledOn",
    "status", "leftOn", "deletedOn", "ground", "destination", "addressProtected",
  ]
  /// The columns of a contact, after `contact1`, `contact2` and `contact3`.
  public static let contactColumns = [
    "GivenName", "FamilyName", "Relation", "ParentalResponsibility", "LivesWith", "Emergency", "SafeToContact",
    "AddressProtected", "Telephone", "Email", "Address", "Postcode",
  ]
  /// Every column that is read and written.
  public static let columns =
    pupilColumns
    + (1...PupilLimits.contactsInCSV).flatMap { number in contactColumns.map { "contact\(number)\($0)" } }
  /// The columns that must be there.
  public static let requiredColumns = ["upn", "givenName", "familyName", "dateOfBirth", "enrolledOn"]

  /// Reads a file. A row that cannot be read is a fault and costs no other row.
  ///
  /// - Throws: ``PupilFileError`` when no row can be read.
  public static func read(_ input: [UInt8]) throws(PupilFileError) -> PupilFile {
    guard input.count <= PupilLimits.fileBytes else { throw .tooLarge }
    let text = try text(input)
    let result = text.bytes.withUnsafeBufferPointer { bytes in
      Result { () throws(PupilFileError) in try table(bytes) }
    }
    let read = try result.get()
    let bytes = read.unescaped.isEmpty ? text.bytes : text.bytes + read.unescaped
    var rows: [PupilFile.Row] = []
    var faults = read.faults
    for (number, fields) in read.rows {
      let cells = Cells(places: read.places, bytes: bytes, fields: fields)
      guard !cells.areEmpty else { continue }
      do throws(PupilRefusal) {
        rows.append(PupilFile.Row(number: number, pupil: try cells.pupil()))
      } catch {
        faults.append(PupilFile.Fault(number: number, refusal: error))
      }
    }
    return PupilFile(rows: rows, faults: faults)
  }

  private struct Table {
    var places: [String: Int] = [:]
    var rows: [(number: Int, fields: [Field])] = []
    var faults: [PupilFile.Fault] = []
    var unescaped: [UInt8] = []
  }

  private static func text(_ input: [UInt8]) throws(PupilFileError) -> TextFile {
    do throws(OtherFile) { return try TextFile(input) } catch { throw .other(error) }
  }

  private static func table(_ bytes: UnsafeBufferPointer<UInt8>) throws(PupilFileError) -> Table {
    // More than a value may have, and quoted twice over: whatever is accepted can be written and read again.
    let format = SheetFormat(
      columns: PupilLimits.columns, fieldBytes: PupilLimits.textBytes + 100, rowBytes: 3 * PupilLimits.rowBytes)
    let fields = format.fields()
    defer { fields.deallocate() }
    var sheet = try header(bytes, format, fields)
    let count = sheet.columns.count
    var table = Table(places: sheet.columns.places)
    var number = sheet.headerRow
    reading: while true {
      let outcome = sheet.scanner.next(into: fields)
      number += 1
      switch outcome {
      case .end: break reading
      case .blank: continue
      case .record(count):
        if sheet.scanner.isOdd, let fault = table.places.values.lazy.compactMap({ fields[$0].fault }).first {
          table.faults.append(.init(number: number, refusal: PupilRefusal(fault)))
        } else {
          table.rows.append((number, Array(fields[..<count])))
        }
      case .record: table.faults.append(.init(number: number, refusal: PupilRefusal(.wrongColumnCount)))
      case .fault(let reason): table.faults.append(.init(number: number, refusal: PupilRefusal(reason)))
      }
      guard table.rows.count + table.faults.count <= PupilLimits.pupils else { throw .tooManyPupils }
    }
    table.unescaped = sheet.scanner.unescaped
    return table
  }

  private static func header(
    _ bytes: UnsafeBufferPointer<UInt8>, _ format: SheetFormat, _ fields: UnsafeMutableBufferPointer<Field>
  ) throws(PupilFileError) -> Sheet<(places: [String: Int], count: Int)> {
    do throws(HeaderFault) {
      return try format.open(bytes, fields) { names, _, _ throws(HeaderFault) in (try places(names), names.count) }
    } catch {
      throw PupilFileError(error)
    }
  }

  private static func places(_ names: [String]) throws(HeaderFault) -> [String: Int] {
    let keys = names.map(HeaderName.key)
    var places: [String: Int] = [:]
    for column in columns {
      let found = keys.indices.filter { keys[$0] == HeaderName.key(column) }
      guard found.count <= 1 else { throw .twice(column) }
      places[column] = found.first
    }
    let missing = requiredColumns.filter { places[$0] == nil }
    guard missing.isEmpty else { throw .missing(missing) }
    return places
  }
}

/// One row, by the names of its columns.
private struct Cells {
  let places: [String: Int]
  let bytes: [UInt8]
  let fields: [Field]

  var areEmpty: Bool { PupilsCSV.columns.allSatisfy { text($0) == nil } }

  func text(_ column: String) -> String? {
    guard let place = places[column], !fields[place].isEmpty else { return nil }
    let start = Int(fields[place].offset)
    let text = String(decoding: bytes[start..<start + Int(fields[place].length)], as: UTF8.self).trimmed
    return text.isEmpty ? nil : SpreadsheetCell.read(text)
  }

  func flag(_ column: String) throws(PupilRefusal) -> Bool? {
    guard let text = text(column) else { return nil }
    guard let flag = Bool(written: text) else { throw .notTrueOrFalse(column) }
    return flag
  }

  private func checkTexts() throws(PupilRefusal) {
    var sum = 0
    for column in PupilsCSV.columns {
      guard let text = text(column) else { continue }
      guard text.utf8.count <= PupilLimits.textBytes else { throw .tooLong(column) }
      guard text.withoutControls == text else { throw .control(column) }
      sum += text.utf8.count
    }
    guard sum <= PupilLimits.rowBytes else { throw .rowTooLong }
  }

  func pupil() throws(PupilRefusal) -> PupilSubmission {
    try checkTexts()
    var contacts: [ContactSubmission] = []
    for number in 1...PupilLimits.contactsInCSV {
      let name = "contact\(number)"
      guard PupilsCSV.contactColumns.contains(where: { text(name + $0) != nil }) else { continue }
      contacts.append(
        ContactSubmission(
          givenName: text(name + "GivenName"), familyName: text(name + "FamilyName"), relation: text(name + "Relation"),
          parentalResponsibility: try flag(name + "ParentalResponsibility"), livesWith: try flag(name + "LivesWith"),
          emergency: try flag(name + "Emergency"), safeToContact: try flag(name + "SafeToContact"),
          addressProtected: try flag(name + "AddressProtected"), telephone: text(name + "Telephone"),
          email: text(name + "Email"), address: text(name + "Address"), postcode: text(name + "Postcode")))
    }
    return PupilSubmission(
      upn: text("upn"), formerUPN: text("formerUpn"), givenName: text("givenName"), familyName: text("familyName"),
      dateOfBirth: text("dateOfBirth"), sex: text("sex"), yearGroup: text("yearGroup"), enteredOn: text("enteredOn"),
      enrolledOn: text("enrolledOn"), status: text("status"), leftOn: text("leftOn"), deletedOn: text("deletedOn"),
      ground: text("ground"), destination: text("destination"), addressProtected: try flag("addressProtected"),
      contacts: contacts.isEmpty ? nil : contacts)
  }
}

extension Bool {
  /// Reads `true`, `yes`, `1` and their opposites, in any case.
  init?(written text: String) {
    switch text.lowercased() {
    case "true", "yes", "y", "1": self = true
    case "false", "no", "n", "0": self = false
    default: return nil
    }
  }
}
