import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import Messaging
import RollCopy
import Rulebook

/// Registers' topic as enforcement reads it.
typealias RegistersHandler = RollHandler<ThresholdReader>

extension RegistersHandler {
  init(notices: NoticeDesk, packs: CourtPacks) {
    self.init(EnforcementSchema.roll, ThresholdReader(notices: notices, packs: packs))
  }
}

/// Keeps the marks that the threshold needs and judges again whatever an event may have changed.
struct ThresholdReader: RollReader {
  let notices: NoticeDesk
  let packs: CourtPacks
  private var judge: JudgeThreshold { notices.notices.judge }

  let handledTypes: Set<String> = [
    MarksRecorded.type.name, MarksAmended.type.name, MarksDisposed.type.name, MarksRestored.type.name,
    MarksErased.type.name,
  ]

  /// What an event is applied with.
  struct Work {
    let notices: NoticeDesk
    let packs: CourtPacks
    let event: Event
    let unit: UnitOfWork

    var db: Database { unit.db }
    var judge: JudgeThreshold { notices.notices.judge }

    func judge(_ pupils: [PupilID], at school: JudgeThreshold.School, since earliest: Day? = nil) throws {
      try judge.run(pupils, at: school, since: earliest, cause: event.id, in: unit)
      for pupil in pupils { try notices.factsChanged(of: pupil, in: unit) }
    }

    func judgeAll(of urn: URN) throws {
      try judge(CountedSessions.pupils(ofSchool: urn, in: db), at: judge.school(urn, in: db))
    }
  }

  func handle(_ event: Event, in unit: UnitOfWork) throws {
    let work = Work(notices: notices, packs: packs, event: event, unit: unit)
    switch event.type {
    case MarksRecorded.type.name: try work.applyRecorded()
    case MarksAmended.type.name: try work.apply(MarksAmended.decode(event))
    case MarksDisposed.type.name: try work.apply(MarksDisposed.decode(event), CountedSessions.dispose)
    case MarksRestored.type.name: try work.apply(MarksRestored.decode(event), CountedSessions.restore)
    case MarksErased.type.name:
      let data = try MarksErased.decode(event)
      try CountedSessions.erase(disposal: data.disposal, ofSchool: data.school, in: unit.db)
    default: throw PermanentFailure("unhandled-type")
    }
  }

  func finish(in unit: UnitOfWork) throws {
    for pupil in try judge.runUnjudged(in: unit) { try notices.factsChanged(of: pupil, in: unit) }
  }

  func willMerge(_ merged: PupilID, into kept: PupilID, by event: Event, in unit: UnitOfWork) throws {
    try judge.settle(merged, before: kept, cause: event.id, in: unit)
  }

  func rollChanged(_ changes: [RollChange], by event: Event, in unit: UnitOfWork) throws {
    let work = Work(notices: notices, packs: packs, event: event, unit: unit)
    let db = unit.db
    // Where each child must be judged again, of the schools whose marks are kept.
    var schools: [PupilID: Set<URN>] = [:]
    for change in changes {
      switch change {
      case .school(let before, let after): if before?.kind != after.kind { try work.judgeAll(of: after.urn) }
      case .calendar(let school):
        try work.judgeAll(of: school)
        try notices.cases.calendarChanged(at: school, in: unit)
        try notices.prosecutions.cases.calendarChanged(at: school, in: unit)
        try notices.orders.calendarChanged(at: school, in: unit)
      case .concerns: break
      case .parents(let child): try notices.factsChanged(of: child, in: unit)
      case .personsMerged(let person, let other), .personsParted(let person, let other):
        try notices.personChanged([person, other], in: unit)
      // What is known of the child is known of it on every roll.
      case .pupil(_, let child): schools[child.id] = try CountedSessions.schools(ofPupil: child.id, in: db)
      case .merged(_, let kept):
        schools[kept] = try CountedSessions.schools(ofPupil: kept, in: db)
        try notices.factsChanged(of: kept, in: unit)
      case .registration(let before, let after):
        for entry in [before, after].compactMap({ $0 }) {
          let counted = try CountedSessions.schools(ofPupil: entry.pupil, in: db)
          schools[entry.pupil, default: []].formUnion(counted.intersection([entry.school]))
        }
      }
    }
    for (pupil, urns) in schools.sorted(by: { $0.key < $1.key }) {
      // A child without an absence that counts may have a case that rests on the roll: an attendance order.
      if urns.isEmpty { try notices.factsChanged(of: pupil, in: unit) }
      for urn in urns.sorted() { try work.judge([pupil], at: judge.school(urn, in: db)) }
    }
  }
}

