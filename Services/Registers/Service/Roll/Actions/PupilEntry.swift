import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import Search

/// Enters one child in a school's admission register within a transaction: who the child is, what is known of it, its
/// time on the roll, its contacts and family, the log and the events. What is not for the school to say waits for an
/// officer.
struct PupilEntry {
  let registers: Registers
  let school: URN
  let unit: UnitOfWork
  /// The upload that the entry came with.
  var upload: Int64?
  /// What an officer who looked at this entry has decided.
  var decision: Decision?

  var db: Database { unit.db }
  var today: Day { unit.today }

  enum Decision {
    /// It is about the child, and counts as it was said.
    case isChild
    /// The child joins the roll. What is said of it counts as a school's word does.
    case joins
  }

  enum Outcome { case enrolled, changed, unchanged, waiting }

  /// What became of a row.
  struct Entered {
    /// `nil` while the row waits for an officer: nothing of the child is told.
    let id: PupilID?
    let outcome: Outcome
    var notes: [PupilNote] = []
    /// Numbers that lead to another entry than before, and the schools at which they do.
    var numbers: Set<String> = []
    var schools: Set<URN> = []
  }

  /// Enters a child, or changes its entry. A row that is refused changes nothing.
  ///
  /// - Throws: ``Fault``, `DatabaseError`.
  func enter(_ record: PupilRecord) throws -> Entered {
    let found = try identify(record)
    if let found, decision != .isChild, found.verdict == .doubtful {
      return try wait(.identity, record, for: found.pupil)
    }
    let known = found?.pupil
    let ever = try known.map { try Pupils.registrationsEver(of: $0.number, in: db) } ?? []
    let times = ChildTimes(ever, today: today)
    let overlapping = times.standing.filter { $0.school == school && $0.overlaps(record.enrolledOn, record.leftOn) }
    guard overlapping.count <= 1 else { throw Fault.overlappingEnrolments }
    let before = overlapping.first
    let takenBack = times.takenBack(at: school, record, standing: before)
    if before != nil, takenBack != nil { throw Fault.takenBack }
    if let known, decision == nil {
      let isUnsure = try takenBack != nil || needsConfirmation(known, times, record, before)
      if isUnsure { return try wait(.arrival, record, for: known) }
    }

    // Nothing was written so far, and nothing is refused from here on.
    let year = SchoolYear(containing: record.leftOn.map { min($0, today) } ?? today)
    let pupil = try known ?? Pupils.insert(record, in: year, db)
    let word = try self.word(record, of: pupil, times, in: year)
    let reused = takenBack.flatMap { $0.enrolledOn == record.enrolledOn ? $0 : nil }
    let place = (before ?? reused?.standing ?? Registration(number: 0, school: school, enrolledOn: record.enrolledOn))
      .stating(record)
    let registration = try save(place, before: before ?? reused, of: word.pupil)
    if known == nil {
      try proposeMatches(word.pupil)
      try proposeFormer(holder: record.upn, of: word.pupil)
    }
    try proposeFormer(record, of: word.pupil)

    let isPlaceNew = place != before
    let isChildNew = word.pupil != pupil || word.hasNewNumbers
    let isChanged = isPlaceNew || isChildNew || word.hasNewContacts
    var entered = Entered(id: word.pupil.id, outcome: before == nil ? .enrolled : isChanged ? .changed : .unchanged)
    if record.needsGround, place.ground == nil { entered.notes.append(.groundMissing) }
    if let note = try propose(word, record, of: word.pupil) { entered.notes.append(note) }
    if times.isSingleElsewhere(place, today: today) { entered.notes.append(.singleElsewhere) }
    if isChanged || !entered.notes.isEmpty {
      entered.numbers = try Pupils.numbers(of: word.pupil, in: db).union([record.upn.text])
      // What is known of the child is known of it on every roll.
      entered.schools = isChildNew ? Set(ever.map(\.school)).union([school]) : [school]
    }
    guard isChanged else { return entered }
    try AdmissionLog.append(.entry, pupil: word.pupil.number, registration: registration, record, in: unit)
    let isNew = known == nil || !word.pupil.isPublishedLike(pupil)
    try publish(word.pupil, place.numbered(registration), isNew: isNew, before: before)
    if isNew { try publishElsewhere(word.pupil) }
    if word.hasNewContacts { try FamilyLinks(unit: unit).contactsChanged(of: word.pupil) }
    return entered
  }

