import Contracts
import EnforcementDomain
import GRDB
import Letters
import Messaging
import Rulebook
import Schemas
import ServiceKit
import Store

extension AuditAction {
  fileprivate static let registerRead = AuditAction("notices.register.read")
}

/// The register of notices (SI 2007/1867 reg 20), and the figures of the yearly return that are made from it.
struct NoticeRegister: Sendable {
  let notices: PenaltyNotices
  let transactions: Transactions

  private static let pageSize = 100
  private static let readers = Policy.roles(.attendanceOfficer, .legalOfficer, .manager, reach: .ownRecords)
  private static let year = QueryParameter<SchoolYear>("year", "The school year, for example 2026/27.")

  func add(to router: ServiceRouter) {
    router.read(
      "/register-of-notices", Self.readers,
      "The register of penalty notices: each with its payments, its withdrawal and its prosecution", query: [.after],
      register)
    router.read(
      "/returns/penalty-notices", .roles(.legalOfficer, .manager, reach: .wholeAuthority),
      "The figures of a school year's penalty notices for the return on parental responsibility measures",
      query: [Self.year.about], figures)
  }

  struct Line: Listed {
    static let list = "notices"

    struct Payment: Codable, Sendable {
      let on: Day
      /// Pounds and pence.
      let amount: String
      let returnedOn: Day?
    }

    /// The number under which it was issued, and is kept.
    let notice: String
    /// The case, which has the document.
    let id: String
    let pupil: PupilID
    let person: PersonID
    let school: URN
    let issued: Day
    let level: Int
    let standing: NoticeStanding
    let payments: [Payment]
    let dischargedOn: Day?
    let withdrawnOn: Day?
    let ground: NoticeWithdrawal.Ground?
    /// Whether the person was prosecuted for the offence, or for that of s444(1A) on the same facts.
    let prosecuted: Bool
  }

  private func register(_ call: Call) async throws -> Page<Line> {
    let after = try call.after
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.registerRead, of: .all)
      let rows = try Notices.issued(
        at: unit.caller.confinedTo, after: after, limit: Self.pageSize, in: unit.db)
      return try Page(rows, of: Self.pageSize, endsAt: \.number) { try line($0, in: unit) }
    }
  }

  private func line(_ notice: StoredNotice, in unit: UnitOfWork) throws -> Line {
    guard let issue = notice.issue, let standing = notice.state?.standing else { throw Problem.notFound("Notice") }
    let money = NoticeMoney(of: issue.document, try Payments.histories(of: issue.document, in: unit.db))
    return Line(
      notice: issue.document.text, id: notice.id, pupil: notice.pupil, person: notice.person, school: notice.school,
      issued: issue.on, level: issue.level, standing: standing,
      payments: money.payments.map { .init(on: $0.on, amount: $0.sum.text, returnedOn: $0.returnedOn) },
      dischargedOn: try notices.account(of: notice, on: unit.today, in: unit.db)?.dischargedOn,
      withdrawnOn: notice.withdrawnOn,
      ground: try Notices.ground(ofWithdrawn: issue.document, in: unit.db),
      prosecuted: [.prosecutionPending, .convicted, .acquitted].contains(standing))
  }

  struct Figures: Codable, Sendable {
    let year: SchoolYear
    let figures: NoticeReturn
  }

  private func figures(_ call: Call) async throws -> Figures {
    let year = try call[Self.year]
    return try await transactions.read { [today = transactions.today] db in
      let all = try Notices.issued(in: year, db: db).compactMap { try registered($0, on: today, in: db) }
      return Figures(
        year: year,
        figures: NoticeReturn(of: year, all) { PenaltyNoticeTerms.national.value(on: $0).reducedDays })
    }
  }

  private func registered(_ notice: StoredNotice, on day: Day, in db: Database) throws -> RegisteredNotice? {
    guard let issue = notice.issue, let standing = notice.state?.standing else { return nil }
    let codes = notices.judge.codes
    let isForHoliday = try Notices.sessions(of: notice.number, in: db).allSatisfy {
      codes.scheme(on: $0.date).traits($0.code).contains(.holiday)
    }
    return RegisteredNotice(
      number: issue.document.text, issued: issue.on, level: issue.level, isForHoliday: isForHoliday,
      period: try notices.period(of: notice, in: db), standing: standing,
      dischargedOn: try notices.account(of: notice, on: day, in: db)?.dischargedOn)
  }
}

extension Notices {
  /// Those that were issued, in the order of their numbers in this store.
  static func issued(
    at schools: Set<String>?, after number: Int64, limit: Int, in db: Database
  ) throws -> [StoredNotice] {
    let own = schools.map { "AND n.school IN (\($0.map { _ in "?" }.joined(separator: ",")))" } ?? ""
    return try find(
      "n.document IS NOT NULL AND n.number > ? \(own) ORDER BY n.number LIMIT ?",
      [number] + StatementArguments((schools ?? []).sorted()) + [limit], in: db)
  }

  /// Those that were issued in a school year.
  static func issued(in year: SchoolYear, db: Database) throws -> [StoredNotice] {
    try find("n.issued BETWEEN ? AND ?", [year.first, year.last], in: db)
  }

  /// The ground on which a notice was withdrawn; `nil` when it was not.
  static func ground(ofWithdrawn number: DocumentNumber, in db: Database) throws -> NoticeWithdrawal.Ground? {
    try String.fetchOne(
      db.cachedStatement(sql: "SELECT ground FROM document_withdrawals WHERE number = ?"), arguments: [number.text]
    ).flatMap { NoticeWithdrawal.Ground(rawValue: $0) }
  }
}
