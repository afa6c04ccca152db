import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Search
import ServiceKit
import Store

/// Pairs of records that may be one child: a person looks at both and decides. A pair is of two schools mostly, so that
/// callers work for the whole authority.
struct MatchRoutes: Sendable {
  let registers: Registers

  private static let officers = Policy.roles(.attendanceOfficer, .cmeOfficer, reach: .wholeAuthority)
  private static let formBytes = 4 << 10
  /// The most pairs of one answer.
  private static let pageSize = 50

  private struct Form: Codable, Sendable { let reason: String }

  /// A pair that waits.
  private struct Pair: Listed {
    struct Facts: Codable, Sendable {
      let id: PupilID
      let upn: UPN
      let formerUPNs: [UPN]
      let givenName, familyName: String
      let dateOfBirth: Day
      let sex: Sex?
      let places: [RollPlace]

      init(_ number: Int64, _ db: Database) throws {
        let pupil = try Pupils.find(number: number, in: db).orDamaged()
        (id, upn, formerUPNs) = (pupil.id, pupil.upn, try Pupils.formerUPNs(of: number, in: db))
        (givenName, familyName) = (pupil.givenName, pupil.familyName)
        (dateOfBirth, sex) = (pupil.dateOfBirth, pupil.sex)
        places = try Pupils.registrations(of: number, in: db).map(RollPlace.init)
      }
    }

    static let list = "pairs"

    let number: Int64
    let grounds: [PupilMatching.Ground]
    /// The older record first.
    let records: [Facts]
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

  func add(to router: ServiceRouter) {
    router.read(
      "/matches", Self.officers, "Pairs of records that may be one child, with the facts of both", query: [.after],
      open)
    for (name, state, summary) in [
      ("same", MatchCandidates.State.same, "Two records are one child: make them one record"),
      ("different", .different, "Two records are two children: remember it"),
    ] {
      router.write(.post, "/matches/{number}/\(name)", Self.officers, summary, upTo: Self.formBytes) {
        (call: Call, form: Form) in
        try await decide(call.number("Match"), state, reason: Faults.reason(form.reason), by: call.edit)
      }
    }
  }

  /// The pairs that wait, oldest first. Every record shown is on record as read.
  private func open(_ call: Call) async throws -> Page<Pair> {
    let after = try call.after
    return try await registers.write(by: call.caller) { unit in
      let pairs = try MatchCandidates.open(after: after, limit: Self.pageSize, in: unit.db)
      let page = try Page(pairs, of: Self.pageSize, endsAt: \.number) { pair in
        Pair(
          number: pair.number, grounds: pair.grounds,
          records: try [pair.pupil, pair.other].map { try Pair.Facts($0, unit.db) })
      }
      try unit.audit(.pupilMatchRead, ofEach: page.lines.flatMap { $0.records.map(\.id) })
      return page
    }
  }

  /// Writes down that two records are one child, and makes them one, or that they are two.
  func decide(
    _ number: Int64, _ state: MatchCandidates.State, reason: String, by edit: Edit
  ) async throws -> Remembered<Decision> {
    try await registers.write(edit) { [registers] unit in
      guard let pair = try MatchCandidates.find(number, in: unit.db),
        let pupil = try Pupils.find(number: pair.pupil, in: unit.db),
        let other = try Pupils.find(number: pair.other, in: unit.db)
      else { throw Problem.notFound("Match") }
      let isSame = state == .same
      let decision = Decision(
        number: number, state: state, pupil: isSame ? pupil.id : nil, merged: isSame ? other.id : nil)
      guard pair.state == .open else {
        guard pair.state == state else {
          throw Problem.conflict("decided", "Someone already decided this pair the other way")
        }
        return decision
      }
      if isSame {
        let merged = Merged(pupil: pupil.id, merged: other.id, match: number, reason: reason)
        try Self.merge(other, into: pupil, merged, RollChange(registers: registers, unit: unit))
      } else {
        for record in [pupil, other] { try unit.audit(.pupilMatchWritten, ofPupil: record.number) }
      }
      try MatchCandidates.decide(number, state, reason: reason, in: unit)
      return decision
    }
  }

  private static func merge(
    _ other: StoredPupil, into pupil: StoredPupil, _ merged: Merged, _ change: RollChange
  ) throws {
    let unit = change.unit
    let moved = try Pupils.registrations(of: other.number, in: unit.db)
    let kept = try Pupils.registrations(of: pupil.number, in: unit.db)
    guard !moved.contains(where: { $0.meets(kept) }), try !PupilMerge.isBarred(other, into: pupil, in: unit.db) else {
      throw Problem.conflict(
        "same-roll", "Both records were on the same school's roll on the same day, so they are two children")
    }
    try PupilMerge.merge(other, into: pupil, on: unit.today, in: unit)
    for record in [pupil, other] { try AdmissionLog.append(.merged, pupil: record.number, merged, in: unit) }
    try unit.publish(PupilsMerged(pupil: pupil.id, merged: other.id), subject: pupil.id.text)
    try Flags.publishConcerns(of: pupil, in: unit)
    try Persons.publishContacts(of: pupil, in: unit)
    let numbers = try Pupils.numbers(of: pupil, in: unit.db).union([other.upn.text])
    for school in Set((moved + kept).map(\.school)).sorted() {
      _ = try change.entries(of: [pupil.id], numbers, at: school)
      try change.tellAgain(pupil.id, at: school)
    }
  }
}
