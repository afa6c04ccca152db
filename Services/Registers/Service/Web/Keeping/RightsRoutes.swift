import Contracts
import HTTPTypes
import Hummingbird
import NIOCore
import RegistersDomain
import Schemas
import ServiceKit
import Store

/// The complete export, a subject's own data, and the audit log.
struct RightsRoutes: Sendable {
  let registers: Registers
  /// How long an export may take.
  let exportLimits: StoreSnapshot.Limits

  private static let exporters = Policy.roles(.manager, .attendanceOfficer, reach: .wholeAuthority)
  /// The longest subject that is asked for, bytes.
  private static let subjectBytes = 64
  private static let after = About.Parameter(
    "after", .integer(minimum: 0), required: false, "Go on behind this position.")

  func add(to router: ServiceRouter) {
    let export = ExportRegister(registers: registers, limits: exportLimits)
    router.on(
      .get, "/export", Self.exporters,
      About(
        "One table of the register in full, as it is at this moment",
        query: [
          .init("table", .oneOf(RegisterTables.all.map(\.name)), "Which table."),
          .init("format", .oneOf(ExportFormat.allCases.map(\.rawValue)), required: false, "JSON Lines unless said."),
          Self.after,
        ], downloads: ExportFormat.allCases.map(\.mediaType))
    ) { request, context in
      let table = try request.query("table") { RegisterTables.find($0) }
      let format = try request.optionalQuery("format") { ExportFormat(rawValue: $0) } ?? .jsonl
      let stream = try await export.open(
        table, format, after: try Self.after(request), by: try context.caller)
      return Self.response(stream, name: "registers-\(table.name).\(format.rawValue)", format)
    }
    router.on(
      .get, "/export/schema", Self.exporters,
      About("The columns and the JSON Schema of every exported table", answer: ExportRegister.Schema.self)
    ) { _, _ in try .json(ExportRegister.schema) }
    router.on(
      .get, "/pupils/{id}/subject-access", .roles(.legalOfficer, .attendanceOfficer, reach: .ownRecords),
      About(
        "Everything that is held about a child, with what must be looked at before it is given out",
        answer: SubjectAccess.Document.self)
    ) { [registers] _, context in
      let id = try context.pupil()
      return try .json(
        try await SubjectAccess(registers: registers)(id, by: try context.caller))
    }
    router.on(
      .get, "/audit", .roles(.manager, reach: .wholeAuthority),
      About(
        "Who did and read what, and whether the log is sound",
        query: [
          .init("subject", .string(), required: false, "An opaque identifier; everything unless said."), Self.after,
          .init(
            "verify", .oneOf(["page", "whole"]), required: false,
            "How much of the chain to check; the page unless said."),
        ], answer: ReadAudit.Page.self)
    ) { [registers] request, context in
      let subject = try request.optionalQuery("subject") { Self.isSubject($0) ? $0 : nil }
      let whole = try request.optionalQuery("verify") { ["page", "whole"].contains($0) ? $0 == "whole" : nil } ?? false
      return try .json(
        try await ReadAudit(registers: registers)(
          about: subject, after: try Self.after(request), verifiesWhole: whole, by: try context.caller))
    }
  }

  private static func after(_ request: Request) throws(Problem) -> Int64 {
    try request.optionalQuery("after") { Int64($0).flatMap { $0 >= 0 ? $0 : nil } } ?? 0
  }

  private static func isSubject(_ text: String) -> Bool {
    (1...subjectBytes).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        byte == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
          || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
      }
  }

  private static func response(_ stream: ExportRegister.Stream, name: String, _ format: ExportFormat) -> Response {
    var headers: HTTPFields = [.contentType: format.mediaType, .cacheControl: "no-store"]
    headers[.contentDisposition] = "attachment; filename=\"\(name)\""
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody { writer in
        var output = writer
        try await stream.forEachPart { try await output.write(ByteBuffer(bytes: $0)) }
        try await output.finish(nil)
      })
  }
}
