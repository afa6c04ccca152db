import Contracts
import Foundation
import GRDB
import Messaging
import Rulebook
import Store
import TestKit
import Testing

@testable import Letters

@Suite("Service of documents")
struct ServiceTests {
  struct Sent: Decodable {
    let sent: Day
    let method: ServiceMethod
  }
  struct Received: Decodable { let received: Day }

  @Test(arguments: ["pn_payment", "nti_period"])
  func theTableOfDeadlinesCountsFromTheSameDay(type: String) throws {
    for row in try DecisionTable("deadline_cases.json", type: type).cases {
      let sent = try row.input(Sent.self)
      let expected = try JSONDecoder().decode(Received.self, from: row.expected)
      #expect(ServiceRules.penaltyNotice.served(sent.method, on: sent.sent)?.day == expected.received, "\(row.id)")
    }
  }

  @Test func aWayThatTheLawDoesNotNameIsNoService() {
    #expect(ServiceRules.educationAct.served(.email, on: Sample.today) == nil)
    #expect(ServiceRules.penaltyNotice.served(.secondClass, on: Sample.today) == nil)
    #expect(ServiceRules.penaltyNotice.served(.hand, on: Sample.day(2007, 8, 31)) == nil, "before the Regulations")
    #expect(ServiceRules.ordinary.served(.email, on: Sample.today)?.day == Sample.day(2026, 11, 30))
    for rules in [ServiceRules.ordinary, .penaltyNotice, .educationAct] {
      #expect(rules.methods.allSatisfy { !$0.source.isEmpty })
    }
  }

  /// Issued, printed, then served by what the test says.
  func served(
    _ services: [DocumentService], _ receipts: [DocumentReceipt] = [], isPrinted: Bool = true
  ) async throws -> ServedDay? {
    let store = try Sample.store()
    let documents = try Sample.documents()
    let notice = try Sample.notice()
    let issued = try await store.unit { unit in
      let issued = try documents.issue(notice, to: Sample.mother, filed: .init(), in: unit)
      if isPrinted {
        try unit.db.execute(
          sql: "INSERT INTO document_prints VALUES (?, ?, ?, 0)",
          arguments: [issued.number.text, Data([1]), Data(repeating: 0, count: 32)])
      }
      return issued
    }
    return try await store.unit(on: Sample.day(2026, 12, 20)) { unit in
      for service in services {
        _ = try documents.recordService(service, of: issued.number, in: unit)
      }
      for receipt in receipts {
        try documents.recordReceipt(receipt, of: issued.number, in: unit)
      }
      return try documents.served(issued.number, in: unit.db)
    }
  }

  static func by(_ method: ServiceMethod, on day: Day, proof: String = "certificate") -> DocumentService {
    DocumentService(
      method: method, day: day, by: "post room", address: "1 High Street", addressReason: "the register", proof: proof)
  }

  @Test func theFirstServiceCountsUnlessItCameBackOrProofSaysOtherwise() async throws {
    let post = Self.by(.firstClass, on: Sample.today)
    let hand = Self.by(.hand, on: Sample.day(2026, 12, 8))
    #expect(try await served([]) == nil)
    let posted = try await served([post])
    #expect(posted?.day == Sample.day(2026, 12, 1) && posted?.rule == "penalty-notice-service")
    #expect(try await served([post, hand])?.day == Sample.day(2026, 12, 1))
    let returned = DocumentReceipt(kind: .returned, day: Sample.day(2026, 12, 4), evidence: "envelope, gone away")
    #expect(try await served([post], [returned]) == nil)
    #expect(try await served([post, hand], [returned])?.day == Sample.day(2026, 12, 8))
    let proved = try await served(
      [post], [.init(kind: .received, day: Sample.day(2026, 12, 3), evidence: "postmark shown by the parent")])
    #expect(proved?.day == Sample.day(2026, 12, 3) && proved?.rule == Documents.provedReceipt)
  }

  @Test func aRecordOfServiceMustHold() async throws {
    await #expect(throws: DocumentError.unprinted) {
      try await served([Self.by(.hand, on: Sample.today)], isPrinted: false)
    }
    await #expect(throws: DocumentError.methodNotAllowed(.secondClass, rule: "penalty-notice-service")) {
      try await served([Self.by(.secondClass, on: Sample.today)])
    }
    await #expect(throws: DocumentError.implausibleDay) {
      try await served([Self.by(.hand, on: Sample.today.adding(days: -1))])
    }
    await #expect(throws: DocumentError.implausibleDay) {
      try await served([Self.by(.hand, on: Sample.day(2026, 12, 21))])
    }
    await #expect(throws: DocumentError.missing("proof")) {
      try await served([Self.by(.hand, on: Sample.today, proof: " ")])
    }
  }
}
