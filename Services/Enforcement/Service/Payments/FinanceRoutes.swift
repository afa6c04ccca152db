import Contracts
import EnforcementDomain
import GRDB
import Messaging
import Rulebook
import Schemas
import ServiceKit
import Store

/// The money of a financial year for the authority's accounts: numbers of notices and sums, and nothing of a person.
struct FinanceRoutes: Sendable {
  let transactions: Transactions

  private static let year = QueryParameter<FinancialYear>(
    "year", .string(pattern: "^20[0-9]{2}-[0-9]{2}$"), "The financial year, for example 2026-27.",
    { FinancialYear(label: $0) })

  func add(to router: ServiceRouter) {
    router.read(
      "/finance/ledger", .roles(.finance, .manager, reach: .wholeAuthority),
      "What penalty notices brought in a financial year, notice by notice", query: [Self.year.about], ledger)
  }

  struct Ledger: WholeList, Sendable {
    struct Row: Codable, Sendable {
      /// The notice's number; absent for money that was on none.
      let notice: String?
      /// What came in the year, pounds and pence.
      let received: String
      /// What went back in the year, whenever it had come.
      let returned: String
      /// Received less returned.
      let kept: String
    }

    let year: String
    let received, returned, kept: String
    let rows: [Row]

    var list: (name: String, rows: [Row]) { ("penalty-notices-\(year)", rows) }
  }

  private func ledger(_ call: Call) async throws -> Ledger {
    let year = try call[Self.year]
    return try await transactions.read { try Self.ledger(of: year, in: $0) }
  }

  static func ledger(of year: FinancialYear, in db: Database) throws -> Ledger {
    let touched = try Payments.touched(in: year, db)
    let notices = Set(touched.flatMap(\.notices)).sorted { $0.text < $1.text }
    var lines: [(notice: DocumentNumber?, line: FinanceLine)] = try notices.map { notice in
      (notice, FinanceLine(NoticeMoney(of: notice, try Payments.histories(of: notice, in: db)), in: year))
    }
    let onNone = touched.reduce(FinanceLine.nothing) { $0 + FinanceLine(NoticeMoney(of: nil, [$1]), in: year) }
    lines.append((nil, onNone))
    lines.removeAll(where: \.line.isEmpty)
    let whole = lines.reduce(FinanceLine.nothing) { $0 + $1.line }
    return Ledger(
      year: year.label, received: whole.received.text, returned: whole.returned.text, kept: whole.kept.text,
      rows: lines.map {
        Ledger.Row(
          notice: $0.notice?.text, received: $0.line.received.text, returned: $0.line.returned.text,
          kept: $0.line.kept.text)
      })
  }
}

extension Payments {
  /// Payments that came in a financial year, or of which some went back in it.
  static func touched(in year: FinancialYear, _ db: Database) throws -> [PaymentHistory] {
    let days = year.days
    return try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM payment WHERE on_day BETWEEN ?1 AND ?2
        UNION SELECT * FROM payment WHERE number IN
          (SELECT payment FROM payment_act WHERE kind = 'returned' AND on_day BETWEEN ?1 AND ?2)
        ORDER BY number
        """, arguments: [days.first, days.last]
    ).map { try stored($0, in: db).history }
  }
}
