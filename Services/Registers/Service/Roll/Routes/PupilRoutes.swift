import Contracts
import Foundation
import Hummingbird
import NIOCore
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// Pupils: enrolment, the roll, a child's attendance and why a mark counts as it does.
struct PupilRoutes: Sendable {
  let enrol: EnrolPupils
  let dialects: DeclareDialects
  let read: ReadPupil
  let sessions: ReadSessions
  let readSchool: ReadSchool

  private static let users = Policy.roles(.school, .attendanceOfficer, reach: .ownSchool)
  private static let readers = Policy.roles(.school, .attendanceOfficer, .legalOfficer, .manager, reach: .ownRecords)
  /// The most children of one request, and the most bytes.
  private static let mostPupils = 5_000
  private static let bodyLimitBytes = 4 << 20
  /// The most values of one request: sixty a child, with all contacts.
  private static let mostValues = 300_000

  private struct Upload: Decodable, Sendable { let pupils: [PupilSubmission] }

  func add(to router: ServiceRouter) {
    router.on(
      .post, "/schools/{urn}/pupils", Self.users,
      About(
        "Enter children in the admission register",
        query: [
          .init("enrolledOn", .day, required: false, "The first day on roll; needed with a transfer file."),
          .init(
            "dialect", .string(), required: false,
            "How a CSV file names columns and writes values: a name from /dialects."
          ),
        ],
        body: Upload.self, uploads: PupilUpload.mediaTypes.sorted(), answer: EnrolPupils.Answer.self,
        takesIdempotencyKey: true),
      bodyLimitBytes: PupilLimits.fileBytes, json: JSONBounds(values: Self.mostValues)
    ) { request, context in
      let urn = try context.ownSchool()
      let caller = try context.caller
      if PupilUpload.mediaTypes.contains(request.mediaType) {
        let answer = try await PupilUpload(enrol: enrol, dialects: dialects)(request, at: urn, by: caller)
        return .remembered(answer)
      }
      guard request.mediaType == "application/json" else {
        throw Problem(
          "unsupported-media-type", "Pupils come as text/csv, application/json or application/xml",
          .unsupportedMediaType,
          detail:
            "Send a CSV file as text/csv and a Common Transfer File as application/xml, whatever your computer calls them."
        )
      }
      let body = try await request.bytes(upTo: Self.bodyLimitBytes)
      let key = try IdempotencyKey(request, caller: caller, body: body.readableBytesView)
      let pupils = try decodeJSON(Upload.self, from: Data(body.readableBytesView), checking: .fields).pupils
      guard pupils.count <= Self.mostPupils else {
        throw Problem.invalid([.init("/pupils", "must have at most \(Self.mostPupils) children")])
      }
      let file = try PupilUpload.read { () throws(PupilFileError) in try PupilFile(indexed: pupils) }
      return .remembered(try await enrol(file, at: urn, by: caller, key: key))
    }
    router.on(
      .get, "/schools/{urn}/pupils", Self.users,
      About("A school's roll", query: [.after], answer: ReadSchool.RollPage.self)
    ) { request, context in
      let urn = try context.ownSchool()
      let after = try request.after()
      return try .page(
        try await readSchool.roll(urn, after: after, by: try context.caller), of: request)
    }
    router.on(
      .get, "/pupils/{id}/attendance", Self.readers,
      About(
        "A child's attendance in a span of days",
        query: [.init("from", .day, "The first day."), .init("to", .day, "The last day."), .asOf],
        answer: ReadPupil.Attendance.self, sheet: true)
    ) { request, context in
      let span = try FigureRoutes.days(request)
      return try .sheet(
        try await read.attendance(
          try context.pupil(), span, asOf: try request.asOf(), by: try context.caller), of: request)
    }
    router.on(
      .get, "/pupils/{id}/sessions", Self.readers,
      About(
        "The sessions that a child's figures are made of, with their amendments and the rules they count by",
        query: [.init("from", .day, "The first day."), .init("to", .day, "The last day."), .asOf],
        answer: ReadSessions.Answer.self)
    ) { request, context in
      let span = try FigureRoutes.days(request, most: ReadSessions.mostDays)
      return try .json(
        try await sessions(
          try context.pupil(), span, asOf: try request.asOf(), by: try context.caller))
    }
    router.on(
      .get, "/pupils/{id}/marks/{date}/{session}/why", Self.readers,
      About("Why a session counts as it does", query: [.asOf], answer: ReadPupil.Why.self)
    ) { request, context in
      let id = try context.pupil()
      guard let day = Day(iso: try context.parameter("date")),
        let session = Session(rawValue: try context.parameter("session"))
      else { throw Problem.notFound("Session") }
      return try .json(
        try await read.why(
          id, day, session, asOf: try request.asOf(), by: try context.caller))
    }
  }
}
