import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit

/// Registers' topic as casework reads it: findings of persistent absence become referrals for triage, marks become figures,
/// and rolls say where a child with a case is. The program proposes; a person opens the case.
struct FindingReader: RollReader {
  let desk: CaseDesk<AttendanceCases>
  let marks: MarkReader
  let rolls: RollWatch
  let matters: MatterReader
  let sickness: SicknessWatch

  var handledTypes: Set<String> {
    MarkReader.handledTypes.union(matters.handledTypes).union([
      Found<PersistentAbsence>.type.name, Lapsed<PersistentAbsence>.type.name,
    ])
  }

  func handle(_ event: Event, in unit: UnitOfWork) throws {
    switch event.type {
    case Found<PersistentAbsence>.type.name: try apply(Found<PersistentAbsence>.decode(event), unit)
    case Lapsed<PersistentAbsence>.type.name: try apply(Lapsed<PersistentAbsence>.decode(event), unit)
    case let type where matters.handledTypes.contains(type):
      try matters.handle(event, in: unit)
      try sickness.look(at: event, in: unit)
    default: try marks.handle(event, in: unit)
    }
  }

  func finish(in unit: UnitOfWork) throws { try marks.count(unit) }

  private func apply(_ data: Found<PersistentAbsence>, _ unit: UnitOfWork) throws {
    let pupil = try Roll.current(data.pupil, in: unit.db)
    guard try Findings.raise(data.finding, of: pupil, at: data.school, in: unit.db) else { return }
    try note("persistent absence found", data.finding, pupil, data.school, data.on, unit)
    try desk.factsChanged(of: pupil, in: unit)
    guard try Cases<AttendanceCase>.open(about: pupil.text, in: unit.db) == nil else { return }
    _ = try desk.open(
      .init(.act(.propose), reason: "", evidence: [data.finding]), about: pupil.text, pupil, at: data.school,
      by: .program, in: unit)
  }

  private func apply(_ data: Lapsed<PersistentAbsence>, _ unit: UnitOfWork) throws {
    let pupil = try Roll.current(data.pupil, in: unit.db)
    try Findings.lapse(data.finding, in: unit.db)
    try note("persistent absence lapsed", data.finding, pupil, data.school, data.on, unit)
    try desk.factsChanged(of: pupil, in: unit)
    guard try !Findings.stands(for: pupil, in: unit.db),
      var stored = try Cases<AttendanceCase>.open(about: pupil.text, in: unit.db), stored.file.state == .received
    else { return }
    try desk.move(&stored, .act(.lapse, reason: ""), by: .program, in: unit)
  }

  private func note(
    _ what: String, _ finding: String, _ pupil: PupilID, _ school: URN, _ day: Day, _ unit: UnitOfWork
  ) throws {
    try Chronology.note(what, finding, of: pupil, at: school, on: day, recorded: unit.at, in: unit.db)
  }

  func rollChanged(_ changes: [RollChange], by event: Event, in unit: UnitOfWork) throws {
    for change in changes {
      switch change {
      case .calendar(let school):
        try desk.calendarChanged(at: school, in: unit)
        try marks.contracts.calendarChanged(at: school, in: unit)
        try marks.calendarChanged(at: school, unit)
      case .merged(_, let kept):
        try marks.changed(kept, unit)
        try desk.factsChanged(of: kept, in: unit)
        try SupportBook.publish(of: kept, in: unit)
      case .concerns(let pupil): try desk.factsChanged(of: pupil, in: unit)
      case .pupil(_, let child): try marks.changed(child.id, unit)
      case .registration(_, let after):
        try marks.changed(after.pupil, unit)
        try rolls.look(at: after.pupil, in: unit)
      default: continue
      }
    }
  }

  /// There is one open case for a child: that of the record that goes joins the other.
  func willMerge(_ merged: PupilID, into kept: PupilID, by event: Event, in unit: UnitOfWork) throws {
    try sickness.willMerge(merged, into: kept, in: unit)
    guard try Cases<AttendanceCase>.open(about: kept.text, in: unit.db) != nil,
      var stored = try Cases<AttendanceCase>.open(about: merged.text, in: unit.db)
    else { return }
    try desk.move(&stored, .act(.join, reason: ""), by: .program, in: unit)
  }
}
