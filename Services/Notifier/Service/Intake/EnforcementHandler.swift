import Contracts
import GRDB
import Messaging
import NotifierDomain
import Rulebook

/// Turns the events that receivers can subscribe to into messages. A report about a child whose roll event has not
/// arrived waits for it: the two topics are read independently.
struct EnforcementHandler: EventHandler {
  let reports: ReportQueue

  let handledTypes = Set(Report.types.map(\.name))

  func handle(_ event: Event, context: EventContext, in db: Database) throws {
    guard let report = try Report(event) else { throw PermanentFailure("unhandled-type") }
    let isKnown = try Roll.isKnown(report.pupil, in: db)
    guard let number = try Messages.insert(event, report, isWaiting: !isKnown, in: db), isKnown else { return }
    try reports.queue(
      report: number, type: event.type, school: report.school.text, at: context.recordedAt, in: db)
  }
}
