import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Messaging
import RollCopy
import Rulebook

/// What casework adds to the duty of section 19: nothing from outside; all that it rests on is stated.
struct Section19Cases: CaseProgram {
  typealias Kind = Section19

  func facts(of stored: StoredCase<Section19>, in unit: UnitOfWork) throws -> Facts<Section19.Fact> { Facts() }

  func calendar(of stored: StoredCase<Section19>, in unit: UnitOfWork) throws -> SchoolCalendar? {
    try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
  }

  func happened(_ entry: Entry<Section19>, in stored: StoredCase<Section19>, _ unit: UnitOfWork) throws {}
}

/// Fifteen school days of illness put the duty of section 19 before an officer.
struct SicknessWatch: Sendable {
  let desk: CaseDesk<Section19Cases>

  func look(at event: Event, in unit: UnitOfWork) throws {
    guard event.type == Found<FifteenDaySickness>.type.name else { return }
    let data = try Found<FifteenDaySickness>.decode(event)
    let pupil = try Roll.current(data.pupil, in: unit.db)
    guard try Cases<Section19>.open(about: pupil.text, in: unit.db) == nil else { return }
    let intent = Intent<Section19>(
      .act(.notice),
      stating: .init([.ground: .text(Section19.Ground.illness.rawValue), .since: .day(data.since)]), reason: "",
      evidence: [data.finding])
    _ = try desk.open(intent, about: pupil.text, pupil, at: data.school, by: .program, in: unit)
  }

  /// Of two records of one child the one that goes joins the other.
  func willMerge(_ merged: PupilID, into kept: PupilID, in unit: UnitOfWork) throws {
    guard try Cases<Section19>.open(about: kept.text, in: unit.db) != nil,
      var stored = try Cases<Section19>.open(about: merged.text, in: unit.db)
    else { return }
    try desk.move(&stored, .act(.join, reason: ""), by: .program, in: unit)
  }
}
