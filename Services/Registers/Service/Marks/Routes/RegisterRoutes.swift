import Contracts
import Foundation
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit
import Store

/// One session's register of a school, and one mark of a child: read, and entered the same way in as a file.
struct RegisterRoutes: Sendable {
  let registers: Registers

  private static let bodyLimitBytes = 1 << 20
  private static let mostMarks = 5_000
  private static let codeBytes = 3
  private static let textBytes = 500
  private static let school = QueryParameter<URN>(
    "school", "The school's URN, for a child on more than one roll."
  ).optional

  /// A session's register: children's opaque identifiers by code.
  private struct RegisterForm: Codable, Sendable {
    let marks: [String: [String]]
    /// When it began to be taken and when that ended, RFC 3339: both or neither.
    let openedAt: Timestamp?
    let closedAt: Timestamp?
  }

  private struct MarkForm: Codable, Sendable {
    let code: String
    let detail: String?
    let minutesLate: Int?
  }

  /// One mark of a register that was sent, and where it stands in the body.
  private struct Sent {
    let code: String
    let pupil: PupilID?
    let pointer: String
  }

  func add(to router: ServiceRouter) {
    router.write(
      .put, "/schools/{urn}/registers/{date}/{session}", MarkRoutes.users, "Enter one session's register",
      ifMatch: true, upTo: Self.bodyLimitBytes, enter)
    router.read(
      "/schools/{urn}/registers/{date}/{session}", MarkRoutes.users, "One session's register as it stands",
      query: [.after, .asOf]
    ) { call in
      let (school, (day, session), after) = (try call.school, try call.session, try call.after)
      let past = try await registers.past(try call[.asOf])
      return try await registers.read(.schoolRegisterRead, of: school, by: call.caller) { unit in
        try RegisterLine.page(school, day, session, asOf: past, after: after, in: unit.db)
      }
    }
    router.write(
      .put, "/pupils/{id}/marks/{date}/{session}", .roles(.school, .attendanceOfficer, reach: .ownRecords),
      "Enter one mark", query: [Self.school.about], ifMatch: true, upTo: Self.bodyLimitBytes, mark)
  }

  private func enter(_ call: Call, _ form: RegisterForm) async throws -> Remembered<TakeInMarks.Answer> {
    let (school, (day, session)) = (try call.school, try call.session)
    let (lines, window) = (try Self.lines(form), try Self.window(form, day))
    let current = { @Sendable (db: Database) in
      try Registers.requireSchool(school, in: db)
      return try RegisterLine.page(school, day, session, in: db)
    }
    return try await TakeInMarks(registers: registers)(for: school, by: call.edit, of: current) { known, _ in
      let entries = Dictionary(known.roll.entries.map { ($0.pupil, $0.upn) }, uniquingKeysWith: { first, _ in first })
      let marks = lines.map { line in
        line.pupil.flatMap { entries[$0] }.map { upn in
          MarkText(upn: upn.text, date: day.iso, session: session.rawValue, code: line.code, detail: "")
        }
      }
      return TakeInMarks.Sent(
        file: MarkFile(elements: marks, otherwise: .unknownIdentifier), source: .entries,
        pointers: lines.map(\.pointer), window: window.map { ($0, day, session) })
    }
  }

  /// Enters one mark of a child in the register of its school; of the one that is named when it has two.
  private func mark(_ call: Call, _ form: MarkForm) async throws -> Remembered<TakeInMarks.Answer> {
    let (id, caller, named, (day, session)) = (try call.pupil(), call.caller, try call[Self.school], try call.session)
    let code = form.code.trimmingCharacters(in: .whitespacesAndNewlines)
    var faults = Faults()
    faults.require(1...Self.textBytes ~= code.utf8.count, "/code", "must be an attendance code")
    let detail = faults.text(form.detail, "/detail", bytes: 0...Self.textBytes)
    try faults.refuse()
    let (school, upn) = try await registers.read { try Self.roll(of: id, on: day, at: named, for: caller, in: $0) }
    let mark = MarkText(
      upn: upn.text, date: day.iso, session: session.rawValue, code: code, detail: detail,
      minutesLate: form.minutesLate)
    let current = { @Sendable [registers] (db: Database) in
      try ReadPupil.why(id, day, session, for: caller, registers.codes, in: db)
    }
    return try await TakeInMarks(registers: registers)(for: school, by: call.edit, of: current) { _, _ in
      TakeInMarks.Sent(file: MarkFile([(Int32(0), mark)]), source: .entries, pointers: [""], pupil: id)
    }
  }

