import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook

/// Enters one child in a school's admission register within a transaction: who the child is, what is known of it, its
/// time on the roll, its contacts and family, the log and the events.
struct PupilEntry {
  let desk: RegisterDesk
  let school: URN
  let writer: Writer
  let context: EventContext
  let today: Day
  let db: Database

  enum Outcome { case enrolled, changed, unchanged }

  /// What became of a row.
  struct Entered {
    let id: PupilID
    let outcome: Outcome
    var notes: [PupilNote] = []
    /// Numbers that lead to another entry than before, and the schools at which they do.
    var numbers: Set<String> = []
    var schools: Set<URN> = []
  }

  /// Enters a child, or changes its entry. A row that is refused changes nothing.
  ///
  /// - Throws: ``PupilRefusal``, `DatabaseError`.
  func enter(_ record: PupilRecord) throws -> Entered {
    let known = try identify(record)
    let all = try known.map { try Pupils.registrations(of: $0.number, in: db) } ?? []
    let overlapping = all.filter { $0.school == school && $0.overlaps(record.enrolledOn, record.leftOn) }
    guard overlapping.count <= 1 else { throw PupilRefusal.overlappingEnrolments }

    // Nothing was written so far, and nothing is refused from here on.
    let year = SchoolYear(containing: record.leftOn.map { min($0, today) } ?? today)
    let pupil = try known ?? Pupils.insert(record, in: year, db)
    let (now, hasNewNumbers) = try state(record, of: pupil, in: year)
    let before = overlapping.first
    let place = (before ?? Registration(number: 0, school: school, enrolledOn: record.enrolledOn)).stating(record)
    let registration = try save(place, before: before, of: now)
    let hasNewContacts = try setContacts(record, of: now)
    if known == nil { try proposeMatches(now) }
    try proposeFormer(record, of: now)

    let isPlaceNew = place != before
    let isChanged = isPlaceNew || now != pupil || hasNewNumbers || hasNewContacts
    var entered = Entered(id: now.id, outcome: before == nil ? .enrolled : isChanged ? .changed : .unchanged)
    if record.needsGround, place.ground == nil { entered.notes.append(.groundMissing) }
    guard isChanged else { return entered }
    try AdmissionLog.append(.entry, pupil: now.number, registration: registration, record, by: writer, in: db)
    try publish(
      now, registration, isNew: known == nil || !now.isPublishedLike(pupil), place: place, before: before)
    if hasNewNumbers || now != pupil || isPlaceNew {
      entered.numbers = Set(try Pupils.formerUPNs(of: now.number, in: db).map(\.text) + [now.upn.text])
      // What is known of the child is known of it on every roll.
      entered.schools = hasNewNumbers || now != pupil ? Set(all.map(\.school)).union([school]) : [school]
    }
    return entered
  }

  /// The child that the row is about; `nil` when nobody knows it.
  private func identify(_ record: PupilRecord) throws -> StoredPupil? {
    if let known = try Pupils.find(upn: record.upn, in: db) {
      guard !PupilMatching.isDifferentChild(known.facts, record.facts) else { throw PupilRefusal.differentChild }
      return known
    }
    guard let former = record.formerUPN, let known = try Pupils.find(upn: former, in: db),
      known.dateOfBirth == record.dateOfBirth
    else { return nil }
    return known
  }

  /// Writes down what is said of the child, and its numbers.
  private func state(
    _ record: PupilRecord, of pupil: StoredPupil, in year: SchoolYear
  ) throws -> (StoredPupil, hasNewNumbers: Bool) {
    let sentBefore = try record.upn != pupil.upn && Pupils.find(upn: record.upn, in: db) != nil
    let numbers = PupilMatching.numbers(
      current: pupil.upn, sent: record.upn, sentBefore: sentBefore, formerSent: record.formerUPN)
    let now = pupil.stating(record, upn: numbers.current, in: year)
    if now != pupil { try Pupils.update(now, in: db) }
    var hasNew = now.upn != pupil.upn
    for former in numbers.former.sorted() where try Pupils.addFormer(former, of: pupil.number, until: today, in: db) {
      hasNew = true
    }
    return (now, hasNew)
  }

