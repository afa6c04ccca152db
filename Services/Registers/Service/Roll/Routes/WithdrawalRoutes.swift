import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit
import Store

/// Takes entries of the admission register back that were made by mistake. That is no deletion (reg 9(1)): the child was
/// never a pupil of the school, so that no ground is asked for and no return is owed. The entry stays on record with its
/// marks, which count nowhere.
struct WithdrawalRoutes: Sendable {
  let registers: Registers

  private static let officers = Policy.roles(.attendanceOfficer, .cmeOfficer, reach: .ownSchool)
  private static let listBytes = 512 << 10
  private static let reasonBytes = 500
  /// The most entries of one request.
  private static let most = 5_000

  private struct Form: Codable, Sendable {
    struct Named: Codable, Sendable {
      let pupil: PupilID
      /// The first day on roll, where the child has several times on this roll.
      let enrolledOn: Day?
    }

    let entries: [Named]?
    /// The upload's name, as its answer told it.
    let upload: String?
    let reason: String
  }

  private struct Answer: Codable, Sendable {
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
  private struct Line: Listed {
    struct Head: Codable, Sendable { let school: URN }

    static let list = "entries"

    let pupil: PupilID
    let enrolledOn: Day
    let leftOn: Day?
    let at: Timestamp
    /// Who took it back: opaque.
    let actor, role: String
    let reason: String

    init(_ row: Row) throws {
      (pupil, enrolledOn, leftOn) = (try row.get("id"), try row.get("enrolled_on"), try row.get("left_on"))
      (at, actor, role) = (try row.get("withdrawn_millis"), row["withdrawn_actor"], row["withdrawn_role"])
      reason = row["withdrawn_reason"]
    }
  }

  private struct Statement: Encodable {
    let school: URN
    let reason: String
  }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/schools/{urn}/withdrawals", Self.officers,
      "Take entries of the admission register back that were made by mistake: no deletion, no ground, no return",
      upTo: Self.listBytes, problems: [404, 409], takeBack)
    router.read(
      "/schools/{urn}/withdrawals", Self.officers, "The school's entries that were taken back as made by mistake",
      query: [.after], withdrawals)
  }

  private func withdrawals(_ call: Call) async throws -> Page<Line> {
    let (school, after) = (try call.school, try call.after)
    return try await registers.read(.schoolWithdrawalsRead, of: school, by: call.caller) { unit in
      let rows = try unit.db.rows(
        """
        SELECT r.*, p.id FROM registrations r JOIN pupils p ON p.number = r.pupil
        WHERE r.school = ? AND r.withdrawn_millis IS NOT NULL AND r.number > ? ORDER BY r.number LIMIT ?
        """, [school, after, Registers.pageSize])
      return try Page(rows, of: Registers.pageSize, .init(school: school), endsAt: { $0["number"] }, line: Line.init)
    }
  }

  private func takeBack(_ call: Call, _ form: Form) async throws -> Remembered<Answer> {
    let school = try call.school
    let named = form.entries ?? []
    let upload = form.upload.flatMap(PupilUploads.number)
    var faults = Faults()
    faults.require(named.count <= Self.most, "/entries", "must have at most \(Self.most) entries")
    faults.require(form.upload == nil || upload != nil, "/upload", "must be the name of an upload, for example u12")
    faults.require(form.upload != nil || !named.isEmpty, "/entries", "is required unless an upload is named")
    let reason = faults.text(form.reason, "/reason", bytes: 1...Self.reasonBytes)
    try faults.refuse()
    return try await registers.write(call.edit) { [registers] unit in
      try Registers.requireSchool(school, in: unit.db)
      var entries = try upload.map { try Pupils.registrations(ofUpload: $0, at: school, in: unit.db) } ?? []
      if upload != nil, entries.isEmpty { throw Problem.notFound("Upload") }
      for one in named {
        let entry = try Self.entry(one, school, unit.db)
        if !entries.contains(where: { $0.registration.number == entry.registration.number }) { entries.append(entry) }
      }
      let work = try SchoolWork(registers, school, unit)
      var touched = TouchedRolls()
      let lines = try entries.map { pupil, registration in
        try Self.withdraw(registration, of: pupil, reason: reason, work, &touched)
      }
      _ = try touched.settle(RollChange(registers: registers, unit: unit))
      return Answer(school: school, withdrawn: lines)
    }
  }

  private static func entry(
    _ named: Form.Named, _ school: URN, _ db: Database
  ) throws -> (pupil: Int64, registration: Registration) {
    let pupil = try Pupils.find(named.pupil, in: db).orNotFound("Pupil")
    let here = try Pupils.registrations(of: pupil.number, in: db).filter { registration in
      registration.school == school && (named.enrolledOn.map { registration.enrolledOn == $0 } ?? true)
    }
    let registration = try here.first.orNotFound("Pupil on this roll")
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
    for place in left where place == here.last || pupil.addressProtected { try unit.publishPlace(of: pupil, place) }
    if here.isEmpty, !left.isEmpty,
      try Contacts.end(statedBy: registration.school, of: number, on: work.today, in: db)
    {
      try Persons.publishContacts(of: pupil, in: unit)
    }
    touched.add(registration.school, pupil.id, try Pupils.numbers(of: pupil, in: db))
    return Answer.Line(
      pupil: pupil.id, enrolledOn: registration.enrolledOn,
      marks: try PupilYearTable.all(of: registration.number, in: db).reduce(0) { $0 + $1.countMarks })
  }
}
