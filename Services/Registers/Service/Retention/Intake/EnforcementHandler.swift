import Contracts
import GRDB
import Keeping
import Messaging
import ServiceKit

/// Applies what enforcement tells: whose entries must be kept while a matter is open.
struct EnforcementHandler: EventHandler {
  let handledTypes: Set<String> = [RecordHoldPlaced.type.name, RecordHoldReleased.type.name]

  func handle(_ event: Event, in unit: UnitOfWork) throws {
    let db = unit.db
    switch event.type {
    case RecordHoldPlaced.type.name:
      let data = try RecordHoldPlaced.decode(event)
      try Self.check(data.hold)
      let pupil = try Self.pupil(data.pupil, in: db)
      guard try Holds.place(Self.name(data.hold), of: pupil, matter: data.matter, at: event.time, in: db) else {
        throw PermanentFailure("hold-of-another-child")
      }
      try unit.audit(.pupilHoldPlaced, of: data.pupil)
    case RecordHoldReleased.type.name:
      let data = try RecordHoldReleased.decode(event)
      try Self.check(data.hold)
      let pupil = try Self.pupil(data.pupil, in: db)
      guard try Holds.release(Self.name(data.hold), of: pupil, at: event.time, in: db) else {
        throw PermanentFailure("unknown-hold")
      }
      try unit.audit(.pupilHoldReleased, of: data.pupil)
    default: throw PermanentFailure("unhandled-type")
    }
  }

  private static func name(_ hold: String) -> Holds.Name { Holds.Name(source: .enforcement, hold: hold) }

  /// Names are slugs and short: they stand in reports.
  private static func check(_ hold: String) throws(ContractError) {
    let isSlug = hold.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "-") || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
    guard isSlug, 1...Holds.longestName ~= hold.utf8.count else { throw .invalidData(path: "/hold") }
  }

  private static func pupil(_ id: PupilID, in db: Database) throws -> Int64 {
    guard let pupil = try Pupils.find(id, in: db) else { throw PermanentFailure("unknown-pupil") }
    return pupil.number
  }
}