  private func save(_ place: Registration, before: Registration?, of pupil: StoredPupil) throws -> Int64 {
    guard let before else { return try Pupils.enrol(pupil.number, place, in: db) }
    if place != before { try Pupils.update(place, in: db) }
    return before.number
  }

  private func setContacts(_ record: PupilRecord, of pupil: StoredPupil) throws -> Bool {
    guard let statements = record.contacts else { return false }
    let isChanged = try Contacts.replace(
      of: pupil.number, with: statements, isWhole: record.areContactsWhole, on: today, in: db)
    guard isChanged else { return false }
    try FamilyLinks(db: db, writer: writer).linkByContacts(pupil, on: today)
    return true
  }

  /// A new child under a new number may be one that is known under another.
  private func proposeMatches(_ pupil: StoredPupil) throws {
    let mine = try Pupils.registrations(of: pupil.number, in: db)
    for (other, ground) in try MatchCandidates.find(for: pupil, in: db) {
      // Two children of one class whose names are alike are twins or namesakes, and could not be one.
      if ground != .sameNames, try Pupils.registrations(of: other, in: db).contains(where: { $0.meets(mine) }) {
        continue
      }
      try MatchCandidates.propose(pupil.number, other, ground, in: db)
    }
  }

  /// A former number that is another child's: a person must look.
  private func proposeFormer(_ record: PupilRecord, of pupil: StoredPupil) throws {
    guard let former = record.formerUPN, let other = try Pupils.find(upn: former, in: db), other.number != pupil.number
    else { return }
    try MatchCandidates.propose(pupil.number, other.number, .formerUPN, in: db)
  }

  /// Publishes the entry when it changed, and the leaving when it or the entry did.
  private func publish(
    _ pupil: StoredPupil, _ registration: Int64, isNew: Bool, place: Registration, before: Registration?
  ) throws {
    let cameBack = before?.leftOn != nil && place.leftOn == nil
    let isEntry = isNew || before == nil || before?.enrolledOn != place.enrolledOn || cameBack
    if isEntry {
      let event = PupilEnrolled(
        pupil: pupil.id, school: school, upn: pupil.upn, givenName: pupil.givenName, familyName: pupil.familyName,
        dateOfBirth: pupil.dateOfBirth, yearGroup: pupil.yearGroup, yearGroupYear: pupil.yearGroupYear,
        enrolledOn: place.enrolledOn, leftOn: place.leftOn, addressProtected: pupil.addressProtected,
        registration: registration)
      try desk.outbox.append(event, subject: school.text, context: context, in: db)
    }
    guard let leftOn = place.leftOn,
      isEntry || before?.leftOn != leftOn || before?.ground != place.ground
        || before?.isDestinationKnown != place.isDestinationKnown
    else { return }
    let event = PupilLeft(
      pupil: pupil.id, school: school, leftOn: leftOn, ground: place.ground,
      destinationKnown: place.isDestinationKnown,
      concerns: try Flags.inForce(pupil.number, on: leftOn, in: db).concerns, registration: registration)
    try desk.outbox.append(event, subject: school.text, context: context, in: db)
  }
}

extension PupilRecord {
  fileprivate var facts: PupilMatching.Facts {
    PupilMatching.Facts(givenName: givenName, familyName: familyName, dateOfBirth: dateOfBirth, sex: sex)
  }
}

extension Registration {
  fileprivate var isDestinationKnown: Bool { destination.map { !$0.isEmpty } ?? false }

  /// Whether the child is on one school's roll on a day of one of these.
  func meets(_ others: [Registration]) -> Bool {
    others.contains { $0.school == school && $0.overlaps(enrolledOn, leftOn) }
  }
}
