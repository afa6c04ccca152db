import Foundation
import RegistersDomain
import SchoolFiles

/// What reads files that strangers send and pages of feeds, and what must hold whatever they send.
public enum FuzzTarget: String, CaseIterable, Sendable {
  case marksCSV = "marks-csv"
  case marksGrid = "marks-grid"
  case marksJSON = "marks-json"
  case marksWonde = "marks-wonde"
  case pupilsCSV = "pupils-csv"
  case ctf
  case paymentsCSV = "payments-csv"
  case feedPage = "feed-page"
  case scheduleCSV = "schedule-csv"
  case scheduleCalendar = "schedule-ical"
  case lostPupils = "lost-pupils"
  case alertEnvelope = "alert-envelope"
  case alertMessage = "alert-message"
  case alertKeys = "alert-keys"

  /// Reads the bytes.
  ///
  /// - Returns: the property that does not hold; `nil` when all do.
  public func broken(by bytes: [UInt8]) -> String? {
    switch self {
    case .marksCSV: Self.marksCSV(bytes)
    case .marksGrid: Self.marksGrid(bytes)
    case .marksJSON: Self.marksJSON(bytes, MarksJSON.read)
    case .marksWonde: Self.marksJSON(bytes, MarksWonde.read)
    case .pupilsCSV: Self.pupilsCSV(bytes)
    case .ctf: Self.transferFile(bytes)
    case .paymentsCSV: Self.paymentsCSV(bytes)
    case .feedPage: Self.feedPage(bytes)
    case .scheduleCSV: Self.scheduleCSV(bytes)
    case .scheduleCalendar: Self.scheduleCalendar(bytes)
    case .lostPupils: Self.lostPupils(bytes)
    case .alertEnvelope: Self.alertEnvelope(bytes)
    case .alertMessage: Self.alertMessage(bytes)
    case .alertKeys: Self.alertKeys(bytes)
    }
  }

  /// A line that no reader takes, on a line of its own.
  static let badLine: [UInt8] = [10, 1, 10]

  /// Whether a line behind a file stays one: the file is of bytes, and its end is not the padding of one.
  static func takesALine(_ bytes: [UInt8]) -> Bool {
    guard let text = try? TextFile(bytes) else { return false }
    return text.encoding != .utf16 && bytes.last != 0 && bytes.last != 0x1A
  }

  private static func marksCSV(_ bytes: [UInt8]) -> String? {
    guard let file = try? MarksCSV.read(bytes) else { return nil }
    let numbers = file.rows.map(\.number) + file.faults.map(\.number)
    if let broken = places(numbers.map(Int.init), file.received, MarkLimits.rows) { return broken }
    guard file.rows.map(\.number).isStrictlyIncreasing else { return "rows come in the order of the file" }
    guard takesALine(bytes), let more = try? MarksCSV.read(bytes + badLine) else { return nil }
    return more.received == file.received + 1 && more.rows.count == file.rows.count
      ? nil : "one bad line more is one fault more"
  }

  /// A sheet of days and sessions: each row gives as many marks as it has cells, or faults.
  private static func marksGrid(_ bytes: [UInt8]) -> String? {
    guard let dialect = MarkDialect.ready["scholarpack"], let file = try? MarksCSV.read(bytes, as: dialect) else {
      return nil
    }
    guard zip(file.rows, file.rows.dropFirst()).allSatisfy({ $0.number <= $1.number }) else {
      return "rows come in the order of the file"
    }
    guard file.received <= MarkLimits.rows + 2 * MarkLimits.columns else { return "no more rows than the limit" }
    return (try? MarksCSV.read(bytes, as: dialect))?.received == file.received ? nil : "the same is read the same"
  }

  private static func marksJSON(_ bytes: [UInt8], _ read: (Data) throws(MarkFileError) -> MarkFile) -> String? {
    guard let file = try? read(Data(bytes)) else { return nil }
    let numbers = (file.rows.map(\.number) + file.faults.map(\.number)).map(Int.init)
    guard numbers.sorted() == Array(0..<file.received) else { return "every index is read or a fault" }
    return places(numbers, file.received, MarkLimits.rows)
  }

  private static func pupilsCSV(_ bytes: [UInt8]) -> String? {
    guard let file = try? PupilsCSV.read(bytes) else { return nil }
    if let broken = places(file) { return broken }
    // A row that is refused may have no value left to write.
    let pupils = file.rows.map(\.pupil).filter(\.isReadable)
    let written = PupilsCSV.write(pupils)
    guard let again = try? PupilsCSV.read(written) else { return "what is written can be read" }
    guard again.faults.isEmpty, again.rows.count == pupils.count else { return "every row written is read" }
    guard PupilsCSV.write(again.rows.map(\.pupil)) == written else { return "what is read is what was written" }
    guard takesALine(bytes), let more = try? PupilsCSV.read(bytes + badLine) else { return nil }
    return more.received == file.received + 1 || isToldInAnotherColumn(bytes, file.received)
      ? nil : "one bad line more is one fault more"
  }

