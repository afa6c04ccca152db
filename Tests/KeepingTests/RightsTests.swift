import Contracts
import Foundation
import GRDB
import Messaging
import Rulebook
import Schemas
import ServiceKit
import Store
import TestKit
import Testing

@testable import Keeping

/// What leaves in full, and what a child is given.
@Suite("Rights") struct RightsTests {
  private static func export(_ desk: NoticeDesk, _ format: ExportFormat, after: Int64 = 0) async throws -> String {
    let stream = try await Export(transactions: desk.transactions, auditedAs: "notices").open(
      NoticeDesk.table, format, after: after, by: NoticeDesk.manager)
    let parts = Locked<[[UInt8]]>([])
    try await stream.forEachPart { part in parts.withLock { $0.append(part) } }
    return parts.withLock { String(decoding: $0.joined(), as: UTF8.self) }
  }

  @Test func everyLineLeavesOnceInEitherForm() async throws {
    let desk = try NoticeDesk()
    try await desk.fill()
    let lines = try await Self.export(desk, .jsonl).split(separator: "\n")
    #expect(lines.count == 5)
    #expect(
      lines.first == """
        {"position":1,"number":1,"pupil":"p000000001","school":"100001","closedOn":"2025-01-01","isPaid":false,\
        "note":"=note, 1"}
        """)
    let csv = try await Self.export(desk, .csv, after: 3).split(separator: "\r\n")
    #expect(csv.count == 3 && csv[0].hasPrefix(#""position","number","pupil""#))
    #expect(csv[1] == #"4,4,"p000000003","100001","2025-12-31",true,"r4","'=note, 4""#)
    #expect(try await desk.actions() == ["notices.export.jsonl notices", "notices.export.csv notices"])
  }

  @Test func aChildIsGivenItsOwnLinesWithMarks() async throws {
    let desk = try NoticeDesk()
    try await desk.fill()
    let access = SubjectAccess(records: NoticeDesk.records, transactions: desk.transactions)
    let child = try #require(PupilID("p000000001"))
    _ = try await access(child, by: NoticeDesk.officer)
    let document = try await access(child, by: NoticeDesk.officer)
    #expect(document.sections.map(\.name) == ["notices", "reads"] && document.sections.map(\.lines) == [3, 1])
    #expect(document.redactions.map(\.pointer) == (0..<3).map { "/data/notices/\($0)" })
    #expect(document.redactions.allSatisfy { $0.reason == .thirdParty && $0.review })
    #expect(document.sections.map(\.review) == [true, false])
    guard case .object(let line)? = document.data["notices"]?.first else {
      Issue.record("no line")
      return
    }
    #expect(line["review"] == true && line["number"] == 1)
    // Who may act for one of its schools only is not given it, nor anybody a child of whom nothing is held.
    let bound = Caller(subject: "user-3", role: .attendanceOfficer, schools: ["100001"])
    await #expect(throws: Problem.notFound("Pupil")) { try await access(child, by: bound) }
    let nobody = try #require(PupilID("p000000009"))
    await #expect(throws: Problem.notFound("Pupil")) { try await access(nobody, by: NoticeDesk.officer) }
    #expect(try await desk.actions().count == 2, "what was not given is not on record as given")
  }

  @Test func readingTheAuditLogIsOnRecord() async throws {
    let desk = try NoticeDesk()
    try await desk.fill()
    _ = try await SubjectAccess(records: NoticeDesk.records, transactions: desk.transactions)(
      try #require(PupilID("p000000002")), by: NoticeDesk.officer)
    let read = ReadAudit(transactions: desk.transactions)
    let page = try await read(about: "p000000002", after: 0, verifiesWhole: true, by: NoticeDesk.manager)
    #expect(page.lines.map(\.action) == ["pupil.subject-access"] && page.head.chain.sound && page.next == nil)
    #expect(try await desk.actions().last == "audit.read p000000002")
  }
}