  /// The child that the row is about; `nil` when nobody knows it. A former number leads to a child only when nothing
  /// else contradicts it: else it was the other child's by mistake, and is this one's own.
  private func identify(_ record: PupilRecord) throws -> (pupil: StoredPupil, verdict: PupilMatching.Verdict)? {
    if let known = try Pupils.find(upn: record.upn, in: db) {
      let verdict = PupilMatching.verdict(known.facts, record.facts(asSpeltBy: known))
      guard verdict == .different, decision != .isChild else { return (known, verdict) }
      guard known.upn != record.upn else { throw Fault.differentChild }
      return nil
    }
    guard let former = record.formerUPN, let known = try Pupils.find(upn: former, in: db) else { return nil }
    let verdict = PupilMatching.verdict(known.facts, record.facts(asSpeltBy: known))
    return [.same, .correction].contains(verdict) || decision == .isChild ? (known, verdict) : nil
  }

  /// Whether a child joins a roll that an officer must confirm, because something of it is protected or flagged. The
  /// school that holds the child, and one that has it on its roll, need no confirmation for what they have.
  private func needsConfirmation(
    _ pupil: StoredPupil, _ times: ChildTimes, _ record: PupilRecord, _ before: Registration?
  ) throws -> Bool {
    guard !times.hasOnRoll(school), times.holder != school else { return false }
    let isOver = record.leftOn.map { $0 < today } ?? false
    if before != nil, isOver { return false }
    return try pupil.addressProtected
      || Contacts.inForce(of: pupil.number, on: today, in: db).contains { $0.contact.isProtected }
      || Flags.spans(of: pupil.number, in: db).contains { $0.last.map { today <= $0 } ?? true }
  }

  /// Puts the row before an officer. It says nothing of the child, and nothing of it counts until then.
  private func wait(_ kind: PupilChanges.Kind, _ record: PupilRecord, for pupil: StoredPupil) throws -> Entered {
    let proposal = PupilChanges.Proposal(
      pupil: pupil.number, school: school, kind: kind, part: Int64(record.enrolledOn.ordinal), upn: record.upn,
      fields: record.differing(from: pupil, in: SchoolYear(containing: today)), upload: upload)
    var entered = Entered(id: nil, outcome: .waiting, notes: [.waiting])
    switch try PupilChanges.propose(proposal, record, in: unit) {
    case .rejected: throw kind == .identity ? Fault.differentChild : .notConfirmed
    case .open: break
    case .new:
      try AdmissionLog.append(
        .proposed, pupil: pupil.number, Proposed(school: school, kind: kind, fields: proposal.fields), in: unit)
      // Marks under the number wait for the officer, too.
      entered.numbers = [record.upn.text]
      entered.schools = [school]
    }
    return entered
  }

