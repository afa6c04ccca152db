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
    let result = input.withUnsafeBufferPointer { bytes in
      Result { () throws(PupilFileError) in try table(bytes) }
    }
    let read = try result.get()
    let bytes = read.unescaped.isEmpty ? input : input + read.unescaped
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

  private static func table(_ bytes: UnsafeBufferPointer<UInt8>) throws(PupilFileError) -> Table {
    if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) { throw .notUTF8 }
    // More than a value may have, and quoted twice over: whatever is accepted can be written and read again.
    var scanner = CSVScanner(
      bytes, from: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0, fieldBytes: PupilLimits.textBytes + 100,
      rowBytes: 3 * PupilLimits.rowBytes)
    let fields = UnsafeMutableBufferPointer<Field>.allocate(capacity: PupilLimits.columns + 1)
    fields.initialize(repeating: .empty)
    defer { fields.deallocate() }
    var number = 0
    var table = Table()
    let names = try header(&scanner, fields, bytes, &number)
    table.places = try places(names)
    reading: while true {
      let outcome = scanner.next(into: fields)
      number += 1
      switch outcome {
      case .end: break reading
      case .blank: continue
      case .record(names.count): table.rows.append((number, Array(fields[..<names.count])))
      case .record: table.faults.append(.init(number: number, refusal: PupilRefusal(.wrongColumnCount)))
      case .fault(let reason): table.faults.append(.init(number: number, refusal: PupilRefusal(reason)))
      }
      guard table.rows.count + table.faults.count <= PupilLimits.pupils else { throw .tooManyPupils }
    }
    table.unescaped = scanner.unescaped
    return table
  }

  private static func header(
    _ scanner: inout CSVScanner, _ fields: UnsafeMutableBufferPointer<Field>, _ bytes: UnsafeBufferPointer<UInt8>,
    _ number: inout Int
  ) throws(PupilFileError) -> [String] {
    while true {
      number += 1
      switch scanner.next(into: fields) {
      case .end: throw .empty
      case .blank: continue
      case .fault(.notUTF8): throw .notUTF8
      case .fault(.wrongColumnCount): throw .tooManyColumns
      case .fault: throw .unreadableHeader
      case .record(let count):
        guard count <= PupilLimits.columns else { throw .tooManyColumns }
        return fields[..<count].map { field in
          // A quoted name with doubled quotation marks lies elsewhere and is none of ours.
          guard Int(field.offset) + Int(field.length) <= bytes.count else { return "" }
          let start = Int(field.offset)
          return String(decoding: bytes[start..<start + Int(field.length)], as: UTF8.self).lowercased()
        }
      }
    }
  }

  private static func places(_ names: [String]) throws(PupilFileError) -> [String: Int] {
    var places: [String: Int] = [:]
    for column in columns {
      let found = names.indices.filter { names[$0] == column.lowercased() }
      guard found.count <= 1 else { throw .columnTwice(column) }
      places[column] = found.first
    }
    let missing = requiredColumns.filter { places[$0] == nil }
    guard missing.isEmpty else { throw .missingColumns(missing) }
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