/// Marks.
extension ThresholdReader.Work {
  /// Marks that came for the first time. Whoever they are about is judged when the batch of events ends.
  func applyRecorded() throws {
    var data = try MarksRecorded.decode(event, only: judge.countingCodes)
    let place = CountedSessions.Place(school: data.school, date: data.date, session: data.session)
    let hasDisposed = try CountedSessions.hasDisposed(ofSchool: data.school, in: db)
    // Another code takes the place of what was disposed of: it does not come back.
    if hasDisposed { data = try MarksRecorded.decode(event) }
    var counted: [(pupil: PupilID, code: AttendanceCode)] = []
    for (text, pupils) in data.marks.sorted(by: { $0.key < $1.key }) {
      // Spelt otherwise, it would have been passed over.
      guard let code = AttendanceCode(text), code.text == text else { throw ContractError.invalidData(path: "/marks") }
      if PenaltyNoticeThreshold.counts(code, on: data.date, codes: judge.codes) {
        counted += try Roll.current(pupils, in: db).map { (pupil: $0, code: code) }
      } else if hasDisposed {
        for pupil in try Roll.current(pupils, in: db) { try CountedSessions.remove(of: pupil, at: place, in: db) }
      }
    }
    try CountedSessions.set(counted, at: place, in: db)
    try Unjudged.note(
      counted.map(\.pupil), at: data.school, since: data.date, cause: event.id, traceparent: unit.traceparent, in: db)
  }

  func apply(_ data: MarksAmended) throws {
    var changed: [PupilID: Set<RegisterSession>] = [:]
    for amendment in data.amendments {
      let pupil = try Roll.current(amendment.pupil, in: db)
      let place = CountedSessions.Place(school: data.school, date: amendment.date, session: amendment.session)
      if let code = amendment.to, PenaltyNoticeThreshold.counts(code, on: amendment.date, codes: judge.codes) {
        try CountedSessions.set([(pupil, code)], at: place, in: db)
      } else {
        try CountedSessions.remove(of: pupil, at: place, in: db)
      }
      changed[pupil, default: []].insert(RegisterSession(amendment.date, amendment.session))
    }
    let school = try judge.school(data.school, in: db)
    for (pupil, sessions) in changed.sorted(by: { $0.key < $1.key }) {
      // First: whether its pack is frozen is a fact of a prosecution.
      try packs.amended(pupil: pupil, at: data.school, sessions: sessions, in: unit)
      try judge([pupil], at: school, since: sessions.map(\.date).min())
    }
  }

  /// What a disposal took or gave back.
  ///
  /// - Parameter change: takes the marks of a child's year at a school, or gives them back.
  func apply<Fact>(
    _ data: DisposalEvent<Fact>,
    _ change: (Int64, DisposedRegistration, PupilID, SchoolYear, URN, Database) throws -> Void
  ) throws {
    guard let year = SchoolYear(label: data.schoolYear) else { throw ContractError.invalidData(path: "/schoolYear") }
    let school = try judge.school(data.school, in: db)
    for child in data.registrations {
      let pupil = try Roll.current(child.pupil, in: db)
      try change(data.disposal, child, pupil, year, data.school, db)
      try judge([pupil], at: school)
    }
  }
}