  /// Where nobody reads the first column, a bad line says nothing there: it must say something in another one.
  private static func isToldInAnotherColumn(_ bytes: [UInt8], _ received: Int) -> Bool {
    ",;\t|".utf8.contains { separator in
      (1..<64).contains { place in
        let line = [10] + [UInt8](repeating: separator, count: place) + badLine.dropFirst()
        return (try? PupilsCSV.read(bytes + line))?.received == received + 1
      }
    }
  }

  private static func transferFile(_ bytes: [UInt8]) -> String? {
    let firstDay = "2026-09-02"
    guard let file = try? CTFReader.read(bytes, enrolledOn: firstDay) else { return nil }
    if let broken = places(file) { return broken }
    let numbers = file.rows.map(\.number) + file.faults.map(\.number)
    guard numbers.sorted() == Array(1..<(file.received + 1)) else {
      return "every child is read or a fault"
    }
    let pupils = file.rows.map(\.pupil).filter(\.isReadable)
    let source = CTFSource(authority: "880", establishment: nil, urn: "900101", name: "Harbour Lane")
    let written = CTFWriter.write(pupils, from: source, to: .unknown, at: "2026-09-02T09:00:00")
    guard let again = try? CTFReader.read(written, enrolledOn: firstDay) else { return "what is written can be read" }
    guard again.faults.isEmpty else { return "every child written is read" }
    return PupilsCSV.write(again.rows.map(\.pupil)) == PupilsCSV.write(pupils)
      ? nil : "what is read is what was written"
  }

  private static func places(_ file: PupilFile) -> String? {
    guard file.rows.map(\.number).isStrictlyIncreasing else { return "rows come in the order of the file" }
    return places(file.rows.map(\.number) + file.faults.map(\.number), file.received, PupilLimits.pupils)
  }

  static func places(_ numbers: [Int], _ received: Int, _ most: Int) -> String? {
    guard numbers.count == received else { return "received is rows and faults" }
    guard received <= most else { return "no more rows than the limit" }
    return Set(numbers).count == numbers.count ? nil : "a row is read or a fault, not both"
  }
}

extension [Int] {
  var isStrictlyIncreasing: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}

extension [Int32] {
  fileprivate var isStrictlyIncreasing: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}

/// Traps when a property of reading marks as CSV does not hold.
public func fuzzMarksCSV(_ bytes: [UInt8]) { trap(.marksCSV, bytes) }
/// Traps when a property of reading marks as a sheet of days does not hold.
public func fuzzMarksGrid(_ bytes: [UInt8]) { trap(.marksGrid, bytes) }
/// Traps when a property of reading Wonde's marks does not hold.
public func fuzzMarksWonde(_ bytes: [UInt8]) { trap(.marksWonde, bytes) }
/// Traps when a property of reading marks as JSON does not hold.
public func fuzzMarksJSON(_ bytes: [UInt8]) { trap(.marksJSON, bytes) }
/// Traps when a property of reading and writing pupils as CSV does not hold.
public func fuzzPupilsCSV(_ bytes: [UInt8]) { trap(.pupilsCSV, bytes) }
/// Traps when a property of reading and writing transfer files does not hold.
public func fuzzCTF(_ bytes: [UInt8]) { trap(.ctf, bytes) }
/// Traps when a property of reading payments as CSV does not hold.
public func fuzzPaymentsCSV(_ bytes: [UInt8]) { trap(.paymentsCSV, bytes) }
/// Traps when a property of cutting a page of a feed into events does not hold.
public func fuzzFeedPage(_ bytes: [UInt8]) { trap(.feedPage, bytes) }
/// Traps when a property of reading a production's schedule as CSV does not hold.
public func fuzzScheduleCSV(_ bytes: [UInt8]) { trap(.scheduleCSV, bytes) }
/// Traps when a property of reading a production's schedule as iCalendar does not hold.
public func fuzzScheduleCalendar(_ bytes: [UInt8]) { trap(.scheduleCalendar, bytes) }
/// Traps when a property of reading and writing files of the store of lost pupils does not hold.
public func fuzzLostPupils(_ bytes: [UInt8]) { trap(.lostPupils, bytes) }
/// Traps when a property of reading the beginning of an alert does not hold.
public func fuzzAlertEnvelope(_ bytes: [UInt8]) { trap(.alertEnvelope, bytes) }
/// Traps when a property of reading what an alert says does not hold.
public func fuzzAlertMessage(_ bytes: [UInt8]) { trap(.alertMessage, bytes) }
/// Traps when a property of reading lines of public keys does not hold.
public func fuzzAlertKeys(_ bytes: [UInt8]) { trap(.alertKeys, bytes) }

private func trap(_ target: FuzzTarget, _ bytes: [UInt8]) {
  if let property = target.broken(by: bytes) { preconditionFailure("\(target.rawValue): \(property)") }
}
