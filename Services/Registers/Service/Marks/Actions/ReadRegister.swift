import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Shows one session's register as it stands, or as it was known at a past moment. Every read is on record.
struct ReadRegister: Sendable {
  let registers: Registers

  /// The most lines of one answer.
  static let pageSize = 500

  /// A child who is on the roll on the day.
  struct Line: Listed {
    struct Head: Codable, Sendable {
      let school: URN
      let date: Day
      let session: Session
      /// The past moment that was asked about.
      let asOf: Timestamp?
      /// Whether the session takes place by the school's calendar; absent while there is none.
      let due: Bool?
      let openedAt, closedAt: Timestamp?
    }

    static let list = "marks"

    let pupil: PupilID
    let upn: UPN
    let givenName, familyName: String
    /// Absent while there is no mark: missing data, not an absence.
    let code: AttendanceCode?
    /// The code as it was written, where that was another way.
    let token: String?
    let detail: String?
    let minutesLate: Int?
    let amended: Bool
  }

  /// A page of a register as JSON.
  ///
  /// - Parameter asOf: a past moment; `nil` for what is known now.
  /// - Throws: `Problem` not found when the school is unknown, invalid when the moment is not over.
  func callAsFunction(
    _ school: URN, _ day: Day, _ session: Session, asOf: Timestamp? = nil, after: Int64, by caller: Caller
  ) async throws -> Page<Line> {
    let past = try await registers.past(asOf)
    return try await registers.read(.schoolRegisterRead, of: school, by: caller) { unit in
      return try Self.page(school, day, session, asOf: past, after: after, in: unit.db)
    }
  }

  /// A page of a register, without a note of the read.
  static func page(
    _ school: URN, _ day: Day, _ session: Session, asOf past: AsOf? = nil, after: Int64 = 0, in db: Database
  ) throws -> Page<Line> {
    let lines = try SessionRegister.onRoll(
      of: school, on: day, asOf: past, after: after, limit: Self.pageSize, in: db)
    let words = try SessionRegister.words(school, day, session, known: past?.marks, in: db)
    let shelf = try PupilYearTable(db)
    let year = SchoolYear(containing: day)
    let later = try past.map { try LaterMarks(than: $0.marks, of: school, in: DayRange(first: day, last: day), db) }
    let window = try SessionRegister.window(school, day, session, known: past?.marks, in: db)
    let head = Line.Head(
      school: school, date: day, session: session, asOf: past?.moment,
      due: try Schools.calendars(of: school, asOf: past, in: db).years[year]?.hasSession(day, session),
      openedAt: window?.openedAt, closedAt: window?.closedAt)
    return try Page(lines, of: Self.pageSize, head, endsAt: \.registration.number) { line in
      let row = try shelf.read(line.registration.number, year)
      let then = later?.takenBack(from: row, of: line.registration.number) ?? row
      return Self.line(line, then[day, session], words[line.registration.number])
    }
  }

  private static func line(
    _ line: Pupils.Line, _ code: AttendanceCode?, _ words: SessionRegister.Words?
  ) -> Line {
    Line(
      pupil: line.pupil.id, upn: line.pupil.upn, givenName: line.pupil.givenName, familyName: line.pupil.familyName,
      code: code, token: words?.token == code?.text ? nil : words?.token,
      detail: words?.detail?.isEmpty == true ? nil : words?.detail, minutesLate: words?.minutesLate,
      amended: words?.isAmended ?? false)
  }
}
