import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit
import Store

/// Parents and other contacts as persons: the name and the address of one for whoever makes a document, and which
/// identifiers are one person's. Names, postcode and telephone only propose that: an officer looks at both, decides, and
/// may take it back (interpretation *one parent*).
struct PersonRoutes: Sendable {
  let registers: Registers

  private static let readers = Policy.roles(
    .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, reach: .ownRecords)
  private static let officers = Policy.roles(.attendanceOfficer, .legalOfficer, .cmeOfficer, reach: .wholeAuthority)
  private static let state = QueryParameter(
    "state", .oneOf(PersonPairs.State.allCases.map(\.rawValue)), "What was decided; those that wait when left out.",
    { PersonPairs.State(rawValue: $0) }
  ).or(.open)
  private static let pupil = QueryParameter<PupilID>("pupil", "Only pairs with a contact of this child.").optional
  private static let formBytes = 4 << 10
  /// The most pairs of one answer.
  private static let pageSize = 50

  private struct Form: Codable, Sendable { let reason: String }

  private struct Join: Codable, Sendable {
    let person, other: PersonID
    let reason: String
  }

  /// A pair with what is known of both.
  private struct Pair: Listed {
    static let list = "pairs"

    let number: Int64
    let state: PersonPairs.State
    let grounds: [PersonGround]
    /// Why it was decided so last.
    let reason: String?
    /// As they were proposed, each without the identifiers that were joined to it.
    let persons: [PersonAnswer]
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/persons/{person}", Self.readers, "The name and the address of a parent or another contact, for a document",
      path: [.init("person", .person, "The person, under any of its identifiers.")], person)
    router.read(
      "/person-pairs", Self.officers, "Pairs of identifiers that may be one person's, with what is known of both",
      query: [Self.state.about, Self.pupil.about, .after], problems: [404], pairs)
    router.write(
      .post, "/person-pairs", Self.officers, "Say that two identifiers that were not proposed are one person's",
      upTo: Self.formBytes, problems: [404], join)
    for (name, state, summary) in [
      ("same", PersonPairs.State.same, "Two identifiers are one person's"),
      ("different", .different, "Two identifiers are two people's: remember it"),
      ("undo", .open, "Take back what was decided of two identifiers"),
    ] {
      router.write(.post, "/person-pairs/{number}/\(name)", Self.officers, summary, upTo: Self.formBytes) {
        (call: Call, form: Form) in
        let (number, reason) = (try call.number("Pair"), try Faults.reason(form.reason))
        return try await registers.write(call.edit) { unit in
          let pair = try PersonPairs.find(number, in: unit.db).orNotFound("Pair")
          return try PersonDecision(pair, state, reason, unit)
        }
      }
    }
  }

  /// A person under any identifier. The read is on record under the person and under each child of whom it tells.
  private func person(_ call: Call) async throws -> PersonAnswer {
    let id = try call.path("person", "Person") { PersonID($0) }
    return try await registers.readChild(by: call.caller) { unit in
      let current = try Persons.current(id, in: unit.db).orNotFound("Person")
      let person = try PersonAnswer(Persons.identifiers(of: current, in: unit.db), unit)
      guard !person.contacts.isEmpty else { throw Problem.notFound("Person") }
      try unit.audit(.personRead, of: current)
      try unit.audit(.pupilContactRead, ofEach: person.contacts.map(\.pupil))
      return person
    }
  }

  /// The pairs of a state, oldest first. Every child whose contacts are shown is on record as read.
  private func pairs(_ call: Call) async throws -> Page<Pair> {
    let (state, id, after) = (try call[Self.state], try call[Self.pupil], try call.after)
    return try await registers.write(by: call.caller) { unit in
      let pupil = try id.map { try ChildAccess($0, in: unit).pupil.number }
      let pairs = try PersonPairs.list(state, of: pupil, after: after, limit: Self.pageSize, in: unit.db)
      let page = try Page(pairs, of: Self.pageSize, endsAt: \.number) { pair in
        Pair(
          number: pair.number, state: pair.state, grounds: pair.grounds, reason: pair.reason,
          persons: try [pair.person, pair.other].map { try PersonAnswer([$0], unit) })
      }
      try unit.audit(.pupilContactRead, ofEach: page.lines.flatMap(\.persons).flatMap(\.contacts).map(\.pupil))
      return page
    }
  }

  /// Writes down that two identifiers are one person's that nobody proposed.
  private func join(_ call: Call, _ form: Join) async throws -> Remembered<PersonDecision> {
    let reason = try Faults.reason(form.reason)
    return try await registers.write(call.edit) { unit in
      guard form.person != form.other else { throw Problem.invalid([.init("/other", "must be another person")]) }
      for id in [form.person, form.other] { _ = try Persons.current(id, in: unit.db).orNotFound("Person") }
      let number = try PersonPairs.propose(form.person, form.other, [.stated], in: unit.db)
      let pair = try number.flatMap { try PersonPairs.find($0, in: unit.db) }.orDamaged()
      return try PersonDecision(pair, .same, reason, unit)
    }
  }
}

/// A person as the caller may know it.
private struct PersonAnswer: Codable, Sendable {
  /// What one school stated of the person as a contact of one child.
  struct Contact: Codable, Sendable {
    let pupil: PupilID
    let givenName, familyName, relation: String
    let parentalResponsibility, livesWith: Bool
    /// Absent where the address is protected from the caller.
    let telephone, email, address, postcode: String?
    let first: Day
    /// When the contact ended; absent while it lasts.
    let endedOn: Day?