  /// The school whose roll has a child on a day, of those that the caller may act for, and the child's number.
  private static func roll(
    of id: PupilID, on day: Day, at named: URN?, for caller: Caller, in db: Database
  ) throws -> (URN, UPN) {
    let pupil = try Pupils.find(id, in: db).orNotFound("Pupil")
    let own = try Pupils.registrations(of: pupil.number, in: db)
      .filter { caller.mayActFor(school: $0.school.text) && (named == nil || $0.school == named) }
    let covering = own.filter { $0.covers(day) }
    let schools = Set((covering.isEmpty ? own : covering).map(\.school))
    let school = try schools.first.orNotFound("Pupil")
    guard schools.count == 1 else {
      throw Problem.conflict(
        "several-schools", "The child is on more than one roll",
        detail: "Name the school in the query parameter school.")
    }
    return (school, pupil.upn)
  }

  private static func lines(_ form: RegisterForm) throws(Problem) -> [Sent] {
    var faults = Faults()
    faults.require(
      form.marks.keys.allSatisfy { 1...codeBytes ~= $0.utf8.count }, "/marks",
      "must list children under the codes of the register")
    faults.require(
      form.marks.values.reduce(0) { $0 + $1.count } <= mostMarks, "/marks",
      "must have at most \(mostMarks) children")
    try faults.refuse()
    return form.marks.sorted { $0.key < $1.key }.flatMap { code, pupils in
      pupils.enumerated().map { place, pupil in
        Sent(code: code, pupil: PupilID(pupil), pointer: "/marks\(JSONPointer.step(code))/\(place)")
      }
    }
  }

  private static func window(_ form: RegisterForm, _ day: Day) throws(Problem) -> RegisterWindow? {
    switch (form.openedAt, form.closedAt) {
    case (nil, nil): return nil
    case (let opened?, let closed?):
      guard CivilTime.day(at: opened.date) == day else {
        throw .invalid([.init("/openedAt", "must be on the register's day")])
      }
      if let window = RegisterWindow(openedAt: opened, closedAt: closed) { return window }
      throw .invalid([.init("/closedAt", "must be after openedAt and within a day of it")])
    case (nil, _?): throw .invalid([.init("/openedAt", "is required when closedAt is given")])
    case (_?, nil): throw .invalid([.init("/closedAt", "is required when openedAt is given")])
    }
  }
}

/// A child who is on the roll on the day of a register.
private struct RegisterLine: Listed {
  struct Head: Codable, Sendable {
    let school: URN
    let date: Day
    let session: Session
    /// The past moment that was asked about.
    let asOf: Timestamp?
    /// Whether the session takes place by the school's calendar; absent while there is none.
    let due: Bool?
    let openedAt, closedAt: Timestamp?
  }

  static let list = "marks"

  let pupil: PupilID
  let upn: UPN
  let givenName, familyName: String
  /// Absent while there is no mark: missing data, not an absence.
  let code: AttendanceCode?
  /// The code as it was written, where that was another way.
  let token: String?
  let detail: String?
  let minutesLate: Int?
  let amended: Bool

  /// The most lines of one answer.
  private static let pageSize = 500

  private init(_ line: Pupils.Line, _ code: AttendanceCode?, _ words: SessionRegister.Words?) {
    (pupil, upn) = (line.pupil.id, line.pupil.upn)
    (givenName, familyName, self.code) = (line.pupil.givenName, line.pupil.familyName, code)
    token = words?.token == code?.text ? nil : words?.token
    detail = words?.detail?.isEmpty == true ? nil : words?.detail
    (minutesLate, amended) = (words?.minutesLate, words?.isAmended ?? false)
  }

  /// A page of a register, as it stands or as it was known.
  static func page(
    _ school: URN, _ day: Day, _ session: Session, asOf past: AsOf? = nil, after: Int64 = 0, in db: Database
  ) throws -> Page<RegisterLine> {
    let lines = try SessionRegister.onRoll(of: school, on: day, asOf: past, after: after, limit: pageSize, in: db)
    let words = try SessionRegister.words(school, day, session, known: past?.marks, in: db)
    let shelf = try PupilYearTable(db)
    let year = SchoolYear(containing: day)
    let later = try past.map { try LaterMarks(than: $0.marks, of: school, in: DayRange(first: day, last: day), db) }
    let window = try SessionRegister.window(school, day, session, known: past?.marks, in: db)
    let head = Head(
      school: school, date: day, session: session, asOf: past?.moment,
      due: try Schools.calendars(of: school, asOf: past, in: db).years[year]?.hasSession(day, session),
      openedAt: window?.openedAt, closedAt: window?.closedAt)
    return try Page(lines, of: pageSize, head, endsAt: \.registration.number) { line in
      let row = try shelf.read(line.registration.number, year)
      let then = later?.takenBack(from: row, of: line.registration.number) ?? row
      return RegisterLine(line, then[day, session], words[line.registration.number])
    }
  }
}
