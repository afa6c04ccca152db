import Contracts
import Messaging
import NotifierDomain

/// Turns enforcement's events into messages. A report about a child whose roll event has not arrived waits for it: the
/// two topics are read independently.
struct EnforcementHandler: EventHandler {
  let reports: ReportQueue

  let handledTypes = Report.typeNames(of: .enforcement)

  func handle(_ event: Event, in unit: UnitOfWork) throws {
    try reports.take(event, in: unit)
  }
}