    init(_ stored: StoredContact, of pupil: PupilID, isHidden: Bool) {
      func shown(_ text: String) -> String? { isHidden ? nil : text }
      let contact = stored.contact
      self.pupil = pupil
      (givenName, familyName, relation) = (contact.givenName, contact.familyName, contact.relation)
      (parentalResponsibility, livesWith) = (contact.parentalResponsibility, contact.livesWith)
      (telephone, email) = (shown(contact.telephone), shown(contact.email))
      (address, postcode) = (shown(contact.address), shown(contact.postcode))
      (first, endedOn) = (stored.first, stored.last)
    }
  }

  /// The identifier that stands for the person now.
  let id: PersonID
  /// All that the person has.
  let identifiers: [PersonID]
  /// Whether the person may be written to and called: every contact says so that lasts, or that there was when none
  /// lasts.
  let safeToContact: Bool
  /// Whether where the person lives must not be disclosed: one contact, or one child who lives there, is enough.
  let addressProtected: Bool
  /// Of the children that the caller may know, the newest statement first.
  let contacts: [Contact]

  private struct Pair: Hashable {
    let pupil: Int64
    let person: PersonID?
  }

  /// The person by the identifiers that are its own.
  init(_ identifiers: [PersonID], _ unit: UnitOfWork) throws {
    let stated = try identifiers.flatMap { try Contacts.all(ofPerson: $0, in: unit.db) }
    let standing = Dictionary(grouping: stated) { Pair(pupil: $0.pupil, person: $0.contact.person) }.values.compactMap {
      $0.map(\.contact).standing
    }
    let lasting = standing.filter { !$0.hasEnded }
    let counted = (lasting.isEmpty ? standing : lasting).map(\.contact)
    var isProtected = counted.contains(where: \.addressProtected)
    var known: [(child: ChildAccess, contact: StoredContact)] = []
    for (number, contacts) in Dictionary(grouping: stated, by: \.pupil) {
      let pupil = try Pupils.find(number: number, in: unit.db).orDamaged()
      let family = try Contacts.inForce(of: number, on: unit.today, in: unit.db).map(\.contact)
      isProtected = isProtected || AdmissionEntry.isHomeProtected(pupil, family)
      do {
        let child = try ChildAccess(pupil.id, in: unit)
        known += contacts.map { (child, $0.contact) }
      } catch is Problem {}
    }
    (id, self.identifiers) = (identifiers[0], identifiers)
    safeToContact = counted.allSatisfy(\.safeToContact)
    addressProtected = isProtected
    contacts = known.sorted { $0.contact.number > $1.contact.number }.map { [isProtected] child, contact in
      Contact(contact, of: child.pupil.id, isHidden: isProtected && !child.seesProtected)
    }
  }
}

/// What is decided of a pair: that it is one person, that it is two, or that nothing is (`open`).
private struct PersonDecision: Codable, Sendable {
  let number: Int64
  let state: PersonPairs.State
  /// The identifiers that stand now for the two of the pair, which are the same while they are one person's.
  let person, other: PersonID

  /// Writes it down, and merges or parts the two.
  ///
  /// - Throws: `Problem` conflict when the pair was decided otherwise, or when other decisions say the opposite.
  init(_ pair: PersonPairs.Pair, _ state: PersonPairs.State, _ reason: String, _ unit: UnitOfWork) throws {
    if pair.state != state {
      guard pair.state == .open || state == .open else {
        throw Problem.conflict(
          "decided", "Someone already decided this pair the other way", detail: "Take that decision back first.")
      }
      if state != .open { try Self.requireAgreement(pair, state, unit.db) }
      try PersonPairs.decide(pair.number, state, reason: reason, in: unit)
      for person in [pair.person, pair.other] { try unit.audit(.personPairWritten, of: person) }
      if state == .same { try Self.merge(pair, unit) }
      if pair.state == .same { try Self.part(pair, unit) }
    }
    (number, self.state) = (pair.number, state)
    (person, other) = try Self.current(pair, unit.db)
  }

  private static func current(_ pair: PersonPairs.Pair, _ db: Database) throws -> (PersonID, PersonID) {
    (try Persons.current(pair.person, in: db).orDamaged(), try Persons.current(pair.other, in: db).orDamaged())
  }

  private static func requireAgreement(_ pair: PersonPairs.Pair, _ state: PersonPairs.State, _ db: Database) throws {
    let (one, two) = try current(pair, db)
    if state == .different, one == two {
      throw Problem.conflict(
        "joined", "Other decisions make these one person", detail: "Take one of them back first.")
    }
    if state == .same, one != two, try PersonPairs.areApart(one, two, in: db) {
      throw Problem.conflict(
        "kept-apart", "Another decision says that these are two people", detail: "Take that decision back first.")
    }
  }

  private static func merge(_ pair: PersonPairs.Pair, _ unit: UnitOfWork) throws {
    let (one, two) = try current(pair, unit.db)
    guard one != two else { return }
    let (kept, merged) = (min(one, two), max(one, two))
    try Persons.set(kept, for: Persons.identifiers(of: merged, in: unit.db), in: unit.db)
    try unit.publish(PersonsMerged(person: kept, merged: merged), subject: kept.text)
  }

  /// Parts the two of a pair, unless other decisions join them still.
  private static func part(_ pair: PersonPairs.Pair, _ unit: UnitOfWork) throws {
    let (kept, _) = try current(pair, unit.db)
    let links = try PersonPairs.links(of: kept, in: unit.db)
    let parts = [pair.person, pair.other].map { PersonLink.joined(to: $0, by: links) }
    guard let parted = parts.first(where: { !$0.contains(kept) }), let first = parted.first else { return }
    try Persons.set(first, for: parted, in: unit.db)
    try unit.publish(PersonsParted(person: kept, parted: parted), subject: kept.text)
  }
}
