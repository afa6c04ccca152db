import Contracts
import Foundation
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import Search
import ServiceKit

/// What of a school's word about a child counts at once, and what waits for an officer.
extension PupilEntry {
  struct Word {
    var pupil: StoredPupil
    var hasNewNumbers = false
    var hasNewContacts = false
    /// What differs from the record and does not count.
    var proposed: [PupilField] = []
    /// What was said of these.
    var stated: PupilStatement
  }

  /// Writes down what the school may say of the child, and its numbers and contacts.
  func word(_ record: PupilRecord, of pupil: StoredPupil, _ times: ChildTimes, in year: SchoolYear) throws -> Word {
    let stands = decision == .isChild || times.holder == nil || times.holder == school
    // That a child may join says nothing of its protections.
    let mayLower = decision == .isChild || (decision == nil && unit.caller.mayLowerProtections)
    let differing = try record.differing(from: pupil, in: year) + differingNumbers(record, of: pupil)
    let open = try PupilChanges.open(statementProposal(record, pupil, []), in: db)
    var proposed = differing
    if stands {
      // A word that waits does not count by being said again.
      let again = decision == .isChild ? nil : try open?.said
      proposed = differing.filter {
        again?.says($0, like: record.said) == true || ($0 == .addressProtected && !mayLower)
      }
    } else {
      proposed.removeAll { $0 == .addressProtected && mayLower }
    }
    var word = Word(pupil: pupil, proposed: proposed, stated: PupilStatement())
    try setFacts(record, of: pupil, in: year, &word, stands: stands)
    try setNumbers(record, of: pupil, &word)
    try setContacts(record, &word, holds: stands, mayLower: mayLower)
    word.stated = record.said.only(word.proposed)
    if pupil.addressProtected, !word.pupil.addressProtected {
      try registers.protectionLowered(of: pupil.number, .address, in: unit)
    }
    return word
  }

  private func setFacts(
    _ record: PupilRecord, of pupil: StoredPupil, in year: SchoolYear, _ word: inout Word, stands: Bool
  ) throws {
    var left = Set(word.proposed)
    // What is known does not become newer by being said by another school.
    if !stands, pupil.yearGroup != nil { left.insert(.yearGroup) }
    word.pupil = pupil.stating(record, in: year, but: left)
  }

  private func setNumbers(_ record: PupilRecord, of pupil: StoredPupil, _ word: inout Word) throws {
    guard !word.proposed.contains(.upn) else {
      try Pupils.updateIfChanged(word.pupil, from: pupil, in: db)
      return
    }
    let sentBefore = try record.upn != pupil.upn && Pupils.find(upn: record.upn, in: db) != nil
    let numbers = PupilMatching.numbers(
      current: pupil.upn, sent: record.upn, sentBefore: sentBefore,
      formerSent: word.proposed.contains(.formerUPN) ? nil : record.formerUPN)
    word.pupil.upn = numbers.current
    try Pupils.updateIfChanged(word.pupil, from: pupil, in: db)
    word.hasNewNumbers = word.pupil.upn != pupil.upn
    for former in numbers.former.sorted() where try Pupils.addFormer(former, of: pupil.number, until: today, in: db) {
      word.hasNewNumbers = true
    }
  }

  /// The numbers that a row would add to a child's.
  private func differingNumbers(_ record: PupilRecord, of pupil: StoredPupil) throws -> [PupilField] {
    var fields: [PupilField] = []
    if record.upn != pupil.upn, try Pupils.find(upn: record.upn, in: db) == nil { fields.append(.upn) }
    if let former = record.formerUPN, try Pupils.find(upn: former, in: db) == nil { fields.append(.formerUPN) }
    return fields
  }

  private func setContacts(_ record: PupilRecord, _ word: inout Word, holds: Bool, mayLower: Bool) throws {
    guard let statements = record.contacts else { return }
    let source = Contacts.Source(school: school, holdsChild: holds, mayLower: mayLower)
    let outcome = try Contacts.replace(
      of: word.pupil.number, with: statements, isWhole: record.areContactsWhole, by: source, on: today, in: db)
    if outcome.isHeld { word.proposed.append(.contacts) }
    if outcome.isLowered { try registers.protectionLowered(of: word.pupil.number, .contact, in: unit) }
    word.hasNewContacts = outcome.isChanged
  }

