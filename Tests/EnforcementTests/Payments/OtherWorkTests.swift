import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Messaging
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

@Suite("Work beside that of cases") struct OtherWorkTests {
  private func work(_ paid: Paid) async throws -> [String: [String]] {
    try await paid.service.store.read { db in
      try OtherWork.all(in: db).reduce(into: [:]) { $0[$1.kind, default: []].append("\($1.record) \($1.due)") }
    }
  }

  @Test("Payments to match, money to settle and rows that could not be read are work until somebody has done it")
  func money() async throws {
    let paid = try await Paid.make()
    #expect(try await work(paid).isEmpty)
    // Sunday 11 April is the day on which they come: five working days on it is Friday.
    try await paid.send([
      "2027-01-12,80.00,no number", "2027-01-12,12.00,\(paid.numbers[0])", "2027-01-12,eighty,x",
    ])
    #expect(
      try await work(paid) == [
        "payment-to-match": ["payment-1 2027-04-16"], "money-to-settle": ["\(paid.numbers[0]) 2027-04-16"],
        "payment-file-to-settle": ["payment-file-1 2027-04-16"],
      ])
    try await paid.act(.allocated(from: nil, to: paid.numbers[1], .pounds(80)), on: 1)
    let day = paid.service.clock.today()
    try await paid.act(.returned(from: paid.numbers[0], on: day, .pounds(12), .short), on: 2)
    try await paid.service.store.write { db in
      try db.execute(sql: "INSERT INTO payment_file_settled VALUES (1, 'Entered by hand', 0, 'clerk-1')")
    }
    #expect(try await work(paid).isEmpty)
  }

  @Test("An enquiry is work until it is answered")
  func enquiry() async throws {
    let service = try await Enforced.withProposal()
    let pupil = service.pupil
    let number = try await service.transactions.write(by: Paid.clerk) { unit in
      try Enquiries.ask(
        try AuthorityCode("383"), about: pupil, Enforced.mother, purpose: "Before a notice", on: unit.today,
        in: unit.db)
    }
    #expect(try await service.store.read { try OtherWork.all(in: $0).map(\.record) } == ["enquiry-\(number)"])
    let day = service.clock.today()
    let isThere = try await service.store.write { try Enquiries.answer(number, with: [], on: day, in: $0) }
    let left = try await service.store.read { try OtherWork.all(in: $0).map(\.record) }
    #expect(isThere && left == [])
  }

  @Test("The ledger of a parent and a child as it was at a past moment")
  func ledger() async throws {
    let service = try await Enforced.withProposal()
    let pupil = service.pupil
    let id = try await service.consider()
    var moments: [Timestamp] = []
    func passes(to day: String) async throws {
      moments.append(Timestamp(service.clock.now()))
      try await service.passTime(to: try #require(Day(iso: day)))
    }
    try await passes(to: "2027-01-04")
    try await service.issue(id)
    try await passes(to: "2027-01-20")
    _ = try await service.withdraw(id, .materialError)
    try await passes(to: "2027-01-25")
    let enquiry = try await service.store.write { db in
      try Enquiries.ask(
        try AuthorityCode("383"), about: pupil, Enforced.mother, purpose: "Before a notice",
        on: Day(iso: "2027-01-25")!, in: db)
    }
    try await service.passTime(to: try #require(Day(iso: "2027-01-28")))
    _ = try await service.store.write { db in
      try Enquiries.answer(
        enquiry, with: [(Day(iso: "2026-01-12")!, .paid)], on: Day(iso: "2027-01-28")!, in: db)
    }
    func standings(_ moment: Timestamp?) async throws -> [NoticeStanding] {
      try await service.store.read { [notices = service.desk.notices] db in
        try notices.entries(to: Enforced.mother, about: pupil, asAt: moment, in: db).map(\.standing)
      }
    }
    #expect(try await standings(moments[0]) == [], "considered, and not issued")
    #expect(try await standings(moments[1]) == [.open])
    #expect(try await standings(moments[2]) == [.withdrawn], "no answer had come")
    #expect(try await standings(nil) == [.withdrawn, .paid])
    let fathers = try await service.store.read { [notices = service.desk.notices] db in
      try notices.entries(to: Enforced.father, about: pupil, in: db).count
    }
    #expect(fathers == 0)
  }
}
