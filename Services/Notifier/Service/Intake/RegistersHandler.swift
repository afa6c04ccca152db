import Contracts
import GRDB
import Messaging
import NotifierDomain

/// Learns schools and children from the registers' roll events.
struct RegistersHandler: EventHandler {
  let reports: ReportQueue

  let handledTypes: Set<String> = [SchoolRecorded.type.name, PupilEnrolled.type.name, PupilLeft.type.name]

  func handle(_ event: Event, context: EventContext, in db: Database) throws {
    switch event.type {
    case SchoolRecorded.type.name: try Roll.record(try SchoolRecorded.decode(event), in: db)
    case PupilLeft.type.name: try Roll.leave(try PupilLeft.decode(event), in: db)
    case PupilEnrolled.type.name:
      let enrolment = try PupilEnrolled.decode(event)
      try Roll.enrol(enrolment, in: db)
      for report in try Messages.release(enrolment.pupil, in: db) {
        try reports.queue(
          report: report.number, type: report.type, school: report.school, at: context.recordedAt, in: db)
      }
    default: throw PermanentFailure("unhandled-type")
    }
  }
}
