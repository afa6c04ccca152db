import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Takes entries of the admission register back that were made by mistake. That is no deletion (reg 9(1)): the child was
/// never a pupil of the school, so that no ground is asked for and no return is owed. The entry stays on record with its
/// marks, which count nowhere.
struct WithdrawEntries: Sendable {
  let registers: Registers

  /// The most of one request.
  static let most = 5_000

  /// One entry to be taken back.
  struct Named: Codable, Sendable {
    let pupil: PupilID
    /// The first day on roll, where the child has several times on this roll.
    let enrolledOn: Day?
  }

  struct Answer: Codable, Sendable {
    struct Line: Codable, Sendable {
      let pupil: PupilID
      let enrolledOn: Day
      /// How many marks were entered under it: they stay in the log and count nowhere.
      let marks: Int
    }

    let school: URN
    let withdrawn: [Line]
  }

  /// An entry that was taken back.
  struct Line: Listed {
    struct Head: Codable, Sendable { let school: URN }

    static let list = "entries"

    let pupil: PupilID
    let enrolledOn: Day
    let leftOn: Day?
    let at: Timestamp
    /// Who took it back: opaque.
    let actor, role: String
    let reason: String
  }

  private struct Statement: Encodable {
    let school: URN
    let reason: String
  }

  /// Takes back the entries that are named, or all that an upload made.
  ///
  /// - Throws: `Problem` not found when the school, the upload or a child on its roll is unknown; a conflict when a child
  ///   has several times on the roll and none is named.
  func callAsFunction(
    _ named: [Named], upload: Int64?, reason: String, at school: URN, by edit: Edit
  ) async throws -> Remembered<Answer> {
    try await registers.write(edit) { [registers] unit in
      try Registers.requireSchool(school, in: unit.db)
      var entries = try upload.map { try Pupils.registrations(ofUpload: $0, at: school, in: unit.db) } ?? []
      if upload != nil, entries.isEmpty { throw Problem.notFound("Upload") }
      for one in named {
        let entry = try Self.entry(one, school, unit.db)
        if !entries.contains(where: { $0.registration.number == entry.registration.number }) { entries.append(entry) }
      }
      let known = SchoolWork(
        registers: registers, school: school, known: try registers.cache.known(school, in: unit.db), unit: unit)
      var touched = TouchedRolls()
      let lines = try entries.map { pupil, registration in
        try Self.withdraw(registration, of: pupil, reason: reason, known, &touched)
      }
      _ = try touched.settle(RollChange(registers: registers, unit: unit))
      return Answer(school: school, withdrawn: lines)
    }
  }

  private static func entry(
    _ named: Named, _ school: URN, _ db: Database
  ) throws -> (pupil: Int64, registration: Registration) {
    guard let pupil = try Pupils.find(named.pupil, in: db) else { throw Problem.notFound("Pupil") }
    let here = try Pupils.registrations(of: pupil.number, in: db).filter { registration in
      registration.school == school && (named.enrolledOn.map { registration.enrolledOn == $0 } ?? true)
    }
    guard let registration = here.first else { throw Problem.notFound("Pupil on this roll") }
    guard here.count == 1 else {
      throw Problem.conflict(
        "several-times", "The child has more than one registration at this school",
        detail: "Give the first day of the one you mean as enrolledOn.")
    }
    return (pupil.number, registration)
  }

  private static func withdraw(
    _ registration: Registration, of number: Int64, reason: String, _ work: SchoolWork, _ touched: inout TouchedRolls
  ) throws -> Answer.Line {
    let (unit, db) = (work.unit, work.db)
    let pupil = try Pupils.find(number: number, in: db).orDamaged()
    try JudgeFindings(work: work).lapseAll(of: registration.number, pupil.id)
    try Pupils.withdraw(registration.number, reason: reason, in: unit)
    try AdmissionLog.append(
      .withdrawn, pupil: number, registration: registration.number,
      Statement(school: registration.school, reason: reason), in: unit)
    try unit.publish(
      RegistrationWithdrawn(pupil: pupil.id, school: registration.school, registration: registration.number),
      subject: registration.school.text)
    let left = try Pupils.registrations(of: number, in: db)
    let here = left.filter { $0.school == registration.school }
    // Who keeps one line of a child and school learns that it goes on; a protection stands on every roll.
    for place in left where place == here.last || pupil.addressProtected {
      try unit.publishEntry(of: pupil, place)
      try unit.publishLeaving(of: pupil, place)
    }
    if here.isEmpty, !left.isEmpty,
      try Contacts.end(statedBy: registration.school, of: number, on: work.today, in: db)
    {
      try Persons.publishContacts(of: pupil, in: unit)
    }
    let numbers = Set(try Pupils.formerUPNs(of: number, in: db).map(\.text) + [pupil.upn.text])
    touched.add(registration.school, pupil.id, numbers)
    return Answer.Line(
      pupil: pupil.id, enrolledOn: registration.enrolledOn,
      marks: try PupilYearTable.all(of: registration.number, in: db).reduce(0) { $0 + $1.countMarks })
  }

  /// A school's entries that were taken back. Reading them is on record.
  func list(_ school: URN, after number: Int64, by caller: Caller) async throws -> Page<Line> {
    try await registers.read(.schoolWithdrawalsRead, of: school, by: caller) { unit in
      let lines = try Pupils.withdrawals(of: school, after: number, limit: ReadSchool.pageSize, in: unit.db)
      return Page(lines, of: ReadSchool.pageSize, .init(school: school), endsAt: \.registration.number) {
        Line(
          pupil: $0.pupil, enrolledOn: $0.registration.enrolledOn, leftOn: $0.registration.leftOn, at: $0.at,
          actor: $0.actor, role: $0.role, reason: $0.reason)
      }
    }
  }
}
