import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit
import Store

extension AuditAction {
  static let packRead = AuditAction("school.pack.read")
  static let statementRead = AuditAction("school.statement.read")
}

/// What the books and the register's marks say of one school: the pack of a targeting support meeting, absence for health
/// appointments, and statements of what was bought.
struct SchoolRoutes: Sendable {
  let transactions: Transactions

  private static let own = Policy.roles(.school, .attendanceOfficer, .manager, reach: .ownSchool)
  private static let from = QueryParameter<Day>("from", "The first day.")
  private static let to = QueryParameter<Day>("to", "The last day.")

  func add(to router: ServiceRouter) {
    router.read(
      "/schools/{urn}/meeting-pack", Self.own, "What a targeting support meeting with a school looks at",
      query: [Self.from.about, Self.to.about], pack)
    router.read(
      "/schools/{urn}/health-absence", Self.own,
      "Sessions missed for health appointments by half day and service, from the school’s surveys",
      query: [Self.from.about, Self.to.about], health)
    router.read(
      "/schools/{urn}/inspection-evidence", Self.own,
      "What the register’s marks show to a register inspection visit, in numbers",
      query: [Self.from.about, Self.to.about], evidence)
    router.read(
      "/schools/{urn}/traded-statements", Self.own, "What a school bought, used and has left", statements)
  }

  // MARK: The pack

  struct Pack: Codable, Sendable {
    let school: URN
    let from, to: Day
    /// Of all pupils, from the marks that were published lately; absent without a possible session.
    let attendance: Attended?
    let percentage: String?
    let persistentlyAbsent, severelyAbsent, partTime: [PupilID]
    /// How many of the persistently absent have a social worker, or are looked after.
    let withSocialWorker, lookedAfter: Int
    let openCases: Int
    /// Open cases by level of the pathway, from 1.
    let byLevel: [Int]
    let lastMeeting: Day?
    /// Actions that nothing has come of yet, by number, and how many of them are past their day.
    let openActions: [Int64]
    let overdueActions: Int
  }

  private func span(_ call: Call) throws -> DayRange {
    let days = DayRange(first: try call[Self.from], last: try call[Self.to])
    guard days.first <= days.last, days.last - days.first < 366 else {
      throw Problem.badRequest("span", "The days must be in order and at most 366")
    }
    return days
  }

