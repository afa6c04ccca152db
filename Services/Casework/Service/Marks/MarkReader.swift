import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook
import Store

/// Keeps the marks that casework's figures are counted from, and counts figures anew that were shown.
struct MarkReader: Sendable {
  let cases: CaseDesk<AttendanceCases>
  let contracts: CaseDesk<AttendanceContracts>
  let figures: CaseFigures

  static let handledTypes: Set<String> = [
    MarksRecorded.type.name, MarksAmended.type.name, MarksDisposed.type.name, MarksRestored.type.name,
    MarksErased.type.name,
  ]

  func handle(_ event: Event, in unit: UnitOfWork) throws {
    switch event.type {
    case MarksRecorded.type.name: try apply(MarksRecorded.decode(event), unit)
    case MarksAmended.type.name: try apply(MarksAmended.decode(event), unit)
    case MarksDisposed.type.name: try apply(MarksDisposed.decode(event), areGone: true, unit, KeptMarks.dispose)
    case MarksRestored.type.name: try apply(MarksRestored.decode(event), areGone: false, unit, KeptMarks.restore)
    case MarksErased.type.name:
      let data = try MarksErased.decode(event)
      try KeptMarks.erase(data.disposal, at: data.school, in: unit.db)
    default: throw PermanentFailure("unhandled-type")
    }
  }

  private func apply(_ data: MarksRecorded, _ unit: UnitOfWork) throws {
    try KeptMarks.publish(
      data.marks, at: data.school, on: data.date, data.session, today: unit.today, in: unit.db)
    let tracked = try KeptMarks.tracked(at: data.school, in: unit.db)
    guard !tracked.isEmpty else { return }
    for (text, pupils) in data.marks.sorted(by: { $0.key < $1.key }) {
      guard let code = AttendanceCode(text) else { throw ContractError.invalidData(path: "/marks") }
      for pupil in pupils.compactMap({ tracked[$0] }) {
        try KeptMarks.set(code, of: pupil, at: data.school, on: data.date, data.session, in: unit.db)
        try changed(pupil, on: data.date, unit)
      }
    }
  }

  private func apply(_ data: MarksAmended, _ unit: UnitOfWork) throws {
    let tracked = try KeptMarks.tracked(at: data.school, in: unit.db)
    for amendment in data.amendments {
      try KeptMarks.publish(
        [amendment.to?.text ?? "": [amendment.pupil]], at: data.school, on: amendment.date, amendment.session,
        today: unit.today, in: unit.db)
      guard let pupil = tracked[amendment.pupil] else { continue }
      try KeptMarks.set(
        amendment.to, of: pupil, at: data.school, on: amendment.date, amendment.session, in: unit.db)
      try changed(pupil, on: amendment.date, unit)
    }
  }

  /// What was disposed of after its time changes no figure: those that were shown stay.
  private func apply<Fact>(
    _ data: DisposalEvent<Fact>, areGone: Bool, _ unit: UnitOfWork,
    _ change: (Int64, PupilID, URN, SchoolYear, Database) throws -> Void
  ) throws {
    guard let year = SchoolYear(label: data.schoolYear) else { throw ContractError.invalidData(path: "/schoolYear") }
    for child in data.registrations {
      let pupil = try Roll.current(child.pupil, in: unit.db)
      try change(data.disposal, pupil, data.school, year, unit.db)
      try CaseFigures.fix(areGone, of: pupil, at: data.school, year, in: unit.db)
    }
  }

  // MARK: Counting once for a batch

  /// Something that figures of a child are counted by has changed: they are counted when the batch of events ends, once for
  /// all its marks.
  ///
  /// - Parameter day: only figures that the day can lie in.
  func changed(_ pupil: PupilID, on day: Day? = nil, _ unit: UnitOfWork) throws {
    try unit.db.cachedStatement(
      sql: """
        INSERT INTO uncounted (pupil, first, last) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)
        """
    ).execute(arguments: [pupil, day ?? Day(ordinal: .min), day ?? Day(ordinal: .max)])
  }

  /// Counts the figures of the children whose marks or rolls the batch changed; what rests on one that is other than
  /// before goes back to a person.
  func count(_ unit: UnitOfWork) throws {
    let children = try Row.fetchAll(unit.db.cachedStatement(sql: "SELECT * FROM uncounted ORDER BY pupil"))
    guard !children.isEmpty else { return }
    try unit.db.cachedStatement(sql: "DELETE FROM uncounted").execute()
    for child in children {
      let (pupil, first): (PupilID, Day) = (try child.get("pupil"), try child.get("first"))
      if try figures.recount(pupil, from: first, to: child.get("last"), in: unit) {
        try cases.factsChanged(of: pupil, in: unit)
        try contracts.factsChanged(of: pupil, in: unit)
      } else if first < unit.today {
        // A contract's result is counted from the marks of its period, which is no window.
        try contracts.factsChanged(of: pupil, in: unit)
      }
    }
  }

  /// A school's calendar has changed.
  func calendarChanged(at school: URN, _ unit: UnitOfWork) throws {
    for pupil in Set(try KeptMarks.tracked(at: school, in: unit.db).values).sorted() { try changed(pupil, unit) }
  }
}
