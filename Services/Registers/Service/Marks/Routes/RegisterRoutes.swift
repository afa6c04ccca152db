import Contracts
import Foundation
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// One session's register, and one mark.
struct RegisterRoutes: Sendable {
  let read: ReadRegister
  let enter: EnterRegister

  init(registers: Registers) {
    read = ReadRegister(registers: registers)
    enter = EnterRegister(registers: registers)
  }

  private static let bodyLimitBytes = 1 << 20
  private static let mostMarks = 5_000
  private static let codeBytes = 3
  private static let textBytes = 500
  private static let school = QueryParameter<URN>(
    "school", "The school's URN, for a child on more than one roll."
  ).optional

  /// A session's register: children's opaque identifiers by code.
  struct RegisterForm: Codable, Sendable {
    let marks: [String: [String]]
    /// When it began to be taken and when that ended, RFC 3339: both or neither.
    let openedAt: Timestamp?
    let closedAt: Timestamp?
  }

  struct MarkForm: Codable, Sendable {
    let code: String
    let detail: String?
    let minutesLate: Int?
  }

  func add(to router: ServiceRouter) {
    router.write(
      .put, "/schools/{urn}/registers/{date}/{session}", MarkRoutes.users, "Enter one session's register",
      ifMatch: true, upTo: Self.bodyLimitBytes, entered)
    router.read(
      "/schools/{urn}/registers/{date}/{session}", MarkRoutes.users, "One session's register as it stands",
      query: [.after, .asOf]
    ) {
      let (day, session) = try $0.session
      return try await read($0.school, day, session, asOf: $0[.asOf], after: $0.after, by: $0.caller)
    }
    router.write(
      .put, "/pupils/{id}/marks/{date}/{session}", .roles(.school, .attendanceOfficer, reach: .ownRecords),
      "Enter one mark", query: [Self.school.about], ifMatch: true, upTo: Self.bodyLimitBytes, marked)
  }

  private func entered(_ call: Call, _ form: RegisterForm) async throws -> Remembered<TakeInMarks.Answer> {
    let (day, session) = try call.session
    return try await enter.session(
      Self.lines(form), day, session, window: Self.window(form, day), at: call.school, by: call.edit)
  }

  private func marked(_ call: Call, _ form: MarkForm) async throws -> Remembered<TakeInMarks.Answer> {
    let (day, session) = try call.session
    let code = form.code.trimmingCharacters(in: .whitespacesAndNewlines)
    var faults = Faults()
    faults.require(1...Self.textBytes ~= code.utf8.count, "/code", "must be an attendance code")
    let detail = faults.text(form.detail, "/detail", bytes: 0...Self.textBytes)
    try faults.refuse()
    let mark = EnterRegister.Mark(code: code, detail: detail, minutesLate: form.minutesLate)
    return try await enter.mark(
      mark, of: call.pupil(), day, session, at: call[Self.school], by: call.edit)
  }

  private static func lines(_ form: RegisterForm) throws(Problem) -> [EnterRegister.Line] {
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
        EnterRegister.Line(code: code, pupil: PupilID(pupil), pointer: "/marks\(JSONPointer.step(code))/\(place)")
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
