import Contracts
import EnforcementDomain
import GRDB
import Messaging
import Rulebook

/// Applies what registers tells: keeps what the threshold needs and judges anew whatever an event may have changed.
struct RegistersHandler: EventHandler {
  let judge: JudgeThreshold

  let handledTypes: Set<String> = [
    SchoolRecorded.type.name, CalendarRecorded.type.name, PupilEnrolled.type.name, MarksRecorded.type.name,
    MarksAmended.type.name,
  ]

  func handle(_ event: Event, context: EventContext, in db: Database) throws {
    switch event.type {
    case SchoolRecorded.type.name: try schoolRecorded(.decode(event), event, context, db)
    case CalendarRecorded.type.name: try calendarRecorded(.decode(event), event, context, db)
    case PupilEnrolled.type.name: try pupilEnrolled(.decode(event), event, context, db)
    case MarksRecorded.type.name: try marksRecorded(.decode(event), event, context, db)
    case MarksAmended.type.name: try marksAmended(.decode(event), event, context, db)
    default: throw PermanentFailure("unhandled-type")
    }
  }

  private func schoolRecorded(_ data: SchoolRecorded, _ event: Event, _ context: EventContext, _ db: Database) throws {
    let before = try Facts.kind(ofSchool: data.urn, in: db)
    try Facts.saveSchool(data, in: db)
    guard before != data.kind else { return }
    try judgeAll(of: data.urn, event, context, db)
  }

  private func calendarRecorded(
    _ data: CalendarRecorded, _ event: Event, _ context: EventContext, _ db: Database
  ) throws {
    try Facts.saveCalendar(data, in: db)
    try judgeAll(of: data.school, event, context, db)
  }

  private func pupilEnrolled(_ data: PupilEnrolled, _ event: Event, _ context: EventContext, _ db: Database) throws {
    let before = try Facts.dateOfBirth(ofPupil: data.pupil, in: db)
    guard before != data.dateOfBirth else { return }
    try Facts.saveDateOfBirth(data.dateOfBirth, pupil: data.pupil, in: db)
    for school in try CountedSessions.schools(ofPupil: data.pupil, in: db) {
      try judge.run(
        pupil: data.pupil, at: judge.school(school, in: db), cause: event.id, context: context, in: db)
    }
  }

  private func marksRecorded(_ data: MarksRecorded, _ event: Event, _ context: EventContext, _ db: Database) throws {
    let school = try judge.school(data.school, in: db)
    for (text, pupils) in data.marks.sorted(by: { $0.key < $1.key }) {
      guard let code = AttendanceCode(text) else { throw ContractError.invalidData(path: "/marks") }
      guard PenaltyNoticeThreshold.counts(code, on: data.date) else { continue }
      for pupil in pupils {
        try CountedSessions.set(
          code, pupil: pupil, school: data.school, date: data.date, session: data.session, in: db)
        try judge.run(pupil: pupil, at: school, cause: event.id, context: context, in: db)
      }
    }
  }

  private func marksAmended(_ data: MarksAmended, _ event: Event, _ context: EventContext, _ db: Database) throws {
    for amendment in data.amendments {
      if let code = amendment.to, PenaltyNoticeThreshold.counts(code, on: amendment.date) {
        try CountedSessions.set(
          code, pupil: amendment.pupil, school: data.school, date: amendment.date, session: amendment.session, in: db)
      } else {
        try CountedSessions.remove(
          pupil: amendment.pupil, school: data.school, date: amendment.date, session: amendment.session, in: db)
      }
    }
    let school = try judge.school(data.school, in: db)
    for pupil in Set(data.amendments.map(\.pupil)).sorted() {
      try judge.run(pupil: pupil, at: school, cause: event.id, context: context, in: db)
    }
  }

  private func judgeAll(of urn: URN, _ event: Event, _ context: EventContext, _ db: Database) throws {
    let school = try judge.school(urn, in: db)
    for pupil in try CountedSessions.pupils(ofSchool: urn, in: db) {
      try judge.run(pupil: pupil, at: school, cause: event.id, context: context, in: db)
    }
  }
}
