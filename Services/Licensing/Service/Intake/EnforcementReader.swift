import CaseKit
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook

/// What licensing takes from enforcement: that a matter about a child is open, and nothing of it.
struct EnforcementReader: EventHandler {
  let permits: CaseDesk<PermitCases>

  let handledTypes: Set<String> = [RecordHoldPlaced.type.name, RecordHoldReleased.type.name]

  func handle(_ event: Event, in unit: UnitOfWork) throws {
    switch event.type {
    case RecordHoldPlaced.type.name:
      let data = try RecordHoldPlaced.decode(event)
      try changed(Roll.current(data.pupil, in: unit.db), unit) { pupil, db in
        try db.execute(
          sql: "INSERT INTO open_enforcement (hold, pupil) VALUES (?, ?) ON CONFLICT (hold) DO NOTHING",
          arguments: [data.hold, pupil.text])
      }
    case RecordHoldReleased.type.name:
      let data = try RecordHoldReleased.decode(event)
      try changed(Roll.current(data.pupil, in: unit.db), unit) { _, db in
        try db.execute(sql: "DELETE FROM open_enforcement WHERE hold = ?", arguments: [data.hold])
      }
    default: throw PermanentFailure("unhandled-type")
    }
  }

  /// A permit in force is put before a person in the same transaction; nothing is revoked.
  private func changed(_ pupil: PupilID, _ unit: UnitOfWork, _ write: (PupilID, Database) throws -> Void) throws {
    try write(pupil, unit.db)
    try permits.factsChanged(of: pupil, in: unit)
  }

  /// Whether any matter about a child is open.
  static func isOpen(for pupil: PupilID, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM open_enforcement WHERE pupil = ?)"),
      arguments: [pupil.text]) ?? false
  }
}
