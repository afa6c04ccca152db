import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Pairs of identifiers that may be one person's: an officer looks at both and decides, and may take it back. Names,
/// postcode and telephone only propose (interpretation *one parent*).
struct DecidePersons: Sendable {
  let registers: Registers

  /// The most pairs of one answer.
  static let pageSize = 50

  /// A pair with what is known of both.
  struct Pair: Listed {
    static let list = "pairs"

    let number: Int64
    let state: PersonPairs.State
    let grounds: [PersonGround]
    /// Why it was decided so last.
    let reason: String?
    /// As they were proposed, each without the identifiers that were joined to it.
    let persons: [ReadPerson.Person]
  }

  /// The pairs of a state, oldest first. Every child whose contacts are shown is on record as read.
  ///
  /// - Throws: `Problem` not found when the child is unknown.
  func list(
    _ state: PersonPairs.State, of id: PupilID?, after number: Int64, by caller: Caller
  ) async throws -> Page<Pair> {
    try await registers.write(by: caller) { unit in
      let pupil = try id.map { try ChildAccess($0, in: unit).pupil.number }
      let pairs = try PersonPairs.list(state, of: pupil, after: number, limit: Self.pageSize, in: unit.db)
      let page = try Page(pairs, of: Self.pageSize, endsAt: \.number) { pair in
        Pair(
          number: pair.number, state: pair.state, grounds: pair.grounds, reason: pair.reason,
          persons: try [pair.person, pair.other].map { try ReadPerson.person([$0], unit) })
      }
      let shown = page.lines.flatMap(\.persons).flatMap(\.contacts).map(\.pupil)
      for pupil in Set(shown).sorted() { try unit.audit(.pupilContactRead, of: pupil) }
      return page
    }
  }

  /// What was decided.
  struct Decision: Codable, Sendable {
    let number: Int64
    let state: PersonPairs.State
    /// The identifiers that stand now for the two of the pair, which are the same while they are one person's.
    let person, other: PersonID
  }

  /// Writes down that two identifiers are one person's or are not, or takes what was decided back (`open`).
  ///
  /// - Throws: `Problem` not found; a conflict when the pair was decided otherwise, or when other decisions say the
  ///   opposite.
  func decide(
    _ number: Int64, _ state: PersonPairs.State, reason: String, by edit: Edit
  ) async throws -> Remembered<Decision> {
    try await registers.write(edit) { unit in
      guard let pair = try PersonPairs.find(number, in: unit.db) else { throw Problem.notFound("Pair") }
      return try Self.decide(pair, state, reason, unit)
    }
  }

  /// Writes down that two identifiers are one person's that nobody proposed.
  ///
  /// - Throws: `Problem` not found when one is unknown; 422 when they are one identifier; a conflict as for
  ///   ``decide(_:_:reason:by:)``.
  func join(_ person: PersonID, _ other: PersonID, reason: String, by edit: Edit) async throws -> Remembered<Decision> {
    try await registers.write(edit) { unit in
      guard person != other else { throw Problem.invalid([.init("/other", "must be another person")]) }
      for id in [person, other] where try Persons.current(id, in: unit.db) == nil { throw Problem.notFound("Person") }
      guard
        let number = try PersonPairs.propose(person, other, [.stated], in: unit.db),
        let pair = try PersonPairs.find(number, in: unit.db)
      else { throw DatabaseError.damaged }
      return try Self.decide(pair, .same, reason, unit)
    }
  }

  private static func decide(
    _ pair: PersonPairs.Pair, _ state: PersonPairs.State, _ reason: String, _ unit: UnitOfWork
  ) throws -> Decision {
    if pair.state != state {
      guard pair.state == .open || state == .open else {
        throw Problem.conflict(
          "decided", "Someone already decided this pair the other way", detail: "Take that decision back first.")
      }
      if state != .open { try requireAgreement(pair, state, unit.db) }
      try PersonPairs.decide(pair.number, state, reason: reason, in: unit)
      for person in [pair.person, pair.other] { try unit.audit(.personPairWritten, of: person) }
      if state == .same { try merge(pair, unit) }
      if pair.state == .same { try part(pair, unit) }
    }
    return Decision(
      number: pair.number, state: state, person: try current(pair.person, unit.db),
      other: try current(pair.other, unit.db))
  }

  private static func current(_ person: PersonID, _ db: Database) throws -> PersonID {
    let current = try Persons.current(person, in: db).orDamaged()
    return current
  }

  /// - Throws: `Problem` conflict when other decisions say the opposite.
  private static func requireAgreement(_ pair: PersonPairs.Pair, _ state: PersonPairs.State, _ db: Database) throws {
    let (one, two) = (try current(pair.person, db), try current(pair.other, db))
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
    let (one, two) = (try current(pair.person, unit.db), try current(pair.other, unit.db))
    guard one != two else { return }
    let (kept, merged) = (min(one, two), max(one, two))
    try Persons.set(kept, for: Persons.identifiers(of: merged, in: unit.db), in: unit.db)
    try unit.publish(PersonsMerged(person: kept, merged: merged), subject: kept.text)
  }

  /// Parts the two of a pair, unless other decisions join them still.
  private static func part(_ pair: PersonPairs.Pair, _ unit: UnitOfWork) throws {
    let kept = try current(pair.person, unit.db)
    let links = try PersonPairs.links(of: kept, in: unit.db)
    let parts = [pair.person, pair.other].map { PersonLink.joined(to: $0, by: links) }
    guard let parted = parts.first(where: { !$0.contains(kept) }), let first = parted.first else { return }
    try Persons.set(first, for: parted, in: unit.db)
    try unit.publish(PersonsParted(person: kept, parted: parted), subject: kept.text)
  }
}
