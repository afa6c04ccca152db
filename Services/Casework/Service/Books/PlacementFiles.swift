import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import HTTPTypes
import Messaging
import NIOCore
import RollCopy
import Rulebook
import SchoolFiles
import ServiceKit
import Store

extension AuditAction {
  static let placementFileTaken = AuditAction("placement.marks-file.taken")
}

/// Takes in a provider's file of marks of placed children: good rows count at once, each bad row is named with its reason
/// and its fix.
struct PlacementFiles: Sendable {
  let transactions: Transactions

  private static let writers = Policy.roles(.attendanceOfficer, .virtualSchool, .manager, reach: .ownRecords)
  /// The most rows that an answer lists.
  private static let mostListed = 100

  /// What became of a file.
  struct Answer: Codable, Sendable {
    struct RowNote: Codable, Sendable {
      let row: Int
      /// Where in the row; empty for the row as a whole.
      let column: String
      let reason, detail, fix: String
    }

    let received, kept, refused: Int
    /// Rows that say what is on record already.
    let known: Int
    /// The first hundred.
    let refusedRows: [RowNote]
  }

  func add(to router: ServiceRouter) {
    router.upload(
      "/placement-marks/file", Self.writers, "Take in a provider’s marks of placed children as a file",
      mediaTypes: TextFile.csvMediaTypes.sorted(), upTo: PlacementMarksCSV.mostBytes, take)
  }

  private func take(_ call: Call, _ file: Upload) async throws -> Remembered<Answer> {
    guard TextFile.csvMediaTypes.contains(file.mediaType) else {
      throw Problem(
        "unsupported-media-type", "Marks of placed children come as text/csv", .unsupportedMediaType,
        detail: "Send a CSV file as text/csv, whatever your computer calls it.")
    }
    let read: PlacementMarksCSV
    do throws(PlacementMarksCSV.Failure) {
      read = try PlacementMarksCSV(Array(file.bytes.readableBytesView), today: transactions.today)
    } catch { throw Problem(error) }
    return try await transactions.write(call.edit) { unit in try Self.keep(read, unit) }
  }

  private static func keep(_ read: PlacementMarksCSV, _ unit: UnitOfWork) throws -> Answer {
    var refused = read.refused
    var (kept, known) = (0, 0)
    let hidden = Set(try unit.hiddenPupils)
    for (number, marks) in Dictionary(grouping: read.marks, by: \.placement).sorted(by: { $0.key < $1.key }) {
      guard let placement = try BookStore.find(number, Placement.self, in: unit.db),
        unit.caller.maySee(placement.school), let pupil = placement.pupil, !hidden.contains(pupil)
      else {
        refused += marks.map {
          .init(
            row: $0.row,
            fault: Fault(
              "unknown-placement", "placement", "There is no such placement.", "Check the number with the authority."))
        }
        continue
      }
      let end = try placement.closedBy.flatMap { try BookStore.find($0, PlacementEnd.self, in: unit.db)?.entry.on }
      var current = try PlacedMarks.all(of: number, in: unit.db)
      var wrote = false
      for mark in marks.sorted(by: { $0.row < $1.row }) {
        guard placement.entry.from <= mark.on, end.map({ mark.on <= $0 }) ?? true else {
          refused.append(
            .init(
              row: mark.row,
              fault: Fault(
                "not-placed", "date", "The placement does not cover this day.",
                "Check the date, or have the placement's days corrected.")))
          continue
        }
        let slot = PlacedMarks.Slot(on: mark.on, session: mark.session)
        guard current[slot] != mark.code else {
          known += 1
          continue
        }
        current[slot] = mark.code
        _ = try BookStore.add(
          PlacementMarks(
            placement: number, on: mark.on, morning: mark.session == .am ? mark.code : nil,
            afternoon: mark.session == .pm ? mark.code : nil), in: unit)
        kept += 1
        wrote = true
      }
      if wrote { try unit.audit(.placementFileTaken, of: pupil, ["entry": number]) }
    }
    refused.sort { $0.row < $1.row }
    try unit.audit(.placementFileTaken, of: .all, ["kept": kept, "refused": refused.count])
    return Answer(
      received: read.marks.count + read.refused.count, kept: kept, refused: refused.count, known: known,
      refusedRows: refused.prefix(mostListed).map {
        .init(
          row: $0.row, column: $0.fault.column, reason: $0.fault.reason, detail: $0.fault.detail, fix: $0.fault.fix)
      })
  }
}

/// The marks of a placement, of each session what was written last.
enum PlacedMarks {
  struct Slot: Hashable {
    let on: Day
    let session: Session
  }

  /// - Parameter day: only of this day; of all without it.
  static func all(of placement: Int64, on day: Day? = nil, in db: Database) throws -> [Slot: AttendanceCode] {
    var marks: [Slot: AttendanceCode] = [:]
    for entry in try BookStore.all(PlacementMarks.self, .init(about: placement, on: day), in: db).map(\.entry) {
      if let code = entry.morning { marks[Slot(on: entry.on, session: .am)] = code }
      if let code = entry.afternoon { marks[Slot(on: entry.on, session: .pm)] = code }
    }
    return marks
  }
}

extension Problem {
  fileprivate init(_ failure: PlacementMarksCSV.Failure) {
    func problem(_ slug: String, _ detail: String, _ status: HTTPResponse.Status = .unprocessableContent) -> Problem {
      Problem(slug, "The file cannot be read", status, detail: detail)
    }
    self =
      switch failure {
      case .other(let other):
        problem(
          "not-a-csv-file", "This is another kind of file (\(other.rawValue)). Save it as CSV and send it again.")
      case .header(.missing(let names)):
        problem("missing-columns", "The header lacks \(names.joined(separator: ", ")). Add these columns.")
      case .header(.twice(let name)): problem("column-twice", "The column \(name) is there twice. Remove one.")
      case .header(.empty):
        problem("empty-file", "The file has no rows. Send a header and a row for each mark.", .badRequest)
      case .header: problem("unreadable-header", "The header cannot be read. Save the file as CSV again.")
      case .tooManyRows:
        problem(
          "too-many-rows", "The file has more than \(PlacementMarksCSV.mostRows) rows. Send it in parts.",
          .contentTooLarge)
      case .dates(let contradiction): problem("month-first", contradiction.detail)
      }
  }
}
