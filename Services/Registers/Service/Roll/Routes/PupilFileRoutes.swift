import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import NIOCore
import RegistersDomain
import Rulebook
import Schemas
import SchoolFiles
import ServiceKit

/// A school's roll as a file.
struct PupilFileRoutes: Sendable {
  let export: ExportRoll

  private static let users = Policy.roles(.school, .attendanceOfficer, .cmeOfficer, reach: .ownSchool)

  func add(to router: ServiceRouter) {
    router.on(
      .get, "/schools/{urn}/pupils.csv", Self.users,
      About("The roll as comma-separated values, with every time on roll", downloads: ["text/csv"])
    ) { _, context in
      let urn = try context.ownSchool()
      let file = try await export.csv(urn, by: try context.caller)
      return Self.download(file, "text/csv; charset=utf-8", "pupils-\(urn.text).csv")
    }
    router.on(
      .get, "/schools/{urn}/pupils.ctf.xml", Self.users,
      About(
        "The roll, or one child of it, as a Common Transfer File",
        query: [
          .init("pupil", .pupil, required: false, "One child by its identifier, on roll or not."),
          .init(
            "protected", .oneOf(["true", "false"]), required: false,
            "Whether to write those whose address is protected, who are in no other file, and no school."),
          .init(
            "to", .string(pattern: "^([0-9]{3}([0-9]{4}|LLLL)|XXXXXXX|MMMMMMM)$"), required: false,
            "Whom the file is for: authority and school, LLLL for the authority, XXXXXXX unknown, MMMMMMM outside."),
          .init("establishment", .string(pattern: "^[0-9]{4}$"), required: false, "The school's own four digits."),
        ], downloads: ["application/xml"])
    ) { request, context in
      let urn = try context.ownSchool()
      let what = ExportRoll.Transfer(
        pupil: try request.optionalQuery("pupil") { PupilID($0) },
        protected: try request.optionalQuery("protected") { Bool($0) } ?? false,
        destination: try request.optionalQuery("to") { CTFDestination($0) },
        establishment: try request.optionalQuery("establishment") { text in
          text.utf8.count == 4 && text.utf8.allSatisfy { (48...57).contains($0) } ? text : nil
        })
      let file = try await export.transfer(
        what, from: urn, by: try context.caller)
      return Self.download(file, "application/xml; charset=utf-8", "pupils-\(urn.text).ctf.xml")
    }
  }

  private static func download(_ file: [UInt8], _ contentType: String, _ name: String) -> Response {
    .bytes(
      file, contentType: contentType, headers: [.contentDisposition: "attachment; filename=\"\(name)\""])
  }
}

/// Children that come as a file.
struct PupilUpload: Sendable {
  /// Beside JSON.
  static let mediaTypes = TextFile.csvMediaTypes + ["application/xml", "text/xml"]

  let enrol: EnrolPupils
  let dialects: DeclareDialects

  /// Reads the file that the request is and enters its children. A transfer file does not say when they come: that is
  /// the query parameter `enrolledOn`. A list may be written in a dialect.
  func callAsFunction(_ request: Request, at school: URN, by caller: Caller) async throws -> Remembered<
    EnrolPupils.Answer
  > {
    let isTransfer = request.mediaType.hasSuffix("/xml")
    let enrolledOn = isTransfer ? try request.query("enrolledOn") { Day(iso: $0) } : nil
    let name = try request.optionalQuery("dialect") { $0 }
    if isTransfer, name != nil {
      throw Problem.badRequest("invalid-parameter", "A transfer file has no dialect: leave the parameter out")
    }
    var dialect = MarkDialect.standard
    if let name { dialect = try await dialects.dialect(name) }
    let body = try await request.bytes(upTo: PupilLimits.fileBytes)
    // The day and the dialect decide what the request does, so that they are part of what the key stands for.
    let key = try IdempotencyKey(request, also: enrolledOn?.iso ?? name, caller: caller, body: body)
    let file = try Self.read { () throws(PupilFileError) in
      let bytes = Array(body.readableBytesView)
      guard let enrolledOn else { return try PupilsCSV.read(bytes, as: dialect) }
      return try CTFReader.read(bytes, enrolledOn: enrolledOn.iso)
    }
    return try await enrol(file, at: school, by: caller, key: key)
  }

  /// - Throws: `Problem` when no row can be read.
  static func read(_ body: () throws(PupilFileError) -> PupilFile) throws(Problem) -> PupilFile {
    do throws(PupilFileError) {
      return try body()
    } catch {
      let status: HTTPResponse.Status =
        switch error {
        case .tooManyPupils, .tooLarge, .tooManyElements: .contentTooLarge
        case .unknownEncoding, .empty, .notXML, .otherThanTransfer: .badRequest
        default: .unprocessableContent
        }
      throw Problem(error.slug, "The file cannot be read", status, detail: error.detail)
    }
  }
}
