import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Returns that schools file, and those that they owe (2024 Regulations reg 13).
struct KeepReturns: Sendable {
  let registers: Registers

  /// What a school files.
  struct Filing: Sendable {
    let pupil: PupilID
    let kind: ReturnKind
    /// Today when it is not said.
    let filedOn: Day?
    /// What was found and is answered; the newest when it is not said.
    var finding: Int64?
    let note: String
  }

  /// A return as it is kept.
  struct Filed: Listed {
    struct Head: Codable, Sendable {
      let school: URN
      let expected: [Expected]
    }

    static let list = "filed"
    static let cursor = "before"

    let number: Int64
    let pupil: PupilID
    let kind: ReturnKind
    let filedOn: Day
    let dueOn: Day?
    /// The finding that it answers.
    let finding: String?
    let note: String

    /// What is owed, where that was asked for.
    static func sheet(of page: Page<Self>) throws -> (name: String, bytes: [UInt8]) {
      let owed = page.head.expected
      return ("returns", try owed.isEmpty ? LineTable.bytes(page.lines) : LineTable.bytes(owed))
    }
  }

  /// A return that is expected.
  struct Expected: Codable, Sendable {
    let pupil: PupilID
    let kind: ReturnKind
    let dueOn: Day
    let finding: String?
  }

  /// What is asked for.
  enum State: String, Sendable, CaseIterable { case due, overdue, filed }

  static let pageSize = 1_000

