import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Messaging
import Rulebook
import Seeded
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// Random files and acts on a real store.
@Suite("Runs of payments")
struct PaymentRunsTests {
  private static let seeds = (0..<10).map { SeededGenerator.chosenSeed &+ UInt64($0) }

  /// Files of a fortnight, some of which overlap.
  private static func files(_ random: inout SeededGenerator, _ numbers: [DocumentNumber]) -> [[String]] {
    let days = (0..<14).map { Paid.received.adding(days: $0) }
    let rows = days.map { day in
      (0..<random.below(4)).map { _ in
        let sum = random.pick(["80.00", "160.00", "40.00", "-80.00", "-160.00"])
        let reference = random.pick(numbers.map(\.text) + ["fine", String(numbers[0].text.dropLast(2))])
        return "\(day),\(sum),\(reference)"
      }
    }
    return (0..<4).map { part in Array(rows[(3 * part)..<min(14, 3 * part + 5)].joined()) }.filter { !$0.isEmpty }
  }

  @Test(arguments: seeds) func theSumOfMoneyIsConserved(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let paid = try await Paid.make()
    var acts: [(payment: Int64, act: Int64)] = []
    for file in Self.files(&random, paid.numbers) {
      try await paid.send(file)
      for _ in 0..<6 {
        guard let history = try await paid.histories().randomElement(using: &random) else { continue }
        let place = random.pick([nil] + paid.numbers)
        let sum = Money(pence: random.pick([8_000, 4_000, 16_000, 1, 0]))
        let act: PaymentAct =
          switch random.below(3) {
          case 0: .allocated(from: place, to: random.pick(paid.numbers), sum)
          case 1: .returned(from: place, on: Paid.received.adding(days: 20), sum, .late)
          default: .reversed(act: acts.isEmpty ? 1 : random.pick(acts).act)
          }
        // What is not possible is refused, and changes nothing.
        if let number = try? await paid.act(act, on: history.number) { acts.append((history.number, number)) }
        try await Self.check(paid, seed)
      }
    }
  }

  private static func check(_ paid: Paid, _ seed: UInt64) async throws {
    let histories = try await paid.histories()
    for history in histories {
      let held = ([nil] + paid.numbers).reduce(Money.zero) { $0 + history.held(at: $1) }
      #expect(history.sum == held + history.returned, "seed \(seed), payment \(history.number)")
    }
    let onNone = Dictionary(
      uniqueKeysWithValues: histories.map { ($0.number, $0.held(at: nil).pence) }.filter { $0.1 > 0 })
    let stored = try await paid.service.store.read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM payment_unmatched").map { ($0["payment"] as Int64, $0["pence"] as Int) }
    }
    #expect(Dictionary(uniqueKeysWithValues: stored) == onNone, "seed \(seed)")
    let queries = try await paid.queries()
    for place in paid.numbers.indices {
      let notice = try await paid.payable(place)
      let query = PaymentQuery(
        NoticeMoney(of: notice.number, histories), of: notice, on: paid.service.transactions.today)
      #expect(queries[place] == query?.outcome, "seed \(seed)")
    }
  }

  @Test(arguments: seeds) func theOrderOfFilesDoesNotMatter(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let (first, second) = (try await Paid.make(), try await Paid.make())
    let files = Self.files(&random, first.numbers)
    for file in files { try await first.send(file) }
    for file in files.shuffled(using: &random) + files { try await second.send(file) }
    for place in first.numbers.indices {
      let (a, b) = (try await first.money(of: place), try await second.money(of: place))
      // Numbers of payments are of the store: days and sums are the money's own.
      #expect(Self.sums(a) == Self.sums(b), "seed \(seed)")
      #expect(a.unfounded.map(\.sum) == b.unfounded.map(\.sum), "seed \(seed)")
    }
    #expect(try await first.histories().count == second.histories().count, "seed \(seed)")
  }

  private static func sums(_ money: NoticeMoney) -> [[Int]] {
    money.payments.map { [Int($0.on.ordinal), $0.sum.pence, Int($0.returnedOn?.ordinal ?? 0)] }.sorted {
      $0.lexicographicallyPrecedes($1)
    }
  }
}
