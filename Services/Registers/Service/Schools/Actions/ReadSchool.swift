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

  /// A school's roll.
  struct RollPage: Page, Codable, Sendable {
    struct Line: Codable, Sendable {
      let id: PupilID
      let upn: UPN
      let givenName, familyName: String
      let dateOfBirth: Day
      let yearGroup: String?
      let enrolledOn: Day
      let leftOn: Day?
      let addressProtected: Bool
    }

    let pupils: [Line]
    /// What to give as `after` for the next page; absent at the end.
    let next: Int64?
  }

  func roll(_ school: URN, after: Int64, by caller: Caller) async throws -> RollPage {
    try await read(.schoolRollRead, school, by: caller) { db in
      let lines = try Pupils.page(of: school, after: after, limit: Self.pageSize, in: db)
      return RollPage(
        pupils: lines.map { line in
          RollPage.Line(
            id: line.pupil.id, upn: line.pupil.upn, givenName: line.pupil.givenName,
            familyName: line.pupil.familyName, dateOfBirth: line.pupil.dateOfBirth, yearGroup: line.pupil.yearGroup,
            enrolledOn: line.registration.enrolledOn, leftOn: line.registration.leftOn,
            addressProtected: line.pupil.addressProtected)
        }, next: lines.count == Self.pageSize ? lines.last?.registration.number : nil)
    }
  }

  /// The marks that wait.
  struct QuarantinePage: Page, Codable, Sendable {
    struct Line: Codable, Sendable {
      let number: Int64
      let receipt: String
      let reason: String
      let upn, date, session, code, detail: String
      /// The code as it was written, where a dialect mapped it.
      let token: String?
      let minutesLate: Int?
    }

    /// How many wait in all.
    let waiting: Int
    /// How many of them for each reason.
    let waitingBy: [String: Int]
    let marks: [Line]
    let next: Int64?
  }

  /// The marks that wait, for one reason or for any.
  func quarantine(
    _ school: URN, reason: String?, after: Int64, by caller: Caller
  ) async throws -> QuarantinePage {
    try await read(.schoolQuarantineRead, school, by: caller) { db in
      let lines = try Quarantine.waiting(school, reason: reason, after: after, limit: Self.pageSize, in: db)
      return QuarantinePage(
        waiting: try Quarantine.countWaiting(school, in: db),
        waitingBy: try Quarantine.countByReason(school, in: db),
        marks: lines.map {
          .init(
            number: $0.number, receipt: EntryLog.name(ofReceipt: $0.receipt), reason: $0.reason, upn: $0.mark.upn,
            date: $0.mark.date, session: $0.mark.session, code: $0.mark.code, detail: $0.mark.detail,
            token: $0.mark.token, minutesLate: $0.mark.minutesLate)
        }, next: lines.count == Self.pageSize ? lines.last?.number : nil)
    }
  }

  /// Marks where a file or a register differs from a person's amendment.
  struct DifferencePage: Page, Codable, Sendable {
    struct Line: Codable, Sendable {
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

    let differences: [Line]
    let next: Int64?
  }

  /// What sources say against amendments that stand, until they say the same.
  func differences(
    _ school: URN, after: Int64, by caller: Caller
  ) async throws -> DifferencePage {
    try await read(.schoolDifferencesRead, school, by: caller) { db in
      let shelf = try PupilYearTable(db)
      let lines = try SourceCodes.open(school, after: after, limit: Self.pageSize, in: db)
      return DifferencePage(
        differences: try lines.map { line in
          DifferencePage.Line(
            number: line.number, pupil: line.pupil, date: line.day, session: line.session,
            stands: try shelf.read(line.registration, SchoolYear(containing: line.day))[line.day, line.session],
            said: line.said.said, source: line.said.source, receipt: line.said.receipt, at: line.said.at)
        }, next: lines.count == Self.pageSize ? lines.last?.number : nil)
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

  private func read<T: Sendable>(
    _ action: AuditAction, _ school: URN, by caller: Caller,
    _ body: @Sendable @escaping (Database) throws -> T
  ) async throws -> T {
    return try await registers.write(by: caller) { unit in
      try Registers.requireSchool(school, in: unit.db)
      try unit.audit(action, of: school)
      return try body(unit.db)
    }
  }
}
