import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Answers questions about a school's children as a whole, and about registers that have not come.
struct ReadSchool: Sendable {
  let registers: Registers

  /// The most lines of one answer.
  static let pageSize = 1_000

  /// A child on a school's roll.
  struct RollLine: Listed {
    static let list = "pupils"

    let id: PupilID
    let upn: UPN
    let givenName, familyName: String
    let dateOfBirth: Day
    let yearGroup: String?
    let enrolledOn: Day
    let leftOn: Day?
    let addressProtected: Bool
  }

  func roll(_ school: URN, after: Int64, by caller: Caller) async throws -> Page<RollLine> {
    try await registers.read(.schoolRollRead, of: school, by: caller) { unit in
      let db = unit.db
      let lines = try Pupils.page(of: school, after: after, limit: Self.pageSize, in: db)
      return Page(lines, of: Self.pageSize, endsAt: \.registration.number) { line in
        RollLine(
          id: line.pupil.id, upn: line.pupil.upn, givenName: line.pupil.givenName, familyName: line.pupil.familyName,
          dateOfBirth: line.pupil.dateOfBirth, yearGroup: line.pupil.yearGroup,
          enrolledOn: line.registration.enrolledOn, leftOn: line.registration.leftOn,
          addressProtected: line.pupil.addressProtected)
      }
    }
  }

  /// A mark that waits.
  struct WaitingMark: Listed {
    struct Head: Codable, Sendable {
      /// How many wait in all.
      let waiting: Int
      /// How many of them for each reason.
      let waitingBy: [String: Int]
    }

    static let list = "marks"

    let number: Int64
    let receipt: String
    let reason: String
    let upn, date, session, code, detail: String
    /// The code as it was written, where a dialect mapped it.
    let token: String?
    let minutesLate: Int?
  }

  /// The marks that wait, for one reason or for any.
  func quarantine(
    _ school: URN, reason: String?, after: Int64, by caller: Caller
  ) async throws -> Page<WaitingMark> {
    try await registers.read(.schoolQuarantineRead, of: school, by: caller) { unit in
      let db = unit.db
      let lines = try Quarantine.waiting(school, reason: reason, after: after, limit: Self.pageSize, in: db)
      let head = WaitingMark.Head(
        waiting: try Quarantine.countWaiting(school, in: db), waitingBy: try Quarantine.countByReason(school, in: db))
      return Page(lines, of: Self.pageSize, head, endsAt: \.number) {
        WaitingMark(
          number: $0.number, receipt: EntryLog.name(ofReceipt: $0.receipt), reason: $0.reason, upn: $0.mark.upn,
          date: $0.mark.date, session: $0.mark.session, code: $0.mark.code, detail: $0.mark.detail,
          token: $0.mark.token, minutesLate: $0.mark.minutesLate)
      }
    }
  }

  /// A mark of which a file or a register says another code than a person amended it to.
  struct Difference: Listed {
    static let list = "differences"

    let number: Int64
    let pupil: PupilID
    let date: Day
    let session: Session
    /// What stands in the register.
    let stands: AttendanceCode?
    /// What was sent.
    let said: AttendanceCode
    let source: MarkSource
    let receipt: String
    let at: Timestamp
  }

  /// What sources say against amendments that stand, until they say the same.
  func differences(_ school: URN, after: Int64, by caller: Caller) async throws -> Page<Difference> {
    try await registers.read(.schoolDifferencesRead, of: school, by: caller) { unit in
      let db = unit.db
      let shelf = try PupilYearTable(db)
      let lines = try SourceCodes.open(school, after: after, limit: Self.pageSize, in: db)
      return try Page(lines, of: Self.pageSize, endsAt: \.number) { line in
        Difference(
          number: line.number, pupil: line.pupil, date: line.day, session: line.session,
          stands: try shelf.read(line.registration, SchoolYear(containing: line.day))[line.day, line.session],
          said: line.said.said, source: line.said.source, receipt: line.said.receipt, at: line.said.at)
      }
    }
  }

  /// The registers of one session that are due and not there.
  struct MissingRegisters: Codable, Sendable {
    /// A register that came after its hour.
    struct Late: Codable, Sendable {
      let school: URN
      let name: String
      /// When its first marks came.
      let receivedAt: Timestamp
    }

    struct Register: Codable, Sendable {
      let school: URN
      let name: String
      let onRoll: Int
      let marked: Int
    }

    let date: Day
    let session: Session
    /// The hour by which registers are expected.
    let expectedBy: Timestamp
    /// How many schools are in session.
    let due: Int
    /// Schools that have sent nothing.
    let missing: [Register]
    /// Schools whose register has fewer marks than children on roll.
    let incomplete: [Register]
    /// Schools whose register came, and came late.
    let late: [Late]
  }

  /// Which registers are missing; nothing about a child.
  ///
  /// - Parameters:
  ///   - expectedMinutes: when registers are expected, minutes since midnight.
  ///   - caller: schools for which the caller may not act are left out.
  func missingRegisters(
    _ day: Day, _ session: Session, expectedMinutes: Int, for caller: Caller
  ) async throws -> MissingRegisters {
    let expected = Timestamp(CivilTime.moment(day, minutes: expectedMinutes))
    return try await registers.read { db in
      let due = try Schools.registersDue(day, session, in: db).filter { caller.mayActFor(school: $0.school.text) }
      func answer(_ registers: [Schools.Register]) -> [MissingRegisters.Register] {
        registers.map { .init(school: $0.school, name: $0.name, onRoll: $0.onRoll, marked: $0.marked) }
      }
      return MissingRegisters(
        date: day, session: session, expectedBy: expected, due: due.count,
        missing: answer(due.filter { $0.marked == 0 && $0.onRoll > 0 }),
        incomplete: answer(due.filter { $0.marked > 0 && $0.marked < $0.onRoll }),
        late: due.compactMap { register in
          register.firstReceived.flatMap {
            $0 > expected ? .init(school: register.school, name: register.name, receivedAt: $0) : nil
          }
        })
    }
  }
}
