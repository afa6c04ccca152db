import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Letters
import Messaging
import NIOCore
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// The money of four notices, a first and a second one to each of two parents, posted on 1 January 2027. It is 11 April.
struct Paid {
  let service: Enforced
  let payments: NoticePayments
  /// The notices' cases and numbers: two first notices, then two second ones.
  let ids: [String]
  let numbers: [DocumentNumber]

  static let clerk = Caller(subject: "clerk-1", role: .finance)
  static let issued = Day(ordinal: 20_819)
  /// Tuesday 5 January: the 1st is a bank holiday.
  static let received = issued.adding(days: 4)

  static func make(receipts: LetterWriter? = nil) async throws -> Paid {
    let service = try await Enforced.withProposal(sessions: 20, receipts: receipts)
    var (ids, numbers): ([String], [DocumentNumber]) = ([], [])
    for proposal in ["pn-1", "pn-2"] {
      let pair = [
        try await service.consider(Enforced.mother, proposal: proposal),
        try await service.consider(Enforced.father, proposal: proposal),
      ]
      for id in pair { numbers.append(try await service.issue(id)) }
      ids += pair
    }
    #expect(service.clock.today() == issued)
    service.clock.set(service.clock.now().addingTimeInterval(100 * 86_400))
    return Paid(service: service, payments: NoticePayments(desk: service.desk), ids: ids, numbers: numbers)
  }

  /// Sends a file with the usual columns.
  @discardableResult
  func send(
    _ rows: [String], from source: PaymentSource = .bank, header: String = "Date,Amount,Reference"
  ) async throws -> ImportPayments.Answer {
    let takeIn = ImportPayments(payments: payments, transactions: service.transactions)
    let text = ([header] + rows).map { $0 + "\n" }.joined()
    let file = Upload(mediaType: "text/csv", bytes: ByteBuffer(string: text))
    return try #require(try await takeIn(file, from: source, by: Edit(by: Self.clerk)).new)
  }

  @discardableResult
  func act(_ act: PaymentAct, on payment: Int64) async throws -> Int64 {
    try await service.transactions.write(by: Self.clerk) { [payments] unit in
      let stored = try #require(try Payments.find(payment, in: unit.db))
      let reason = if case .returned(_, _, _, let reason) = act { reason.rawValue } else { "Looked up" }
      return try payments.act(act, on: stored, because: reason, in: unit)
    }
  }

  func money(of place: Int) async throws -> NoticeMoney {
    let number = numbers[place]
    return try await service.store.read { NoticeMoney(of: number, try Payments.histories(of: number, in: $0)) }
  }

  func payable(_ place: Int) async throws -> PayableNotice {
    let number = numbers[place]
    return try await service.store.read { [desk = service.desk] in try #require(try desk.payable(number, in: $0)) }
  }

  /// How the notice's case stands.
  func state(of place: Int) async throws -> PenaltyNoticeCase.State? { try await service.state(ids[place]) }

  func holds(of place: Int) async throws -> [PaymentGuard.Hold] {
    let (notice, today) = (try await payable(place), service.transactions.today)
    return try await service.store.read { try PaymentGuard.unresolved(notice, on: today, in: $0) }
  }

  /// Every payment with what people did, in order.
  func histories() async throws -> [PaymentHistory] {
    try await service.store.read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM payment ORDER BY number").map { try Payments.stored($0, in: db).history }
    }
  }

  /// Outcomes that wait for a person, by the notice's place.
  func queries() async throws -> [Int: String] {
    let rows = try await service.store.read { db in
      try Row.fetchAll(db, sql: "SELECT notice, outcome FROM payment_query").map {
        ($0["notice"] as String, $0["outcome"] as String)
      }
    }
    return Dictionary(
      uniqueKeysWithValues: try rows.map { row in
        (try #require(numbers.firstIndex { $0.text == row.0 }), row.1)
      })
  }
}
