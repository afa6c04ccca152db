import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit

/// Watches the rolls of children with an open case: one who goes to another school takes the case along; one who is on no
/// roll is put before an officer, and the receiving authority or the service for children missing education must be told.
struct RollWatch: Sendable {
  let desk: CaseDesk<AttendanceCases>
  let timetable: Timetable

  private static let row = "roll"

  /// Looks at where a child is on the roll today.
  func look(at pupil: PupilID, in unit: UnitOfWork) throws {
    guard var stored = try Cases<AttendanceCase>.open(about: pupil.text, in: unit.db) else { return }
    let registrations = try Roll.registrations(of: pupil, in: unit.db)
    let standing = registrations.filter { $0.stands(on: unit.today) }
    if let end = standing.compactMap(\.last).min() {
      // A last day that is to come: looked at again when it is over.
      let moment = CivilTime.moment(end.adding(days: 1), minutes: 0)
      try timetable.plan("\(Self.row) \(pupil.text)", at: Timestamp(moment), in: unit.db)
    }
    if let here = standing.first(where: { $0.school == stored.school }) ?? standing.last {
      guard here.school != stored.school else { return }
      try desk.move(&stored, to: here.school, in: unit)
      return try KeptMarks.track(pupil, at: here.school, in: unit.db)
    }
    guard let left = registrations.filter({ $0.last.map { $0 < unit.today } ?? false }).last else { return }
    let act = left.destinationKnown == true ? AttendanceCase.Act.leave : .goMissing
    do { try desk.move(&stored, .act(act, reason: ""), by: .program, in: unit) } catch is Refusal<AttendanceCase> {
      // It waits for triage, or was noted before.
    }
  }

  /// Runs a row of the timetable.
  ///
  /// - Returns: whether it is one of these.
  func fire(_ name: String, in unit: UnitOfWork) throws -> Bool {
    let words = name.split(separator: " ")
    guard words.count == 2, words[0] == Self.row, let pupil = PupilID(words[1]) else { return false }
    try look(at: Roll.current(pupil, in: unit.db), in: unit)
    return true
  }
}
