import Contracts
import EnforcementDomain
import GRDB
import Messaging
import Rulebook

/// Applies what registers tells: keeps what the threshold needs and judges anew whatever an event may have changed.
struct RegistersHandler: EventHandler {
  let judge: JudgeThreshold

  let handledTypes: Set<String> = [
    SchoolRecorded.type.name, CalendarRecorded.type.name, PupilEnrolled.type.name, PupilLeft.type.name,
    RegistrationWithdrawn.type.name, PupilsMerged.type.name, MarksRecorded.type.name, MarksAmended.type.name,
    MarksDisposed.type.name, MarksRestored.type.name, MarksErased.type.name,
  ]

  /// What an event is applied with.
  struct Work {
    let judge: JudgeThreshold
    let event: Event
    let context: EventContext
    let db: Database

    func judge(_ pupil: PupilID, at school: JudgeThreshold.School) throws {
      try judge.run(pupil: pupil, at: school, cause: event.id, context: context, in: db)
    }

    func judge(_ pupil: PupilID, at schools: Set<URN>) throws {
      for school in schools.sorted() { try judge(pupil, at: judge.school(school, in: db)) }
    }

    func judgeAll(of urn: URN) throws {
      let school = try judge.school(urn, in: db)
      for pupil in try CountedSessions.pupils(ofSchool: urn, in: db) { try judge(pupil, at: school) }
    }
  }

  func handle(_ event: Event, context: EventContext, in db: Database) throws {
    let work = Work(judge: judge, event: event, context: context, db: db)
    switch event.type {
    case SchoolRecorded.type.name: try work.apply(SchoolRecorded.decode(event))
    case CalendarRecorded.type.name: try work.apply(CalendarRecorded.decode(event))
    case PupilEnrolled.type.name: try work.apply(PupilEnrolled.decode(event))
    case PupilLeft.type.name: try work.apply(PupilLeft.decode(event))
    case RegistrationWithdrawn.type.name: try work.apply(RegistrationWithdrawn.decode(event))
    case PupilsMerged.type.name: try work.apply(PupilsMerged.decode(event))
    case MarksRecorded.type.name: try work.apply(MarksRecorded.decode(event))
    case MarksAmended.type.name: try work.apply(MarksAmended.decode(event))
    case MarksDisposed.type.name: try work.apply(MarksDisposed.decode(event))
    case MarksRestored.type.name: try work.apply(MarksRestored.decode(event))
    case MarksErased.type.name:
      let data = try MarksErased.decode(event)
      try CountedSessions.erase(disposal: data.disposal, ofSchool: data.school, in: db)
    default: throw PermanentFailure("unhandled-type")
    }
  }
}

/// Schools and their children.
extension RegistersHandler.Work {
  func apply(_ data: SchoolRecorded) throws {
    let before = try Facts.kind(ofSchool: data.urn, in: db)
    try Facts.saveSchool(data, in: db)
    if before != data.kind { try judgeAll(of: data.urn) }
  }

  func apply(_ data: CalendarRecorded) throws {
    try Facts.saveCalendar(data, in: db)
    try judgeAll(of: data.school)
  }

  func apply(_ data: PupilEnrolled) throws {
    let pupil = try Facts.current(data.pupil, in: db)
    let facts = Facts.Pupil(
      dateOfBirth: data.dateOfBirth, yearGroup: data.yearGroup, yearGroupYear: data.yearGroupYear)
    let isChanged = try Facts.find(pupil, in: db) != facts
    if isChanged { try Facts.save(facts, of: pupil, in: db) }
    let isEntered =
      try data.registration.map {
        try TimesOnRoll.enter(
          $0, pupil: pupil, school: data.school, first: data.enrolledOn, last: data.leftOn, in: db)
      } ?? false
    guard isChanged || isEntered else { return }
    // What is known of the child is known of it on every roll.
    let schools = try CountedSessions.schools(ofPupil: pupil, in: db)
    try judge(pupil, at: isChanged ? schools : schools.intersection([data.school]))
  }

