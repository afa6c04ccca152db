import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit
import Store

/// Returns that schools file, and those that they owe (2024 Regulations reg 13).
struct ReturnRoutes: Sendable {
  let registers: Registers

  /// What is asked for.
  private enum State: String, Codable, Sendable, CaseIterable { case due, overdue, filed }

  private static let users = Policy.roles(.school, .attendanceOfficer, .cmeOfficer, reach: .ownSchool)
  private static let formBytes = 8 << 10
  private static let noteBytes = 2_000
  private static let state = QueryParameter<State>("state", "Which returns.")
  private static let before = QueryParameter.before("The number before which a page of filed ones begins.")

  private struct Form: Codable, Sendable {
    let pupil: PupilID
    let kind: ReturnKind
    /// Today when absent.
    let filedOn: Day?
    /// Which finding it answers, as the list of what is due names it; the newest when absent.
    let finding: String?
    let note: String?
  }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/schools/{urn}/returns", Self.users, "File a return about a child (reg 13)", upTo: Self.formBytes, file)
    router.read(
      "/schools/{urn}/returns", Self.users, "The returns that a school owes, or has filed",
      query: [Self.state.about, Self.before.about], returns)
  }

  /// The same again has no second effect.
  private func file(_ call: Call, _ form: Form) async throws -> Remembered<FiledReturn> {
    let school = try call.school
    let stated = form.finding.flatMap(Findings.number)
    var faults = Faults()
    let note = faults.text(form.note, "/note", bytes: 0...Self.noteBytes)
    faults.require(
      form.finding == nil || stated != nil, "/finding", "must be the identifier of a finding, for example f12")
    try faults.refuse()
    return try await registers.write(call.edit) { unit in
      try Registers.requireSchool(school, in: unit.db)
      let pupil = try Pupils.find(form.pupil, in: unit.db).orNotFound("Pupil")
      let here = try Pupils.registrations(of: pupil.number, in: unit.db).filter { $0.school == school }
      let answered = try stated.map { try Self.answered($0, form.kind, here, unit.db) }
      let about = try answered?.place ?? Self.registration(form.kind, here, unit.db)
      let registration = try about.orNotFound("Pupil")
      let filedOn = form.filedOn ?? unit.today
      guard filedOn <= unit.today, filedOn >= registration.enteredOn ?? registration.enrolledOn else {
        throw Problem.invalid([.init("/filedOn", "must be from the day of entry to today")])
      }
      let (finding, dueOn) =
        try answered.map { ($0.finding.number, $0.finding.dueOn) }
        ?? Self.expectation(form.kind, Pupils.Line(registration: registration, pupil: pupil), unit.db)
      let name = finding.map(Findings.name)
      if let before = try Self.same(form.kind, registration, name, filedOn, unit.db) { return before }
      let number = try unit.insert(
        "returns",
        [
          "registration": registration.number, "kind": form.kind.rawValue, "finding": finding, "due_on": dueOn,
          "filed_on": filedOn, "note": note,
        ])
      try unit.audit(.pupilReturnWritten, ofPupil: pupil.number)
      let event = ReturnFiled(
        pupil: pupil.id, school: school, kind: form.kind, filedOn: filedOn, dueOn: dueOn, finding: name)
      try unit.publish(event, subject: school.text)
      return FiledReturn(
        number: number, pupil: pupil.id, kind: form.kind, filedOn: filedOn, dueOn: dueOn, finding: name, note: note)
    }
  }

  /// What a return says that it answers, and the time on roll that it is of.
  private static func answered(
    _ number: Int64, _ kind: ReturnKind, _ here: [Registration], _ db: Database
  ) throws -> (finding: Returns.OpenFinding, place: Registration) {
    guard let found = try Returns.openFinding(number, in: db), kind.answers == found.kind,
      let place = here.first(where: { $0.number == found.registration })
    else {
      throw Problem.invalid([
        .init("/finding", "must be an open finding about this child at this school that this kind of return answers")
      ])
    }
    return (found, place)
  }

  /// The time on roll that a return is about: for a deletion the newest that ended, for what was found the newest that
  /// owes it, else the newest.
  private static func registration(
    _ kind: ReturnKind, _ here: [Registration], _ db: Database
  ) throws -> Registration? {
    func found(_ kind: FindingKind) throws -> Registration? {
      let found = try here.compactMap { registration in
        try Returns.newestFinding(kind, of: registration.number, in: db).map { (registration, $0.number) }
      }
      let owed = try found.last { registration, finding in
        try !Returns.filed(registration.number, in: db).contains { $0.finding == Findings.name(finding) }
      }
      // When all are answered, the same again is the newest answer.
      return (owed ?? found.last)?.0
    }
    return switch kind {
    case .newPupil: here.last
    case .deletion: here.last { $0.leftOn != nil } ?? here.last
    case .attendance, .sickness: try kind.answers.flatMap(found) ?? here.last
    }
  }

  private static func expectation(
    _ kind: ReturnKind, _ line: Pupils.Line, _ db: Database
  ) throws -> (finding: Int64?, dueOn: Day?) {
    if let answers = kind.answers {
      let found = try Returns.newestFinding(answers, of: line.registration.number, in: db)
      return (found?.number, found?.dueOn)
    }
    let school = line.registration.school
    let expectations = try ReturnExpectations(Pupils.lines(of: school, in: db), at: school, in: db)
    return (nil, kind == .newPupil ? expectations.newPupilDue(line.place) : expectations.deletionDue(line.place))
  }

  /// The return that says the same: of a place there is one of a kind, of a finding one, of neither one a day.
  private static func same(
    _ kind: ReturnKind, _ registration: Registration, _ finding: String?, _ filedOn: Day, _ db: Database
  ) throws -> FiledReturn? {
    try Returns.filed(registration.number, in: db).first { filed in
      guard filed.kind == kind else { return false }
      return kind.answers == nil || filed.finding == finding && (finding != nil || filed.filedOn == filedOn)
    }
  }

  /// The most of one answer.
  private static let pageSize = 1_000

  private func returns(_ call: Call) async throws -> Page<FiledReturn> {
    let (school, state, number) = (try call.school, try call[Self.state], try call[Self.before])
    return try await registers.read(.schoolReturnsRead, of: school, by: call.caller) { unit in
      guard state == .filed else {
        let expected = try Self.expected(school, unit.db).filter { ($0.dueOn < unit.today) == (state == .overdue) }
        return Page([], .init(school: school, expected: expected), next: nil)
      }
      let filed = try Returns.filed(at: school, before: number, limit: Self.pageSize, in: unit.db)
      return Page(filed, of: Self.pageSize, .init(school: school, expected: []), endsAt: \.number) { $0 }
    }
  }

  private static func expected(_ school: URN, _ db: Database) throws -> [ExpectedReturn] {
    let lines = try Pupils.lines(of: school, in: db)
    let expectations = try ReturnExpectations(lines, at: school, in: db)
    let entered = try Returns.registrations(at: school, with: .newPupil, in: db)
    let deleted = try Returns.registrations(at: school, with: .deletion, in: db)
    var expected: [ExpectedReturn] = []
    for line in lines {
      let number = line.registration.number
      if !entered.contains(number), let due = expectations.newPupilDue(line.place) {
        expected.append(.init(pupil: line.pupil.id, kind: .newPupil, dueOn: due, finding: nil))
      }
      if !deleted.contains(number), let due = expectations.deletionDue(line.place) {
        expected.append(.init(pupil: line.pupil.id, kind: .deletion, dueOn: due, finding: nil))
      }
    }
    let pupils = Dictionary(uniqueKeysWithValues: lines.map { ($0.registration.number, $0.pupil.id) })
    expected += try Returns.openFindings(at: school, in: db).compactMap { finding in
      guard let pupil = pupils[finding.registration], let due = finding.dueOn,
        let kind = ReturnKind.allCases.first(where: { $0.answers == finding.kind })
      else { return nil }
      return .init(pupil: pupil, kind: kind, dueOn: due, finding: Findings.name(finding.number))
    }
    return expected.sorted { ($0.dueOn, $0.pupil, $0.kind.rawValue) < ($1.dueOn, $1.pupil, $1.kind.rawValue) }
  }
}
