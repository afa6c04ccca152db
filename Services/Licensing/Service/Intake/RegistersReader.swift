import CaseFlow
import CaseKit
import Contracts
import GRDB
import LicensingDomain
import Messaging
import RollCopy
import Rulebook
import ServiceKit

/// What licensing does with registers' events: attendance that falls puts a permit before a person again, and leave in the
/// register is compared with licences.
struct RegistersReader: RollReader {
  let permits: CaseDesk<PermitCases>
  let licences: CaseDesk<LicenceCases>

  let handledTypes: Set<String> = [
    Found<PersistentAbsence>.type.name, Lapsed<PersistentAbsence>.type.name, MarksRecorded.type.name,
    MarksAmended.type.name, MarksDisposed.type.name,
  ]

  func handle(_ event: Event, in unit: UnitOfWork) throws {
    switch event.type {
    case Found<PersistentAbsence>.type.name: try apply(Found<PersistentAbsence>.decode(event), unit)
    case Lapsed<PersistentAbsence>.type.name: try apply(Lapsed<PersistentAbsence>.decode(event), unit)
    case MarksRecorded.type.name: try apply(MarksRecorded.decode(event), unit)
    case MarksAmended.type.name: try apply(MarksAmended.decode(event), unit)
    case MarksDisposed.type.name: try apply(MarksDisposed.decode(event), unit)
    default: throw PermanentFailure("unhandled-type")
    }
  }

  private func apply(_ data: Found<PersistentAbsence>, _ unit: UnitOfWork) throws {
    let pupil = try Roll.current(data.pupil, in: unit.db)
    try AttendanceFindings.raise(data, of: pupil, in: unit.db)
    try permits.factsChanged(of: pupil, in: unit)
  }

  private func apply(_ data: Lapsed<PersistentAbsence>, _ unit: UnitOfWork) throws {
    try AttendanceFindings.lapse(data.finding, in: unit.db)
    try permits.factsChanged(of: Roll.current(data.pupil, in: unit.db), in: unit)
  }

  private func apply(_ data: MarksRecorded, _ unit: UnitOfWork) throws {
    let licensed = try LicensedDays.pupils(on: data.date, in: unit.db)
    let scheme = CodeBook.england.scheme(on: data.date)
    for (text, pupils) in data.marks.sorted(by: { $0.key < $1.key }) {
      guard let code = AttendanceCode(text) else { continue }
      let isLeave = scheme.traits(code).contains(.performanceLeave)
      for pupil in try pupils.map({ try Roll.current($0, in: unit.db) }) where isLeave || licensed.contains(pupil) {
        try set(code, of: pupil, at: data.school, data.date, data.session, unit)
      }
    }
  }

  private func apply(_ data: MarksAmended, _ unit: UnitOfWork) throws {
    for amendment in data.amendments {
      let pupil = try Roll.current(amendment.pupil, in: unit.db)
      let scheme = CodeBook.england.scheme(on: amendment.date)
      let codes = [amendment.from, amendment.to].compactMap { $0 }
      let isLeave = codes.contains { scheme.traits($0).contains(.performanceLeave) }
      guard try isLeave || LicensedDays.pupils(on: amendment.date, in: unit.db).contains(pupil) else { continue }
      try set(amendment.to, of: pupil, at: data.school, amendment.date, amendment.session, unit)
    }
  }

  /// The register keeps marks for years; the copy goes at once, also where the disposal is reversed later.
  private func apply(_ data: MarksDisposed, _ unit: UnitOfWork) throws {
    guard let year = SchoolYear(label: data.schoolYear) else { throw PermanentFailure("school-year") }
    for child in data.registrations {
      let pupil = try Roll.current(child.pupil, in: unit.db)
      try LeaveMarks.forget(pupil, at: data.school, in: year, unit.db)
      try LeaveDifferences.forget(pupil, at: data.school, in: year, unit.db)
    }
  }

  private func set(
    _ code: AttendanceCode?, of pupil: PupilID, at school: URN, _ day: Day, _ session: Session, _ unit: UnitOfWork
  ) throws {
    try LeaveMarks.set(code, of: pupil, at: school, day, session, in: unit.db)
    try LeaveDifferences.look(at: pupil, in: unit)
    try licences.factsChanged(of: pupil, in: unit)
  }

  func rollChanged(_ changes: [RollChange], by event: Event, in unit: UnitOfWork) throws {
    for change in changes {
      switch change {
      case .calendar(let school):
        try permits.calendarChanged(at: school, in: unit)
        try licences.calendarChanged(at: school, in: unit)
        // Other school days are other hours: permits in force are judged again.
        for pupil in try ApplicationBook.pupils(withPermitsAt: school, in: unit.db) {
          try permits.factsChanged(of: pupil, in: unit)
        }
      case .merged(_, let kept): try reconsider(kept, unit)
      case .pupil(_, let after): try reconsider(after.id, unit)
      case .registration(_, let after): try follow(after.pupil, unit)
      default: continue
      }
    }
  }

  /// A child who goes to another school takes permits and licences along, to be judged by that school's calendar.
  private func follow(_ pupil: PupilID, _ unit: UnitOfWork) throws {
    let standing = try Roll.registrations(of: pupil, in: unit.db).filter { $0.stands(on: unit.today) }
    guard let here = standing.last else { return }
    func follow<Program: CaseProgram>(_ desk: CaseDesk<Program>) throws {
      for var stored in try Cases<Program.Kind>.all(of: pupil, in: unit.db)
      where Program.Kind.flow.isOpen(stored.file.state) && !standing.contains(where: { $0.school == stored.school }) {
        try desk.move(&stored, to: here.school, in: unit)
      }
    }
    try follow(permits)
    try follow(licences)
    try reconsider(pupil, unit)
  }

  private func reconsider(_ pupil: PupilID, _ unit: UnitOfWork) throws {
    try permits.factsChanged(of: pupil, in: unit)
    try licences.factsChanged(of: pupil, in: unit)
  }
}