  func apply(_ data: PupilLeft) throws {
    guard let registration = data.registration else { return }
    try TimesOnRoll.end(registration, on: data.leftOn, in: db)
    try judgeWhereCounted(data.pupil, at: data.school)
  }

  func apply(_ data: RegistrationWithdrawn) throws {
    try TimesOnRoll.withdraw(data.registration, in: db)
    try judgeWhereCounted(data.pupil, at: data.school)
  }

  func apply(_ data: PupilsMerged) throws {
    let (kept, merged) = (try Facts.current(data.pupil, in: db), try Facts.current(data.merged, in: db))
    if kept == merged {
      // Told twice under another identifier changes nothing; a child merged into itself is no fact.
      guard data.pupil != data.merged, merged != data.merged else { throw PermanentFailure("merged-into-itself") }
      return
    }
    try judge(kept, at: try judge.merge(merged, into: kept, cause: event.id, context: context, in: db))
  }

  private func judgeWhereCounted(_ id: PupilID, at school: URN) throws {
    let pupil = try Facts.current(id, in: db)
    try judge(pupil, at: try CountedSessions.schools(ofPupil: pupil, in: db).intersection([school]))
  }
}

/// Marks.
extension RegistersHandler.Work {
  func apply(_ data: MarksRecorded) throws {
    let school = try judge.school(data.school, in: db)
    let hasDisposed = try CountedSessions.hasDisposed(ofSchool: data.school, in: db)
    for (text, pupils) in data.marks.sorted(by: { $0.key < $1.key }) {
      guard let code = AttendanceCode(text) else { throw ContractError.invalidData(path: "/marks") }
      let counts = PenaltyNoticeThreshold.counts(code, on: data.date)
      // Another code takes the place of what was disposed of: it does not come back.
      guard counts || hasDisposed else { continue }
      for id in pupils {
        let pupil = try Facts.current(id, in: db)
        let place = CountedSessions.Place(
          pupil: pupil, school: data.school, date: data.date, session: data.session)
        guard counts else {
          try CountedSessions.remove(at: place, in: db)
          continue
        }
        try CountedSessions.set(code, at: place, in: db)
        try judge(pupil, at: school)
      }
    }
  }

  func apply(_ data: MarksAmended) throws {
    var changed: Set<PupilID> = []
    for amendment in data.amendments {
      let pupil = try Facts.current(amendment.pupil, in: db)
      let place = CountedSessions.Place(
        pupil: pupil, school: data.school, date: amendment.date, session: amendment.session)
      if let code = amendment.to, PenaltyNoticeThreshold.counts(code, on: amendment.date) {
        try CountedSessions.set(code, at: place, in: db)
      } else {
        try CountedSessions.remove(at: place, in: db)
      }
      changed.insert(pupil)
    }
    let school = try judge.school(data.school, in: db)
    for pupil in changed.sorted() { try judge(pupil, at: school) }
  }

  func apply(_ data: MarksDisposed) throws {
    try change(data.registrations, data.schoolYear, at: data.school) { child, pupil, year in
      try CountedSessions.dispose(data.disposal, of: child, pupil, year, at: data.school, in: db)
    }
  }

  func apply(_ data: MarksRestored) throws {
    try change(data.registrations, data.schoolYear, at: data.school) { child, pupil, year in
      try CountedSessions.restore(data.disposal, of: child, pupil, year, at: data.school, in: db)
    }
  }

  private func change(
    _ children: [DisposedMarks.Registration], _ label: String, at urn: URN,
    _ body: (DisposedMarks.Registration, PupilID, SchoolYear) throws -> Void
  ) throws {
    guard let year = SchoolYear(label: label) else { throw ContractError.invalidData(path: "/schoolYear") }
    let school = try judge.school(urn, in: db)
    for child in children {
      let pupil = try Facts.current(child.pupil, in: db)
      try body(child, pupil, year)
      try judge(pupil, at: school)
    }
  }
}
