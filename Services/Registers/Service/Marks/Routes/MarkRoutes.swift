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

  init(registers: Registers, bodyLimitBytes: Int) {
    takeIn = TakeInMarks(registers: registers)
    dialects = DeclareDialects(registers: registers)
    amend = AmendMark(registers: registers)
    self.bodyLimitBytes = bodyLimitBytes
  }

  static let users = Policy.roles(.school, .attendanceOfficer, reach: .ownSchool)
  private static let textBytes = 500
  private static let dialect = QueryParameter<String>(
    "dialect", .string(),
    "How the file writes marks: a name from /dialects, or wonde for JSON as Wonde's interface hands it out.", { $0 }
  ).optional

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
    router.upload(
      "/schools/{urn}/marks", Self.users, "Send marks", query: [Self.dialect.about], json: Upload.self, isForm: false,
      mediaTypes: ["text/csv", MarksWonde.mediaType], upTo: bodyLimitBytes
    ) { call, file in
      let (school, dialect) = (try call.school, try call[Self.dialect])
      let reader = try await reader(of: file.mediaType, dialect)
      return try await takeIn(try Self.read(file.bytes, by: reader), dialect: dialect, for: school, by: call.edit)
    }
    router.write(
      .post, "/schools/{urn}/amendments", .roles(.school, reach: .ownSchool), "Amend one entry, with the reason",
      ifMatch: true, amended)
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

  private struct AmendmentForm: Codable, Sendable {
    let pupil: PupilID
    let date: Day
    let session: Session
    let code: String
    let reason: String
    let detail: String?
  }

  private func amended(_ call: Call, _ form: AmendmentForm) async throws -> Remembered<AmendMark.Answer> {
    var faults = Faults()
    let reason = faults.text(form.reason, "/reason", bytes: 1...Self.textBytes)
    let detail = faults.text(form.detail, "/detail", bytes: 0...Self.textBytes)
    try faults.refuse()
    let request = AmendMark.Request(
      pupil: form.pupil, day: form.date, session: form.session, code: form.code, reason: reason, detail: detail)
    return try await amend(request, at: call.school, by: call.edit)
  }
}