  /// Puts what does not count before an officer.
  ///
  /// - Returns: what the sender is told of it.
  func propose(_ word: Word, _ record: PupilRecord, of pupil: StoredPupil) throws -> PupilNote? {
    let proposal = statementProposal(record, pupil, word.proposed)
    guard !word.proposed.isEmpty else {
      if let open = try PupilChanges.open(proposal, in: db) {
        try PupilChanges.settle(open.number, .superseded, reason: nil, in: unit)
      }
      return nil
    }
    switch try PupilChanges.propose(proposal, word.stated, in: unit) {
    case .rejected: return .kept(word.proposed)
    case .open: return .proposed(word.proposed)
    case .new:
      try AdmissionLog.append(
        .proposed, pupil: pupil.number, Proposed(school: school, kind: .statement, fields: word.proposed), in: unit)
      return .proposed(word.proposed)
    }
  }

  private func statementProposal(
    _ record: PupilRecord, _ pupil: StoredPupil, _ fields: [PupilField]
  ) -> PupilChanges.Proposal {
    .init(pupil: pupil.number, school: school, kind: .statement, upn: record.upn, fields: fields, upload: upload)
  }

  /// Lets what a school said of a child count, as an officer decided. The time on roll stays as it is.
  ///
  /// - Returns: the child, and the numbers that lead to it.
  func accept(_ stated: PupilStatement, of pupil: StoredPupil) throws -> (pupil: StoredPupil, numbers: Set<String>) {
    let year = SchoolYear(containing: today)
    var word = Word(pupil: pupil.stating(stated, in: year), stated: stated)
    if let upn = stated.upn, try Pupils.find(upn: upn, in: db).map({ $0.number != pupil.number }) ?? false {
      throw Problem.conflict("number-taken", "The number now belongs to another child")
    }
    let numbers = PupilMatching.numbers(
      current: pupil.upn, sent: stated.upn ?? pupil.upn, sentBefore: false, formerSent: stated.formerUPN)
    word.pupil.upn = numbers.current
    try Pupils.updateIfChanged(word.pupil, from: pupil, in: db)
    for former in numbers.former.sorted() {
      _ = try Pupils.addFormer(former, of: pupil.number, until: today, in: db)
    }
    if let contacts = stated.contacts {
      let source = Contacts.Source(school: school, holdsChild: false, mayLower: true)
      let outcome = try Contacts.replace(
        of: pupil.number, with: contacts, isWhole: stated.areContactsWhole ?? true, by: source, on: today, in: db)
      if outcome.isLowered { try registers.protectionLowered(of: pupil.number, .contact, in: unit) }
      if outcome.isChanged { try FamilyLinks(unit: unit).contactsChanged(of: pupil) }
    }
    if pupil.addressProtected, !word.pupil.addressProtected {
      try registers.protectionLowered(of: pupil.number, .address, in: unit)
    }
    if !word.pupil.isPublishedLike(pupil) {
      for place in try Pupils.registrations(of: pupil.number, in: db) {
        try unit.publishPlace(of: word.pupil, place)
      }
    }
    return (word.pupil, try Pupils.numbers(of: word.pupil, in: db))
  }
}

extension PupilRecord {
  /// The parts of a child's record of which it says something else. What it does not say, and what is not known yet,
  /// does not differ; neither does a protection that is raised.
  func differing(from pupil: StoredPupil, in year: SchoolYear) -> [PupilField] {
    var fields: [PupilField] = []
    func isOther(_ known: String, _ sent: String) -> Bool { NameSpelling.kept(known, sent: sent) != known }
    if isOther(pupil.givenName, givenName) { fields.append(.givenName) }
    if isOther(pupil.familyName, familyName) { fields.append(.familyName) }
    if dateOfBirth != pupil.dateOfBirth { fields.append(.dateOfBirth) }
    for field in PupilField.details {
      if let sent = said[field], let known = pupil.details[field], sent != known { fields.append(field) }
    }
    if let yearGroup = said.yearGroup, let known = pupil.yearGroup(in: year)?.text ?? pupil.yearGroup,
      yearGroup.text != known
    {
      fields.append(.yearGroup)
    }
    if said.addressProtected == false, pupil.addressProtected { fields.append(.addressProtected) }
    return fields
  }
}

extension Caller {
  /// Whether the caller may take away what protects a child.
  var mayLowerProtections: Bool { role == .attendanceOfficer || role == .cmeOfficer }
}
