import Contracts
import Messaging
import NotifierDomain

/// Turns the events of a service into messages. A report about a child whose roll event has not arrived waits for it: the
/// topics are read independently.
struct ReportHandler: EventHandler {
  let reports: ReportQueue
  let handledTypes: Set<String>

  init(of service: ServiceName, reports: ReportQueue) {
    self.reports = reports
    handledTypes = Report.typeNames(of: service)
  }

  func handle(_ event: Event, in unit: UnitOfWork) throws {
    try reports.take(event, in: unit)
  }
}
