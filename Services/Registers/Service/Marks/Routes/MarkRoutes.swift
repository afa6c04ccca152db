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

/// Files of marks.
struct MarkRoutes: Sendable {
  let registers: Registers
  let bodyLimitBytes: Int

  static let users = Policy.roles(.school, .attendanceOfficer, reach: .ownSchool)
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
      let marks = try Self.read(file.bytes, by: reader)
      return try await TakeInMarks(registers: registers)(marks, dialect: dialect, for: school, by: call.edit)
    }
  }

  private typealias Reader = @Sendable (ByteBuffer) throws(MarkFileError) -> MarkFile

  private func reader(of mediaType: String, _ dialect: String?) async throws -> Reader {
    if TextFile.csvMediaTypes.contains(mediaType) {
      let (dialect, codes) = (try await Dialects.find(dialect, registers), registers.codes)
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
}
