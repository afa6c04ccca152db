import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import Search
import ServiceKit
import Store

/// Pairs of records that may be one child: a person looks at both and decides.
struct DecideMatches: Sendable {
  let registers: Registers

  /// The most pairs of one answer.
  static let pageSize = 50

  /// A pair that waits.
  struct Pair: Listed {
    struct Facts: Codable, Sendable {
      let id: PupilID
      let upn: UPN
      let formerUPNs: [UPN]
      let givenName, familyName: String
      let dateOfBirth: Day
      let sex: Sex?
      let places: [RollPlace]
    }

    static let list = "pairs"

    let number: Int64
    let grounds: [PupilMatching.Ground]
    /// The older record first.
    let records: [Facts]
  }

  /// The pairs that wait, oldest first. Every record shown is on record as read. A pair is of two schools
  /// mostly, so the routes are for callers who work for the whole authority.
  func open(after number: Int64, by caller: Caller) async throws -> Page<Pair> {
    return try await registers.write(by: caller) { unit in
      let pairs = try MatchCandidates.open(after: number, limit: Self.pageSize, in: unit.db)
      let page = try Page(pairs, of: Self.pageSize, endsAt: \.number) { pair in
        Pair(
          number: pair.number, grounds: pair.grounds,
          records: try [pair.pupil, pair.other].map { try Self.facts($0, unit.db) })
      }
      for id in Set(page.lines.flatMap { $0.records.map(\.id) }).sorted() { try unit.audit(.pupilMatchRead, of: id) }
      return page
    }
  }

  private static func facts(_ number: Int64, _ db: Database) throws -> Pair.Facts {
    let pupil = try Pupils.find(number: number, in: db).orDamaged()
    return Pair.Facts(
      id: pupil.id, upn: pupil.upn, formerUPNs: try Pupils.formerUPNs(of: number, in: db), givenName: pupil.givenName,
      familyName: pupil.familyName, dateOfBirth: pupil.dateOfBirth, sex: pupil.sex,
      places: try Pupils.registrations(of: number, in: db).map(RollPlace.init))
  }

  /// What was decided.
  struct Decision: Codable, Sendable {
    let number: Int64
    let state: MatchCandidates.State
    /// The identifier that stays, when the records are one now.
    let pupil: PupilID?
    /// The identifier that is no longer used.
    let merged: PupilID?
  }

  private struct Merged: Encodable {
    let pupil: PupilID
    let merged: PupilID
    let match: Int64
    let reason: String
  }

  /// Writes down that two records are one child, and makes them one, or that they are two.
  ///
  /// - Throws: `Problem` not found; a conflict when the pair was decided otherwise, or when both were on one school's
  ///   roll on the same day and so cannot be one child.
  func decide(
    _ number: Int64, same isSame: Bool, reason: String, by edit: Edit
  ) async throws -> Remembered<Decision> {
    try await registers.write(edit) { [registers] unit in
      guard let pair = try MatchCandidates.find(number, in: unit.db),
        let pupil = try Pupils.find(number: pair.pupil, in: unit.db),
        let other = try Pupils.find(number: pair.other, in: unit.db)
      else { throw Problem.notFound("Match") }
      let state: MatchCandidates.State = isSame ? .same : .different
      let decision = Decision(
        number: number, state: state, pupil: isSame ? pupil.id : nil, merged: isSame ? other.id : nil)
      guard pair.state == .open else {
        guard pair.state == state else {
          throw Problem.conflict("decided", "Someone already decided this pair the other way")
        }
        return decision
      }
      if isSame {
        let moved = try Pupils.registrations(of: other.number, in: unit.db)
        let kept = try Pupils.registrations(of: pupil.number, in: unit.db)
        guard !moved.contains(where: { $0.meets(kept) }), try !PupilMerge.isBarred(other, into: pupil, in: unit.db)
        else {
          throw Problem.conflict(
            "same-roll", "Both records were on the same school's roll on the same day, so they are two children")
        }
        try PupilMerge.merge(other, into: pupil, on: unit.today, in: unit)
        for record in [pupil, other] {
          try AdmissionLog.append(
            .merged, pupil: record.number, Merged(pupil: pupil.id, merged: other.id, match: number, reason: reason),
            in: unit)
        }
        try unit.publish(
          PupilsMerged(pupil: pupil.id, merged: other.id), subject: pupil.id.text)
        try Flags.publishConcerns(of: pupil, in: unit)
        try Persons.publishContacts(of: pupil, in: unit)
        let change = RollChange(registers: registers, unit: unit)
        let numbers = Set(
          try Pupils.formerUPNs(of: pupil.number, in: unit.db).map(\.text) + [pupil.upn.text, other.upn.text])
        for school in Set((moved + kept).map(\.school)).sorted() {
          _ = try change.entries(of: [pupil.id], numbers, at: school)
          try change.tellAgain(pupil.id, at: school)
        }
      }
      if !isSame {
        for record in [pupil, other] {
          try unit.audit(.pupilMatchWritten, ofPupil: record.number)
        }
      }
      try MatchCandidates.decide(number, state, reason: reason, in: unit)
      return decision
    }
  }
}
