import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// One session's register, and one mark.
struct RegisterRoutes: Sendable {
  let enter: EnterRegister
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
        takesIdempotencyKey: true),
      bodyLimitBytes: Self.bodyLimitBytes
    ) { request, context in
      let urn = try context.ownSchool()
      let (day, session) = try Self.session(context)
      let (form, key) = try await request.keyed(
        RegisterForm.self, caller: try context.caller, upTo: Self.bodyLimitBytes)
      return .bytes(
        try await enter.session(
          try Self.lines(form), day, session, window: try Self.window(form, day), at: urn, by: try context.caller,
          key: key),
        contentType: "application/json")
    }
    router.on(
      .get, "/schools/{urn}/registers/{date}/{session}", MarkRoutes.users,
      About(
        "One session's register as it stands",
        query: [.after, .asOf],
        answer: ReadRegister.Page.self)
    ) { request, context in
      let urn = try context.ownSchool()
      let (day, session) = try Self.session(context)
      let body = try await read(
        urn, day, session, asOf: try request.asOf(), after: try request.after(), by: try context.caller,
        requestID: context.requestID)
      return .bytes(body, contentType: "application/json")
    }
    router.on(
      .put, "/pupils/{id}/marks/{date}/{session}", MarkRoutes.users,
      About(
        "Enter one mark",
        query: [
          .init(
            "school", .string(pattern: "^[0-9]{6}$"), required: false,
            "The school's URN, for a child on more than one roll.")
        ],
        body: MarkForm.self, answer: TakeInMarks.Answer.self, takesIdempotencyKey: true),
      bodyLimitBytes: Self.bodyLimitBytes
    ) { request, context in
      let id = try context.pupil()
      let (day, session) = try Self.session(context)
      let school = try request.optionalQuery("school") { try? URN($0) }
      let (form, key) = try await request.keyed(
        MarkForm.self, also: school?.text, caller: try context.caller, upTo: Self.bodyLimitBytes)
      return .bytes(
        try await enter.mark(
          try Self.mark(form), of: id, day, session, at: school, by: try context.caller, key: key),
        contentType: "application/json")
    }
  }

  private static func session(_ context: ServiceRequestContext) throws(Problem) -> (Day, Session) {
    guard let day = Day(iso: try context.parameter("date")),
      let session = Session(rawValue: try context.parameter("session").uppercased())
    else { throw .notFound("Session") }
    return (day, session)
  }

  private static func lines(_ form: RegisterForm) throws(Problem) -> [EnterRegister.Line] {
    guard form.marks.keys.allSatisfy({ 1...codeBytes ~= $0.utf8.count }) else {
      throw .invalid([.init("/marks", "must be by codes of the register")])
    }
    guard form.marks.values.reduce(0, { $0 + $1.count }) <= mostMarks else {
      throw .invalid([.init("/marks", "must have at most \(mostMarks) children")])
    }
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
    default: throw .invalid([.init("/closedAt", "must be there when openedAt is, and only then")])
    }
  }

  private static func mark(_ form: MarkForm) throws(Problem) -> EnterRegister.Mark {
    let detail = (form.detail ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    let code = form.code.trimmingCharacters(in: .whitespacesAndNewlines)
    guard 1...textBytes ~= code.utf8.count else { throw .invalid([.init("/code", "must be a code")]) }
    guard detail.utf8.count <= textBytes else {
      throw .invalid([.init("/detail", "must have at most \(textBytes) bytes")])
    }
    return EnterRegister.Mark(code: code, detail: detail, minutesLate: form.minutesLate)
  }
}
