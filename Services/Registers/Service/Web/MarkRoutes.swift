import Contracts
import Foundation
import Hummingbird
import NIOCore
import RegistersDomain
import Rulebook
import ServiceKit

/// Marks, amendments and what waits.
struct MarkRoutes: Sendable {
  let takeIn: TakeInMarks
  let amend: AmendMark
  let read: ReadSchool
  let bodyLimitBytes: Int

  private static let users = Policy.roles(.school, .attendanceOfficer)
  private static let textBytes = 500

  func add(to router: ServiceRouter) {
    router.on(.post, "/schools/{urn}/marks", Self.users, bodyLimitBytes: bodyLimitBytes) { request, context in
      let urn = try context.ownSchool()
      let caller = try context.caller
      let reader = try Self.reader(of: request.mediaType)
      let body = try await request.bytes(upTo: bodyLimitBytes)
      let key = try IdempotencyKey(request, caller: caller, body: body.readableBytesView)
      let file = try Self.read(body, by: reader)
      return .bytes(try await takeIn(file, for: urn, by: caller, key: key), contentType: "application/json")
    }
    router.on(.post, "/schools/{urn}/amendments", .roles(.school)) { request, context in
      let urn = try context.ownSchool()
      let form = try await request.json(AmendmentForm.self)
      return try .json(try await amend(try Self.amendment(form), at: urn, by: try context.caller))
    }
    router.on(.get, "/schools/{urn}/quarantine", Self.users) { request, context in
      let urn = try context.ownSchool()
      let after = try request.optionalQuery("after") { Int64($0) } ?? 0
      return try .json(
        try await self.read.quarantine(urn, after: after, by: try context.caller, requestID: context.requestID))
    }
  }

  private static func reader(
    of mediaType: String
  ) throws(Problem) -> @Sendable (ByteBuffer) throws(MarkFileError) -> MarkFile {
    switch mediaType {
    case "text/csv": { body throws(MarkFileError) in try MarksCSV.read(Array(body.readableBytesView)) }
    case "application/json": { body throws(MarkFileError) in try MarksJSON.read(Data(body.readableBytesView)) }
    default:
      throw Problem("unsupported-media-type", "Marks come as text/csv or application/json", .unsupportedMediaType)
    }
  }

  private static func read(
    _ body: ByteBuffer, by read: (ByteBuffer) throws(MarkFileError) -> MarkFile
  ) throws(Problem) -> MarkFile {
    do throws(MarkFileError) {
      return try read(body)
    } catch {
      let status: HTTPResponse.Status =
        switch error {
        case .tooManyRows, .tooLarge: .contentTooLarge
        case .malformedJSON, .notUTF8, .empty: .badRequest
        default: .unprocessableContent
        }
      throw Problem(error.slug, "The file cannot be read", status, detail: error.detail)
    }
  }

  private struct AmendmentForm: Decodable {
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
    guard !reason.isEmpty, reason.utf8.count <= textBytes else {
      throw .invalid([.init("/reason", "must have 1 to \(textBytes) bytes")])
    }
    guard detail.utf8.count <= textBytes else {
      throw .invalid([.init("/detail", "must have at most \(textBytes) bytes")])
    }
    return AmendMark.Request(
      pupil: form.pupil, day: form.date, session: form.session, code: form.code, reason: reason, detail: detail)
  }
}
