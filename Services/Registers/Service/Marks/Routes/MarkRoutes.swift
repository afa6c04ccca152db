import Contracts
import Foundation
import Hummingbird
import Messaging
import NIOCore
import RegistersDomain
import Rulebook
import Schemas
import SchoolFiles
import ServiceKit

/// Files of marks, and amendments.
struct MarkRoutes: Sendable {
  let takeIn: TakeInMarks
  let dialects: DeclareDialects
  let amend: AmendMark
  let bodyLimitBytes: Int

  static let users = Policy.roles(.school, .attendanceOfficer, reach: .ownSchool)
  private static let textBytes = 500

  /// Marks as JSON.
  struct Upload: Codable, Sendable {
    struct Mark: Codable, Sendable {
      let upn, date, session: String
      let code, detail: String?
      let minutesLate: Int?
    }

    let marks: [Mark]
  }

  func add(to router: ServiceRouter) {
    router.on(
      .post, "/schools/{urn}/marks", Self.users,
      About(
        "Send marks",
        query: [
          .init(
            "dialect", .string(), required: false,
            "How the file writes marks: a name from /dialects, or wonde for JSON as Wonde's interface hands it out.")
        ], body: Upload.self, uploads: ["text/csv", MarksWonde.mediaType], answer: TakeInMarks.Answer.self,
        takesIdempotencyKey: true, bodyIsForm: false),
      bodyLimitBytes: bodyLimitBytes
    ) { request, context in
      let urn = try context.ownSchool()
      let caller = try context.caller
      let dialect = try request.optionalQuery("dialect") { $0 }
      let reader = try await reader(of: request.mediaType, dialect)
      let body = try await request.bytes(upTo: bodyLimitBytes)
      let key = try IdempotencyKey(request, also: dialect, caller: caller, body: body)
      let file = try Self.read(body, by: reader)
      return .remembered(
        try await takeIn(file, dialect: dialect, for: urn, by: caller, key: key))
    }
    router.on(
      .post, "/schools/{urn}/amendments", .roles(.school, reach: .ownSchool),
      About(
        "Amend one entry, with the reason", body: AmendmentForm.self, answer: AmendMark.Answer.self, takesIfMatch: true)
    ) { request, context in
      let urn = try context.ownSchool()
      let form = try await request.json(AmendmentForm.self)
      let caller = try context.caller
      let registers = amend.registers.onlyIf(Precondition(request)) {
        try ReadPupil.why(form.pupil, form.date, form.session, for: caller, amend.registers.codes, in: $0)
      }
      return try .json(try await AmendMark(registers: registers)(try Self.amendment(form), at: urn, by: caller))
    }
  }

  private typealias Reader = @Sendable (ByteBuffer) throws(MarkFileError) -> MarkFile

  private func reader(of mediaType: String, _ dialect: String?) async throws -> Reader {
    if TextFile.csvMediaTypes.contains(mediaType) {
      var declared = MarkDialect.standard
      if let dialect { declared = try await dialects.dialect(dialect) }
      let (dialect, codes) = (declared, amend.registers.codes)
      return { body throws(MarkFileError) in try MarksCSV.read(Array(body.readableBytesView), as: dialect, codes: codes)
      }
    }
    switch (mediaType, dialect) {
    case (MarksWonde.mediaType, nil), (MarksWonde.mediaType, "wonde"), ("application/json", "wonde"):
      return { body throws(MarkFileError) in try MarksWonde.read(Data(body.readableBytesView)) }
    case ("application/json", nil):
      return { body throws(MarkFileError) in try MarksJSON.read(Data(body.readableBytesView)) }
    case ("application/json", _), (MarksWonde.mediaType, _):
      throw Problem(
        "unknown-dialect", "No dialect of JSON has this name", .badRequest,
        faults: [.init("dialect", "must be wonde, or absent")])
    default:
      throw Problem(
        "unsupported-media-type", "Marks come as text/csv, application/json or \(MarksWonde.mediaType)",
        .unsupportedMediaType,
        detail: mediaType == "multipart/form-data"
          ? "Send the file itself as the body of the request, with Content-Type: text/csv, and not as a form."
          : "Send a CSV file with Content-Type: text/csv, whatever the computer that it comes from calls it.")
    }
  }

  private static func read(_ body: ByteBuffer, by read: Reader) throws(Problem) -> MarkFile {
    do throws(MarkFileError) {
      return try read(body)
    } catch {
      let status: HTTPResponse.Status =
        switch error {
        case .tooManyRows, .tooLarge, .tooManyValues: .contentTooLarge
        case .malformedJSON, .empty: .badRequest
        default: .unprocessableContent
        }
      throw Problem(error.slug, "The file cannot be read", status, detail: error.detail)
    }
  }

  struct AmendmentForm: Codable, Sendable {
    let pupil: PupilID
    let date: Day
    let session: Session
    let code: String
    let reason: String
    let detail: String?
  }

  private static func amendment(_ form: AmendmentForm) throws(Problem) -> AmendMark.Request {
    let reason = form.reason.trimmingCharacters(in: .whitespacesAndNewlines)
    let detail = (form.detail ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    var faults = Problem.Faults()
    faults.require(1...textBytes ~= reason.utf8.count, "/reason", "must have 1 to \(textBytes) bytes")
    faults.require(detail.utf8.count <= textBytes, "/detail", "must have at most \(textBytes) bytes")
    try faults.refuse()
    return AmendMark.Request(
      pupil: form.pupil, day: form.date, session: form.session, code: form.code, reason: reason, detail: detail)
  }
}

extension Request {
  /// The body as JSON of a type, with the key of the request.
  ///
  /// - Parameter parameter: a query parameter that the request's meaning hangs on too.
  /// - Throws: `Problem` as `json(_:)` and the key's own.
  func keyed<Value: Decodable>(
    _ type: Value.Type, also parameter: String? = nil, caller: Caller, upTo limit: Int
  ) async throws -> (Value, IdempotencyKey?) {
    guard mediaType == "application/json" else {
      throw Problem("unsupported-media-type", "The body must be application/json", .unsupportedMediaType)
    }
    let body = try await bytes(upTo: limit)
    let key = try IdempotencyKey(self, also: parameter, caller: caller, body: body)
    return (try decodeJSON(type, from: Data(body.readableBytesView)), key)
  }
}

extension IdempotencyKey {
  /// The key of a request whose meaning hangs on a query parameter too.
  ///
  /// - Throws: as for the key itself.
  init?(_ request: Request, also parameter: String?, caller: Caller, body: ByteBuffer) throws(Problem) {
    guard let parameter else {
      try self.init(request, caller: caller, body: body.readableBytesView)
      return
    }
    try self.init(request, caller: caller, body: Data("\(parameter)\n".utf8) + Data(body.readableBytesView))
  }
}
