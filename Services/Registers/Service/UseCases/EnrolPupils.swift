import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Enters children in a school's admission register, or changes their entries. Marks that waited for them go in.
struct EnrolPupils: Sendable {
  let desk: RegisterDesk

  /// What the sender is told. Every row is in exactly one of the four counts.
  struct Answer: Encodable, Sendable {
    struct Known: Encodable, Sendable {
      let row: Int
      let id: PupilID
    }

    struct RowProblem: Encodable, Sendable {
      let row: Int
      let column: String
      let reason: String
      let detail: String
      let fix: String
    }

    var received = 0
    var enrolled = 0
    var changed = 0
    var unchanged = 0
    var refused = 0
    /// How many waiting marks went in by themselves.
    var released = 0
    /// Rows that are on the roll now, with the children's opaque identifiers.
    var pupils: [Known] = []
    /// Rows that were refused. A row is the index in `/pupils`.
    var problems: [RowProblem] = []
  }

  private enum Outcome { case enrolled, changed, unchanged }

  /// Enters the children.
  ///
  /// - Throws: `Problem` when the school is unknown or the key was used for another request.
  func callAsFunction(
    _ submissions: [PupilSubmission], at school: URN, by caller: Caller, key: IdempotencyKey?
  ) async throws -> [UInt8] {
    let writer = desk.writer(caller)
    let context = desk.context(writer)
    let today = desk.clock.today()
    return try await desk.write { [desk] db in
      if let answer = try IdempotentAnswers.find(key, in: db) { return answer }
      try RegisterDesk.requireSchool(school, in: db)
      var answer = Answer()
      answer.received = submissions.count
      var touched: Set<String> = []
      for (row, submission) in submissions.enumerated() {
        do {
          let record = try submission.checked(today: today)
          let (id, outcome) = try enter(record, school, context, db)
          answer.pupils.append(.init(row: row, id: id))
          switch outcome {
          case .enrolled: answer.enrolled += 1
          case .changed: answer.changed += 1
          case .unchanged: answer.unchanged += 1
          }
          if outcome != .unchanged { touched.insert(record.upn.text) }
        } catch let refusal as PupilRefusal {
          answer.refused += 1
          answer.problems.append(
            .init(
              row: row, column: refusal.column, reason: refusal.reason, detail: refusal.detail, fix: refusal.fix))
        }
      }
      if !touched.isEmpty {
        desk.cache.forget(school)
        answer.released = try release(touched, school, writer, context, today, db)
      }
      let body = try encodeAnswer(answer)
      try IdempotentAnswers.keep(body, for: key, at: writer.at, in: db)
      return body
    }
  }

  private func enter(
    _ record: PupilRecord, _ school: URN, _ context: EventContext, _ db: Database
  ) throws -> (PupilID, Outcome) {
    let known = try Pupils.find(upn: record.upn, in: db)
    let all = try known.map { try Pupils.registrations(of: $0.number, in: db) } ?? []
    let here = all.filter { $0.school == school }
    let overlapping = here.filter { $0.overlaps(record.enrolledOn, record.leftOn) }
    guard overlapping.count <= 1 else { throw PupilRefusal.overlappingEnrolments }
    let pupil = try known ?? Pupils.insert(record, in: db)
    let isKnownAsIs = pupil.agrees(with: record)
    if !isKnownAsIs { try Pupils.update(pupil.number, record, in: db) }

    let before = overlapping.first
    let isSameTime = before?.enrolledOn == record.enrolledOn && before?.leftOn == record.leftOn
    if let before {
      if isKnownAsIs, isSameTime { return (pupil.id, .unchanged) }
      if !isSameTime { try Pupils.update(registration: before.number, record, in: db) }
    } else {
      try Pupils.enrol(pupil.number, school: school, record, in: db)
    }
    // Only the end is new: the entry itself did not change.
    let onlyLeaves =
      isKnownAsIs && before?.enrolledOn == record.enrolledOn && record.leftOn != nil && before?.leftOn != record.leftOn
    if !onlyLeaves {
      let event = PupilEnrolled(
        pupil: pupil.id, school: school, upn: record.upn, givenName: record.givenName, familyName: record.familyName,
        dateOfBirth: record.dateOfBirth, yearGroup: record.yearGroup, enrolledOn: record.enrolledOn,
        addressProtected: record.addressProtected)
      try desk.outbox.append(event, subject: school.text, context: context, in: db)
    }
    if let leftOn = record.leftOn, !onlyLeaves || before?.leftOn != leftOn {
      try desk.outbox.append(
        PupilLeft(pupil: pupil.id, school: school, leftOn: leftOn), subject: school.text, context: context, in: db)
    }
    return (pupil.id, before == nil ? .enrolled : .changed)
  }

  private func release(
    _ upns: Set<String>, _ school: URN, _ writer: Writer, _ context: EventContext, _ today: Day, _ db: Database
  ) throws -> Int {
    let waiting = try Quarantine.waiting(school, limit: Quarantine.mostWaiting, in: db).filter {
      upns.contains($0.mark.upn.uppercased()) && MarkReason.waitingForRoll.contains($0.reason)
    }
    guard !waiting.isEmpty else { return 0 }
    let known = try SchoolCache.load(school, in: db)
    return try MarkIntake(
      desk: desk, school: school, roll: known.roll, calendars: known.calendars, today: today, writer: writer,
      context: context, db: db
    ).release(waiting)
  }
}