  /// Files a return. The same again has no second effect.
  ///
  /// - Throws: `Problem` not found when the child never was on the school's roll; 422 when the day cannot be, or when what
  ///   is answered is not open or asks for no such return.
  func file(_ filing: Filing, at school: URN, by edit: Edit) async throws -> Remembered<Filed> {
    return try await registers.write(edit) { unit in
      try Registers.requireSchool(school, in: unit.db)
      guard let pupil = try Pupils.find(filing.pupil, in: unit.db) else { throw Problem.notFound("Pupil") }
      let here = try Pupils.registrations(of: pupil.number, in: unit.db).filter { $0.school == school }
      let answered = try filing.finding.map { try Self.answered($0, filing.kind, here, unit.db) }
      let about = try answered?.place ?? Self.registration(filing.kind, here, unit.db)
      guard let registration = about else { throw Problem.notFound("Pupil") }
      let filedOn = filing.filedOn ?? unit.today
      guard filedOn <= unit.today, filedOn >= registration.enteredOn ?? registration.enrolledOn else {
        throw Problem.invalid([.init("/filedOn", "must be from the day of entry to today")])
      }
      let (finding, dueOn) =
        try answered.map { ($0.finding.number, ReturnExpectations.due($0.finding.kind, became: $0.finding.became)) }
        ?? Self.expectation(filing.kind, registration, pupil, school, unit.db)
      if let before = try Self.same(filing.kind, registration, finding, filedOn, unit.db) {
        return Self.told(before, pupil.id)
      }
      let added = try Returns.add(
        filing.kind, of: registration.number, finding: finding, dueOn: dueOn, filedOn: filedOn, note: filing.note,
        in: unit)
      try unit.audit(.pupilReturnWritten, ofPupil: pupil.number)
      let event = ReturnFiled(
        pupil: pupil.id, school: school, kind: filing.kind, filedOn: filedOn, dueOn: dueOn,
        finding: finding.map(Returns.name(ofFinding:)))
      try unit.publish(event, subject: school.text)
      return Self.told(added, pupil.id)
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
        try !Returns.filed(registration.number, in: db).contains { $0.finding == finding }
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
    _ kind: ReturnKind, _ registration: Registration, _ pupil: StoredPupil, _ school: URN, _ db: Database
  ) throws -> (finding: Int64?, dueOn: Day?) {
    func line() throws -> (ReturnExpectations, ReturnExpectations.Place) {
      let lines = try Returns.lines(of: school, in: db)
      return (
        ReturnExpectations(places: lines.map(\.place), calendars: try Schools.calendars(of: school, in: db)),
        Returns.Line(registration: registration, pupil: pupil).place
      )
    }
    switch kind {
    case .newPupil:
      let (expectations, place) = try line()
      return (nil, expectations.newPupilDue(place))
    case .deletion:
      let (expectations, place) = try line()
      return (nil, expectations.deletionDue(place))
    case .attendance, .sickness:
      let found = try kind.answers.flatMap { try Returns.newestFinding($0, of: registration.number, in: db) }
      return (found?.number, found.flatMap { ReturnExpectations.due($0.kind, became: $0.became) })
    }
  }

  /// The return that says the same: of a place there is one of a kind, of a finding one, of neither one a day.
  private static func same(
    _ kind: ReturnKind, _ registration: Registration, _ finding: Int64?, _ filedOn: Day, _ db: Database
  ) throws -> StoredReturn? {
    try Returns.filed(registration.number, in: db).first { filed in
      guard filed.kind == kind else { return false }
      switch kind {
      case .newPupil, .deletion: return true
      case .attendance, .sickness: return filed.finding == finding && (finding != nil || filed.filedOn == filedOn)
      }
    }
  }

  /// The returns that a school owes, or has filed. Reading them is on record.
  func list(
    _ state: State, of school: URN, before number: Int64?, by caller: Caller
  ) async throws -> Page<Filed> {
    return try await registers.read(.schoolReturnsRead, of: school, by: caller) { unit in
      guard state != .filed else { return try Self.filed(school, before: number, unit.db) }
      let expected = try Self.expected(school, unit.db).filter { ($0.dueOn < unit.today) == (state == .overdue) }
      return Page([], .init(school: school, expected: expected), next: nil)
    }
  }

  private static func expected(_ school: URN, _ db: Database) throws -> [Expected] {
    let lines = try Returns.lines(of: school, in: db)
    let expectations = ReturnExpectations(
      places: lines.map(\.place), calendars: try Schools.calendars(of: school, in: db))
    let told = (
      entries: try Returns.registrations(at: school, with: .newPupil, in: db),
      deletions: try Returns.registrations(at: school, with: .deletion, in: db)
    )
    var expected: [Expected] = []
    var pupils: [Int64: PupilID] = [:]
    for line in lines {
      let number = line.registration.number
      pupils[number] = line.pupil.id
      if !told.entries.contains(number), let due = expectations.newPupilDue(line.place) {
        expected.append(Expected(pupil: line.pupil.id, kind: .newPupil, dueOn: due, finding: nil))
      }
      if !told.deletions.contains(number), let due = expectations.deletionDue(line.place) {
        expected.append(Expected(pupil: line.pupil.id, kind: .deletion, dueOn: due, finding: nil))
      }
    }
    for finding in try Returns.openFindings(at: school, in: db) {
      guard let pupil = pupils[finding.registration],
        let kind = ReturnKind.allCases.first(where: { $0.answers == finding.kind }),
        let due = ReturnExpectations.due(finding.kind, became: finding.became)
      else { continue }
      expected.append(
        Expected(
          pupil: pupil, kind: kind, dueOn: due,
          finding: Returns.name(ofFinding: finding.number)))
    }
    return expected.sorted { ($0.dueOn, $0.pupil, $0.kind.rawValue) < ($1.dueOn, $1.pupil, $1.kind.rawValue) }
  }

  private static func filed(_ school: URN, before number: Int64?, _ db: Database) throws -> Page<Filed> {
    let filed = try Returns.filed(at: school, before: number, limit: pageSize, in: db)
    return try Page(filed, of: pageSize, .init(school: school, expected: []), endsAt: \.number) {
      told($0, try Pupils.id(ofRegistration: $0.registration, in: db))
    }
  }

  private static func told(_ filed: StoredReturn, _ pupil: PupilID) -> Filed {
    Filed(
      number: filed.number, pupil: pupil, kind: filed.kind, filedOn: filed.filedOn, dueOn: filed.dueOn,
      finding: filed.finding.map(Returns.name(ofFinding:)), note: filed.note)
  }
}
