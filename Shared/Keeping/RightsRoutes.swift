import Contracts
import HTTPTypes
import Hummingbird
public import Messaging
import NIOCore
import Schemas
public import ServiceKit
public import Store

/// The routes of the complete export, a subject's own data, and the audit log.
public struct RightsRoutes: Sendable {
  private let records: KeptRecords
  private let transactions: Transactions
  private let exportLimits: StoreSnapshot.Limits
  private let didRead: @Sendable () -> Void

  private static let exporters = Policy.roles(.manager, .attendanceOfficer, reach: .wholeAuthority)
  /// The longest subject that is asked for, bytes.
  private static let subjectBytes = 64
  private static let after = About.Parameter(
    "after", .integer(minimum: 0), required: false, "Go on behind this position.")

  /// - Parameters:
  ///   - exportLimits: how long an export may take, and how many there may be.
  ///   - didRead: told of each subject's document that was given.
  public init(
    _ records: KeptRecords, transactions: Transactions, exportLimits: StoreSnapshot.Limits = .init(),
    didRead: @Sendable @escaping () -> Void = {}
  ) {
    self.records = records
    self.transactions = transactions
    self.exportLimits = exportLimits
    self.didRead = didRead
  }

  public func add(to router: ServiceRouter) {
    let export = Export(transactions: transactions, auditedAs: records.auditedAs, limits: exportLimits)
    let tables = records.tables
    router.on(
      .get, "/export", Self.exporters,
      About(
        "One table of what is held, in full, as it is at this moment",
        query: [
          .init("table", .oneOf(tables.map(\.name)), "Which table."),
          .init("format", .oneOf(ExportFormat.allCases.map(\.rawValue)), required: false, "JSON Lines unless said."),
          Self.after,
        ], downloads: ExportFormat.allCases.map(\.mediaType))
    ) { [records] request, context in
      let table = try request.query("table") { name in tables.first { $0.name == name } }
      let format = try request.optionalQuery("format") { ExportFormat(rawValue: $0) } ?? .jsonl
      let stream = try await export.open(
        table, format, after: try Self.after(request), by: try context.caller)
      return Self.response(stream, name: "\(records.name)-\(table.name).\(format.rawValue)", format)
    }
    router.on(
      .get, "/export/schema", Self.exporters,
      About("The columns and the JSON Schema of every exported table", answer: Export.Schema.self)
    ) { _, _ in try .json(Export.Schema(tables)) }
    router.on(
      .get, "/pupils/{id}/subject-access", .roles(.legalOfficer, .attendanceOfficer, reach: .ownRecords),
      About(
        "Everything that is held about a child, with what must be looked at before it is given out",
        answer: SubjectAccess.Document.self)
    ) { [records, transactions, didRead] _, context in
      guard let id = PupilID(try context.parameter("id")) else { throw Problem.notFound("Pupil") }
      let document = try await SubjectAccess(records: records, transactions: transactions)(
        id, by: try context.caller)
      didRead()
      return try .json(document)
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
    ) { [transactions] request, context in
      let subject = try request.optionalQuery("subject") { Self.isSubject($0) ? $0 : nil }
      let whole = try request.optionalQuery("verify") { ["page", "whole"].contains($0) ? $0 == "whole" : nil } ?? false
      return try .json(
        try await ReadAudit(transactions: transactions)(
          about: subject, after: try Self.after(request), verifiesWhole: whole, by: try context.caller))
    }
  }

  private static func after(_ request: Request) throws(Problem) -> Int64 {
    try request.optionalQuery("after") { Int64($0).flatMap { $0 >= 0 ? $0 : nil } } ?? 0
  }

  private static func isSubject(_ text: String) -> Bool {
    (1...subjectBytes).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
          || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
      }
  }

  private static func response(_ stream: Export.Stream, name: String, _ format: ExportFormat) -> Response {
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
