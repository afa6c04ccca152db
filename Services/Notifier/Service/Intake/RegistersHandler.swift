import Contracts
import Messaging
import NotifierDomain
import RollCopy

/// Registers' topic as the notifier reads it.
typealias RegistersHandler = RollHandler<ReportReader>

extension RegistersHandler {
  init(reports: ReportQueue) { self.init(NotifierSchema.roll, ReportReader(reports: reports)) }
}

/// Turns what registers publishes into messages; what waited for a child to become known goes out when it is.
struct ReportReader: RollReader {
  let reports: ReportQueue

  let handledTypes = Report.typeNames(of: .registers)

  func handle(_ event: Event, in unit: UnitOfWork) throws {
    try reports.take(event, in: unit)
  }

  func rollChanged(_ changes: [RollChange], by event: Event, in unit: UnitOfWork) throws {
    for change in changes {
      switch change {
      case .pupil(_, let child): try reports.release(child.id, in: unit)
      case .merged(_, let kept): try reports.release(kept, in: unit)
      case .school, .calendar, .registration, .concerns, .parents, .personsMerged, .personsParted: break
      }
    }
  }
}

extension Identity {
  /// `nil` for a child of whom the copy of the roll has no name.
  init?(_ child: RolledPupil) {
    guard let given = child.givenName, let family = child.familyName, let born = child.dateOfBirth else { return nil }
    self.init(
      pupil: child.id, givenName: given, familyName: family, dateOfBirth: born,
      addressProtected: child.addressProtected)
  }
}
