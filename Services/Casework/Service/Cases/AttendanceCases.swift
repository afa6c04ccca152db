import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Messaging
import RollCopy
import Rulebook

/// What casework adds to the attendance case: what is known from registers, and what it publishes.
struct AttendanceCases: CaseProgram {
  typealias Kind = AttendanceCase

  func facts(of stored: StoredCase<AttendanceCase>, in unit: UnitOfWork) throws -> Facts<AttendanceCase.Fact> {
    Facts([.finding: .flag(try Findings.stands(for: stored.pupil, in: unit.db))])
  }

  func calendar(of stored: StoredCase<AttendanceCase>, in unit: UnitOfWork) throws -> SchoolCalendar? {
    try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
  }

  func happened(
    _ entry: Entry<AttendanceCase>, in stored: StoredCase<AttendanceCase>, _ unit: UnitOfWork
  ) throws {
    guard entry.what == .acted(.accept), let school = stored.school else { return }
    try unit.publish(
      CaseOpened(case: stored.id, pupil: stored.pupil, school: school, openedOn: entry.on), subject: stored.pupil.text)
  }
}
