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
  private static let format = QueryParameter(
    "format", .oneOf(ExportFormat.allCases.map(\.rawValue)), "JSON Lines unless said.", { ExportFormat(rawValue: $0) }
  ).or(.jsonl)
  private static let position = About.Parameter(
    "after", .integer(minimum: 0), required: false, "Go on behind this position.")
  private static let subject = QueryParameter(
    "subject", .string(), "An opaque identifier; everything unless said.", { isSubject($0) ? $0 : nil }
  ).optional
  private static let whole = QueryParameter(
    "verify", .oneOf(["page", "whole"]), "How much of the chain to check; the page unless said.",
    { ["page": false, "whole": true][$0] }
  ).or(false)

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
    let tables = records.tables
    let table = QueryParameter(
      "table", .oneOf(tables.map(\.name)), "Which table.", { name in tables.first { $0.name == name } })
    router.download(
      "/export", Self.exporters, "One table of what is held, in full, as it is at this moment",
      query: [table.about, Self.format.about, Self.position], mediaTypes: ExportFormat.allCases.map(\.mediaType)
    ) { try await export($0, of: $0[table]) }
    router.read(
      "/export/schema", Self.exporters, "The columns and the JSON Schema of every exported table"
    ) { _ in Export.Schema(tables) }
    router.read(
      "/pupils/{id}/subject-access", .roles(.legalOfficer, .attendanceOfficer, reach: .ownRecords),
      "Everything that is held about a child, with what must be looked at before it is given out"
    ) {
      let document = try await SubjectAccess(records: records, transactions: transactions)($0.pupil(), by: $0.caller)
      didRead()
      return document
    }
    router.read(
      "/audit", .roles(.manager, reach: .wholeAuthority), "Who did and read what, and whether the log is sound",
      query: [Self.subject.about, .after, Self.whole.about]
    ) {
      try await ReadAudit(transactions: transactions)(
        about: $0[Self.subject], after: $0.after, verifiesWhole: $0[Self.whole], by: $0.caller)
    }
  }

  private func export(_ call: Call, of table: KeptTable) async throws -> Download {
    let format = try call[Self.format]
    let export = Export(transactions: transactions, auditedAs: records.auditedAs, limits: exportLimits)
    let stream = try await export.open(table, format, after: call.after, by: call.caller)
    let body = ResponseBody { writer in
      var output = writer
      try await stream.forEachPart { try await output.write(ByteBuffer(bytes: $0)) }
      try await output.finish(nil)
    }
    return Download(body, contentType: format.mediaType, name: "\(records.name)-\(table.name).\(format.rawValue)")
  }

  private static func isSubject(_ text: String) -> Bool {
    (1...subjectBytes).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
          || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
      }
  }
}
