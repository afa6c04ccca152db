import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit

/// Where prosecutions are begun and followed.
struct ProsecutionDesk: Sendable {
  let cases: CaseDesk<Prosecutions>
  let prosecutions: Prosecutions

  /// - Parameter directed: what follows when a court directs the authority to apply for a supervision order.
  init(
    _ notices: PenaltyNotices, timetable: Timetable, directed: @escaping Prosecutions.Directed = { _, _ in }
  ) {
    prosecutions = Prosecutions(
      notices: notices, noticeCases: CaseDesk(notices, timetable: timetable), directed: directed)
    cases = CaseDesk(prosecutions, timetable: timetable)
  }

  /// What a referral is about.
  struct Referral: Sendable {
    let person: PersonID
    let pupil: PupilID
    let school: URN
    /// The day on which an order was not complied with; `nil` where absences are charged.
    let breach: Day?
    let sessions: [ProposalGrounds.CountedSession]
    let circumstances: Set<Conflicts.Circumstance>
  }

  /// Begins a prosecution. Sessions that may not be charged are taken out at once.
  ///
  /// - Throws: ``CaseFlow/Refusal``; `Problem` not found for a person who is no parent of the child.
  func refer(
    _ referral: Referral, _ intent: Intent<Prosecution>, by actor: Actor<Prosecution.Role>, in unit: UnitOfWork
  ) throws -> StoredCase<Prosecution> {
    let (pupil, person) = (
      try Roll.current(referral.pupil, in: unit.db), try Roll.current(referral.person, in: unit.db)
    )
    guard try Roll.parents(of: pupil, in: unit.db).contains(where: { $0.id == person && $0.isParent }) else {
      throw Problem.notFound("Parent of the child")
    }
    let prosecution = try StoredProsecutions.insert(
      against: person, about: pupil, at: referral.school, breach: referral.breach, referral.circumstances,
      referral.sessions, in: unit.db)
    let charge = try prosecutions.matter(prosecution, in: unit).charge(unit)
    try StoredProsecutions.bar(charge.barred, of: prosecution.number, in: unit.db)
    let stored = try cases.open(intent, about: prosecution.subject, pupil, at: referral.school, by: actor, in: unit)
    try StoredProsecutions.setCase(stored.number, of: prosecution.number, in: unit.db)
    return stored
  }

  /// Takes sessions out of a charge that may not be in it: the full code test must be applied again (EN-21).
  func reduce(_ stored: inout StoredCase<Prosecution>, in unit: UnitOfWork) throws {
    guard let state = stored.file.state, Self.reducible.contains(state),
      let prosecution = try StoredProsecutions.find(subject: stored.subject, in: unit.db)
    else { return }
    let charge = try prosecutions.matter(prosecution, in: unit).charge(unit)
    guard !charge.barred.isEmpty else { return }
    try StoredProsecutions.bar(charge.barred, of: prosecution.number, in: unit.db)
    let evidence = charge.barred.sorted { $0.key < $1.key }.prefix(50).map { place, bar in
      "\(place.date.iso) \(place.session.rawValue) \(bar.rawValue)"
    }
    try cases.move(
      &stored, .attempt(.init(.act(.reduce), reason: "", evidence: evidence)), by: .program, in: unit)
  }

  private static let reducible = Prosecution.flow.rule(of: .reduce)?.from ?? []

  /// What is known of a child has changed: charges are looked at again, and every decision that rests on it goes back to a
  /// person.
  func factsChanged(of pupil: PupilID, in unit: UnitOfWork) throws {
    for var stored in try Cases<Prosecution>.all(of: pupil, in: unit.db) { try reduce(&stored, in: unit) }
    try cases.factsChanged(of: pupil, in: unit)
  }

  /// Runs a row of the timetable.
  ///
  /// - Returns: whether it is a prosecution's.
  func fire(_ name: String, in unit: UnitOfWork) throws -> Bool { try cases.fire(name, in: unit) }
}
