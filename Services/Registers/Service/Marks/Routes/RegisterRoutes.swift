import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// One session's register, and one mark.
struct RegisterRoutes: Sendable {
  let read: ReadRegister

  private static let bodyLimitBytes = 1 << 20
  private static let mostMarks = 5_000
  private static let codeBytes = 3
  private static let textBytes = 500

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
    router.on(
      .put, "/schools/{urn}/registers/{date}/{session}", MarkRoutes.users,
      About(
        "Enter one session's register", body: RegisterForm.self, answer: TakeInMarks.Answer.self,
        takesIdempotencyKey: true, takesIfMatch: true),
      bodyLimitBytes: Self.bodyLimitBytes
    ) { request, context in
      let urn = try context.ownSchool()
      let (day, session) = try Self.session(context)
      let (form, key) = try await request.keyed(
        RegisterForm.self, caller: try context.caller, upTo: Self.bodyLimitBytes)
      let registers = read.registers.onlyIf(Precondition(request), key: key) { db in
        try Registers.requireSchool(urn, in: db)
        return try ReadRegister.page(urn, day, session, in: db)
      }
      return .remembered(
        try await EnterRegister(registers: registers).session(
          try Self.lines(form), day, session, window: try Self.window(form, day), at: urn, by: try context.caller,
          key: key))
    }
    router.on(
      .get, "/schools/{urn}/registers/{date}/{session}", MarkRoutes.users,
      About(
        "The register of one session",
        query: [.after, .asOf],
        answer: ReadRegister.Page.self)
    ) { request, context in
      let urn = try context.ownSchool()
      let (day, session) = try Self.session(context)
      return try .page(
        try await read(
          urn, day, session, asOf: try request.asOf(), after: try request.after(), by: try context.caller), of: request)
    }
    router.on(
      .put, "/pupils/{id}/marks/{date}/{session}", .roles(.school, .attendanceOfficer, reach: .ownRecords),
      About(
        "Enter one mark",
        query: [
          .init(
            "school", .string(pattern: "^[0-9]{6}$"), required: false,
            "The school's URN, for a child on more than one roll.")
        ],
        body: MarkForm.self, answer: TakeInMarks.Answer.self, takesIdempotencyKey: true, takesIfMatch: true),
      bodyLimitBytes: Self.bodyLimitBytes
    ) { request, context in
      let id = try context.pupil()
      let (day, session) = try Self.session(context)
      let school = try request.optionalQuery("school") { try? URN($0) }
      let (form, key) = try await request.keyed(
        MarkForm.self, also: school?.text, caller: try context.caller, upTo: Self.bodyLimitBytes)
      let caller = try context.caller
      let registers = read.registers.onlyIf(Precondition(request), key: key) {
        try ReadPupil.why(id, day, session, for: caller, read.registers.codes, in: $0)
      }
      return .remembered(
        try await EnterRegister(registers: registers).mark(
          try Self.mark(form), of: id, day, session, at: school, by: caller, key: key))
    }
  }

  private static func session(_ context: ServiceRequestContext) throws(Problem) -> (Day, Session) {
    guard let day = Day(iso: try context.parameter("date")),
      let session = Session(rawValue: try context.parameter("session").uppercased())
    else { throw .notFound("Session") }
    return (day, session)
  }

  private static func lines(_ form: RegisterForm) throws(Problem) -> [EnterRegister.Line] {
    var faults = Problem.Faults()
    faults.require(
      form.marks.keys.allSatisfy { 1...codeBytes ~= $0.utf8.count }, "/marks",
      "must list children under the codes of the register")
    faults.require(
      form.marks.values.reduce(0) { $0 + $1.count } <= mostMarks, "/marks",
      "must have at most \(mostMarks) children")
    try faults.refuse()
    return form.marks.sorted { $0.key < $1.key }.flatMap { code, pupils in
      // RFC 6901: a solidus in a name is written ~1.
      let name = code.replacingOccurrences(of: "~", with: "~0").replacingOccurrences(of: "/", with: "~1")
      return pupils.enumerated().map { place, pupil in
        EnterRegister.Line(code: code, pupil: PupilID(pupil), pointer: "/marks/\(name)/\(place)")
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

  private static func mark(_ form: MarkForm) throws(Problem) -> EnterRegister.Mark {
    let detail = (form.detail ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    let code = form.code.trimmingCharacters(in: .whitespacesAndNewlines)
    var faults = Problem.Faults()
    faults.require(1...textBytes ~= code.utf8.count, "/code", "must be an attendance code")
    faults.require(detail.utf8.count <= textBytes, "/detail", "must have at most \(textBytes) bytes")
    try faults.refuse()
    return EnterRegister.Mark(code: code, detail: detail, minutesLate: form.minutesLate)
  }
}
