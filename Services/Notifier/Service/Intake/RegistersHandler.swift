import Contracts
import GRDB
import Messaging
import NotifierDomain

/// Learns schools and children from the registers' roll events, and turns what the registers find into messages.
struct RegistersHandler: EventHandler {
  let reports: ReportQueue

  let handledTypes = Report.typeNames(of: .registers).union([
    SchoolRecorded.type.name, PupilEnrolled.type.name, PupilLeft.type.name, PupilsMerged.type.name,
    RegistrationWithdrawn.type.name,
  ])

  func handle(_ event: Event, context: EventContext, in db: Database) throws {
    switch event.type {
    case SchoolRecorded.type.name: try Roll.record(try SchoolRecorded.decode(event), in: db)
    case PupilEnrolled.type.name:
      let pupil = try Roll.enrol(try PupilEnrolled.decode(event), in: db)
      try reports.release(pupil, context: context, in: db)
    case PupilLeft.type.name: try Roll.leave(try PupilLeft.decode(event), in: db)
    case RegistrationWithdrawn.type.name: try Roll.withdraw(try RegistrationWithdrawn.decode(event), in: db)
    case PupilsMerged.type.name: try merge(try PupilsMerged.decode(event), context: context, in: db)
    default: break
    }
    try reports.take(event, context: context, in: db)
  }

  /// What is known of the merged child, and what waits to be told of it, is the kept one's from here on.
  private func merge(_ merge: PupilsMerged, context: EventContext, in db: Database) throws {
    let kept = try Roll.current(merge.pupil, in: db)
    let merged = try Roll.current(merge.merged, in: db)
    if kept == merged {
      // Told twice under another identifier changes nothing; a child merged into itself is no fact.
      guard merge.pupil != merge.merged, merged != merge.merged else { throw PermanentFailure("merged-into-itself") }
      return
    }
    try Roll.merge(merged, into: kept, in: db)
    try Messages.follow(merged, to: kept, in: db)
    try reports.release(kept, context: context, in: db)
  }
}