  private func save(_ place: Registration, before: Registration?, of pupil: StoredPupil) throws -> Int64 {
    guard let before else { return try Pupils.enrol(pupil.number, place, upload: upload, in: db) }
    if place != before || before.withdrawnAt != nil { try Pupils.update(place, in: db) }
    return before.number
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

  /// The new child's number was another child's before: a person must look.
  private func proposeFormer(holder upn: UPN, of pupil: StoredPupil) throws {
    guard let other = try Pupils.formerHolder(of: upn, in: db) else { return }
    try MatchCandidates.propose(pupil.number, other, .formerUPN, in: db)
  }

  /// Publishes the entry when it changed, and the leaving when it or the entry did.
  private func publish(_ pupil: StoredPupil, _ place: Registration, isNew: Bool, before: Registration?) throws {
    let cameBack = before?.leftOn != nil && place.leftOn == nil
    let isEntry = isNew || before == nil || before?.enrolledOn != place.enrolledOn || cameBack
    if isEntry { try unit.publishEntry(of: pupil, place) }
    guard place.leftOn != nil,
      isEntry || before?.leftOn != place.leftOn || before?.ground != place.ground
        || before?.isDestinationKnown != place.isDestinationKnown
    else { return }
    try unit.publishLeaving(of: pupil, place)
  }

  /// What is known of the child is known of it on its other schools' rolls.
  private func publishElsewhere(_ pupil: StoredPupil) throws {
    for other in try Pupils.registrations(of: pupil.number, in: db) where other.school != school {
      try unit.publishPlace(of: pupil, other)
    }
  }
}

/// That something was put before an officer.
struct Proposed: Encodable {
  let school: URN
  let kind: PupilChanges.Kind
  let fields: [PupilField]
}

/// A child's times on rolls, as they decide whose word counts.
struct ChildTimes {
  /// Those that stand, oldest first.
  let standing: [Registration]
  private let withdrawn: [Registration]
  /// The school that holds the child; `nil` when it is on no roll and never was.
  let holder: URN?
  private let today: Day

  init(_ ever: [Registration], today: Day) {
    standing = ever.filter { $0.withdrawnAt == nil }
    withdrawn = ever.filter { $0.withdrawnAt != nil }
    holder = HoldingSchool.find(
      standing.map { .init(number: $0.number, school: $0.school, last: $0.leftOn, status: $0.status) }, on: today)
    self.today = today
  }

  /// Whether a school has the child on its roll today or later.
  func hasOnRoll(_ school: URN) -> Bool {
    standing.contains { $0.school == school && ($0.leftOn.map { today <= $0 } ?? true) }
  }

  /// The entry of a school that an officer took back and that a row makes again.
  func takenBack(at school: URN, _ record: PupilRecord, standing before: Registration?) -> Registration? {
    let here = withdrawn.filter { $0.school == school }
    return here.first { $0.enrolledOn == record.enrolledOn }
      ?? (before == nil ? here.first { $0.overlaps(record.enrolledOn, record.leftOn) } : nil)
  }

  /// Whether a school and another one both say that the child is on theirs alone, from today on.
  func isSingleElsewhere(_ place: Registration, today: Day) -> Bool {
    func lasts(_ time: Registration) -> Bool { time.status == .single && (time.leftOn.map { today <= $0 } ?? true) }
    return lasts(place)
      && standing.contains { $0.school != place.school && lasts($0) && $0.overlaps(place.enrolledOn, place.leftOn) }
  }
}

extension PupilRecord {
  /// What tells the child from another, with the names as a record spells them where only the spelling differs.
  func facts(asSpeltBy known: StoredPupil) -> PupilMatching.Facts {
    PupilMatching.Facts(
      givenName: NameSpelling.kept(known.givenName, sent: givenName),
      familyName: NameSpelling.kept(known.familyName, sent: familyName), dateOfBirth: dateOfBirth, sex: said.sex)
  }
}

extension Registration {
  var isDestinationKnown: Bool { destination.map { !$0.isEmpty } ?? false }

  /// The entry under the number that the store gave it.
  func numbered(_ number: Int64) -> Registration {
    var now = standing
    now.number = number
    return now
  }

  /// The entry as it stands again.
  var standing: Registration {
    var now = self
    now.withdrawnAt = nil
    return now
  }

  /// Whether the child is on one school's roll on a day of one of these.
  func meets(_ others: [Registration]) -> Bool {
    others.contains { $0.school == school && $0.overlaps(enrolledOn, leftOn) }
  }
}