  private func pack(_ call: Call) async throws -> Pack {
    let (school, days) = (try call.school, try span(call))
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.packRead, of: school)
      let db = unit.db
      let counts = try SchoolMarks.attended(at: school, in: days, db)
      let absent = try PupilID.fetchAll(
        db.cachedStatement(
          sql: "SELECT DISTINCT pupil FROM finding WHERE school = ? AND stands = 1 ORDER BY pupil"),
        arguments: [school])
      let concerns = try absent.map { try Roll.concerns(of: $0, on: unit.today, in: db) }
      let actions = try BookStore.all(SchoolAction.self, .init(school: school, isOpen: true), in: db)
      let meetings = try BookStore.all(TargetingMeeting.self, .init(school: school), in: db)
      let levels = try CaseCounts.levels(at: school, on: unit.today, in: db)
      func standing(_ kind: FindingKind) throws -> [PupilID] {
        try MatterBook.standing("\(kind.rawValue.replacing("-", with: " ")) found", at: school, in: db)
      }
      return Pack(
        school: school, from: days.first, to: days.last, attendance: counts.possible > 0 ? counts : nil,
        percentage: counts.shown, persistentlyAbsent: absent, severelyAbsent: try standing(.severeAbsence),
        partTime: try standing(.partTimeSixWeeks), withSocialWorker: concerns.count { $0.contains(.socialCare) },
        lookedAfter: concerns.count { $0.contains(.virtualSchool) }, openCases: levels.reduce(0, +), byLevel: levels,
        lastMeeting: meetings.map(\.entry.on).max(), openActions: actions.map(\.number),
        overdueActions: actions.count { $0.entry.due < unit.today })
    }
  }

  // MARK: Health appointments

  struct Health: Codable, Sendable {
    struct Marked: Codable, Sendable {
      let session: Session
      let missed: Int?
    }

    struct Part: Codable, Sendable {
      let session: Session
      let service: HealthSurvey.Service
      /// Absent where it is 1 to 4.
      let missed: Int?
    }

    let school: URN
    let from, to: Day
    /// Possible sessions of all pupils, from the marks that were published lately.
    let possible: Int
    /// Sessions with the register's mark for a medical or dental appointment, by half day; absent where it is 1 to 4.
    let marked: [Marked]
    let parts: [Part]
  }

  private func health(_ call: Call) async throws -> Health {
    let (school, days) = (try call.school, try span(call))
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.packRead, of: school)
      let counts = try SchoolMarks.attended(at: school, in: days, unit.db)
      let surveys = try BookStore.all(HealthSurvey.self, .init(school: school), in: unit.db).map(\.entry)
      let rows = surveys.filter { days.contains($0.from) && days.contains($0.to) }.flatMap(\.counts)
      return Health(
        school: school, from: days.first, to: days.last, possible: counts.possible,
        marked: try SchoolMarks.appointments(at: school, in: days, unit.db).map {
          .init(session: $0, missed: Suppression.small ~= $1 ? nil : $1)
        },
        parts: Session.allCases.flatMap { session in
          HealthSurvey.Service.allCases.compactMap { service in
            let own = rows.filter { $0.session == session && $0.service == service }
            let missed = own.reduce(0) { $0 + $1.missed }
            return own.isEmpty
              ? nil : .init(session: session, service: service, missed: Suppression.small ~= missed ? nil : missed)
          }
        })
    }
  }

  // MARK: Register inspections

  struct Evidence: Codable, Sendable {
    struct Code: Codable, Sendable {
      let code: AttendanceCode
      let sessions: Int
    }

    let school: URN
    let from, to: Day
    /// Sessions of pupils by code.
    let codes: [Code]
    /// Sessions of pupils whose mark was published more than once.
    let amended: Int
    /// Sessions whose reason is not established although more than five school days are over (ATT-2).
    let reasonsLeftOver: Int
    /// Sessions off site, and on part-time timetables, with how many pupils they are of: the visit looks for what they
    /// rest on.
    let offSite, offSitePupils, partTime, partTimePupils: Int
  }

  private func evidence(_ call: Call) async throws -> Evidence {
    let (school, days) = (try call.school, try span(call))
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.packRead, of: school)
      return try SchoolMarks.evidence(at: school, in: days, today: unit.today, unit.db)
    }
  }

  // MARK: What was bought

  struct Statement: Codable, Sendable {
    let agreement: Int64
    let package: String
    let from, to: Day
    let boughtMinutes, usedMinutes: Int
    /// Below 0 where the school agreed to more.
    let leftMinutes: Int
    let ended: Bool
  }

  struct Statements: WholeList, Sendable {
    let statements: [Statement]
    var list: (name: String, rows: [Statement]) { ("traded-statements", statements) }
  }

  private func statements(_ call: Call) async throws -> Statements {
    let school = try call.school
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.statementRead, of: school)
      return Statements(
        statements: try BookStore.all(TradedAgreement.self, .init(school: school), in: unit.db).map { kept in
          let statement = try Traded.statement(of: kept, in: unit.db)
          return Statement(
            agreement: kept.number, package: kept.entry.package, from: kept.entry.from, to: kept.entry.to,
            boughtMinutes: statement.boughtMinutes, usedMinutes: statement.usedMinutes,
            leftMinutes: statement.leftMinutes, ended: kept.closedBy != nil)
        })
    }
  }
}

/// What schools buy.
enum Traded {
  static func statement(
    of kept: BookStore.Kept<TradedAgreement>, in db: Database
  ) throws -> TradedStatement {
    TradedStatement(
      kept.entry, try BookStore.all(TradedDelivery.self, .init(about: kept.number), in: db).map(\.entry))
  }

  /// - Throws: `Problem` not found for an agreement that the caller may not see; conflict for a delivery outside its days
  ///   or beyond what was bought without the school's yes.
  static func check(_ delivery: TradedDelivery, in unit: UnitOfWork) throws {
    guard let kept = try BookStore.find(delivery.agreement, TradedAgreement.self, in: unit.db),
      unit.caller.maySee(kept.school)
    else { throw Problem.notFound("Entry") }
    guard kept.closedBy == nil, (kept.entry.from...kept.entry.to).contains(delivery.on) else {
      throw Problem.conflict("agreement-not-in-force", "The agreement is not in force on this day")
    }
    let statement = try statement(of: kept, in: unit.db)
    guard delivery.minutes <= statement.leftMinutes || delivery.schoolAgreed else {
      throw Problem.conflict("hours-used-up", "This is more than the school bought: ask the school first")
    }
  }
}
