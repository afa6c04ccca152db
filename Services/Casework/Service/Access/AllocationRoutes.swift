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
  static let allocationRead = AuditAction("case.allocation-proposal.read")
  static let continuityRead = AuditAction("schools.continuity.read")
}

/// Who takes a case, as a proposal to the manager who decides; how long officers stay with schools; and how the statutory
/// hours are shared out by need.
struct AllocationRoutes: Sendable {
  let transactions: Transactions

  private static let managers = Policy.roles(.manager, reach: .wholeAuthority)
  private static let hours = QueryParameter<Int>(
    "hours", .integer(minimum: 0), "The statutory hours of all schools in the term.",
    { Int($0).flatMap { 0...1_000_000 ~= $0 ? $0 : nil } })
  private static let floor = QueryParameter<Int>(
    "floorMinutes", .integer(minimum: 0), "The minutes of a school’s termly meetings.",
    { Int($0).flatMap { 0...60_000 ~= $0 ? $0 : nil } })
  private static let on = QueryParameter<Day>("on", "The first day of the term; today when absent.").optional
  /// The most cases that wait for an officer in one answer.
  private static let most = 200

  struct Candidate: Codable, Sendable {
    /// By an opaque identifier.
    let officer: String
    /// To one decimal.
    let weightOfWholeTime: String
    let open: Int
    let lastGiven: Day?
  }

  struct Proposal: Codable, Sendable {
    let id: String
    let pupil: PupilID
    let school: URN?
    /// Who has the case now; absent where it waits for an officer.
    let holder: String?
    /// Who is proposed; absent where nobody can take it.
    let officer: String?
    let ground: CaseAllocation.Ground
    /// Who could take it, the first first.
    let candidates: [Candidate]
  }

  struct Waiting: WholeList, Sendable {
    let cases: [Proposal]
    var list: (name: String, rows: [Proposal]) { ("allocation-proposals", cases) }
  }

  struct Stay: Codable, Sendable {
    let school: URN
    let officers: Int
    /// The median time of an officer with the school, months to one decimal.
    let medianMonths: String
  }

  struct Stays: WholeList, Sendable {
    let schools: [Stay]
    var list: (name: String, rows: [Stay]) { ("continuity", schools) }
  }

  struct Share: Codable, Sendable {
    let school: URN
    let persistent, severe, formal, weight: Int
    /// Of the term before; absent where it had none.
    let beforeMinutes: Int?
    let minutes: Int
    let ground: StatutoryShare.Ground
  }

  struct Shares: WholeList, Sendable {
    let on: Day
    /// Below 0 where the floors and the limits ask for more hours than there are.
    let leftMinutes: Int
    let schools: [Share]
    var list: (name: String, rows: [Share]) { ("statutory-shares", schools) }
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/allocation-proposals", Self.managers,
      "Accepted cases that wait for an officer, or whose officer has left or is barred, each with a proposal", waiting)
    router.read(
      "/cases/{id}/allocation-proposal", Self.managers, "Who is proposed to take a case, and who else could",
      path: [RecordRoutes.id], one)
    router.read(
      "/continuity", Self.managers, "How long officers stay with each school", continuity)
    router.read(
      "/statutory-shares", Self.managers, "How a term’s statutory hours would be shared out by need",
      query: [Self.hours.about, Self.floor.about, Self.on.about], shares)
  }

  private func waiting(_ call: Call) async throws -> Waiting {
    try await transactions.write(by: call.caller) { unit in
      try unit.audit(.allocationRead, of: .all)
      let numbers = try Int64.fetchAll(
        unit.db,
        sql: """
          SELECT number FROM case_file f WHERE kind = ?1 AND is_open = 1 AND state <> 'received'
            AND pupil NOT IN (SELECT value FROM json_each(?2)) AND (owner IS NULL
              OR owner IN (SELECT officer FROM officer_left WHERE first <= ?3)
              OR EXISTS (SELECT 1 FROM kept_from k
                WHERE k.officer = f.owner AND k.pupil = f.pupil AND k.why = 'bar' AND k.first <= ?3))
          ORDER BY opened, number LIMIT ?4
          """, arguments: [AttendanceCase.name, unit.hiddenPupils.list, unit.today, Self.most])
      let officers = try Officers(on: unit.today, in: unit.db)
      return Waiting(
        cases: try numbers.compactMap { number in
          guard let stored = try Cases<AttendanceCase>.find("c\(number)", in: unit.db) else { return nil }
          try unit.audit(.allocationRead, of: stored.pupil, ["case": stored.id])
          return try officers.proposal(for: stored, in: unit.db)
        })
    }
  }

  private func one(_ call: Call) async throws -> Proposal {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let stored = try Cases<AttendanceCase>.find(id, for: unit.caller, in: unit.db)
      try unit.audit(.allocationRead, of: stored.pupil, ["case": stored.id])
      return try Officers(on: unit.today, in: unit.db).proposal(for: stored, in: unit.db)
    }
  }

  private func continuity(_ call: Call) async throws -> Stays {
    try await transactions.write(by: call.caller) { unit in
      try unit.audit(.continuityRead, of: .all)
      let entries = try BookStore.all(SchoolAllocation.self, in: unit.db).map(\.entry)
      return Stays(
        schools: Dictionary(grouping: entries, by: \.urn).sorted { $0.key < $1.key }.compactMap { school, entries in
          let months = Continuity.medianMonths(entries.map { ($0.officer, $0.from) }, today: unit.today)
          return months.map {
            Stay(school: school, officers: Set(entries.map(\.officer)).count, medianMonths: $0.oneDecimal)
          }
        })
    }
  }

  private func shares(_ call: Call) async throws -> Shares {
    let (hours, floor, on) = (try call[Self.hours], try call[Self.floor], try call[Self.on])
    return try await transactions.write(by: call.caller) { unit in
      let day = on ?? unit.today
      try unit.audit(.continuityRead, of: .all)
      let needs = try SchoolNeeds.all(on: day, in: unit.db)
      let share = StatutoryShare(
        needs, minutes: hours * 60, floor: floor, rule: StatutoryShare.Rule.standard.value(on: day))
      return Shares(
        on: day, leftMinutes: share.leftMinutes,
        schools: share.shares.map {
          Share(
            school: $0.need.school, persistent: $0.need.persistent, severe: $0.need.severe, formal: $0.need.formal,
            weight: $0.weight, beforeMinutes: $0.need.before, minutes: $0.minutes, ground: $0.ground)
        })
    }
  }
}

/// The officers of a day with what they carry.
struct Officers {
  private let day: Day
  private let rule: Caseload.Rule
  private let named: [URN: SchoolAllocation]
  private let loads: [String: Caseload]
  private let lastGiven: [String: Day]

  init(on day: Day, in db: Database) throws {
    self.day = day
    rule = Caseload.Rule.standard.value(on: day)
    named = try CaseCounts.allocations(on: day, in: db)
    let owned = Dictionary(grouping: try CaseloadRoutes.cases(on: day, db), by: \.officer)
    var loads: [String: Caseload] = [:]
    for officer in Set(owned.keys).union(named.values.map(\.officer)) {
      loads[officer] = Caseload(
        (owned[officer] ?? []).map(\.weighed), wholeTime: try CaseloadRoutes.wholeTime(of: officer, on: day, db),
        rule: rule)
    }
    self.loads = loads
    lastGiven = Dictionary(
      uniqueKeysWithValues: try Row.fetchAll(
        db.cachedStatement(sql: "SELECT officer, max(first) AS day FROM case_holder GROUP BY officer")
      ).map { ($0["officer"] as String, try $0.get("day") as Day) })
  }

  /// Who is proposed to take a case.
  func proposal(for stored: StoredCase<AttendanceCase>, in db: Database) throws -> AllocationRoutes.Proposal {
    let own = stored.school.flatMap { named[$0] }
    let cluster = Set(own.map { own in named.values.filter { $0.cluster == own.cluster }.map(\.officer) } ?? [])
    let pupil = try stored.pupil
    let family = try Families.siblings(of: pupil, in: db).compactMap {
      try Cases<AttendanceCase>.open(about: $0.text, in: db)?.file.owner?.person
    }
    let holder = stored.file.owner?.person
    let candidates = try cluster.union(family).subtracting([holder].compactMap(\.self)).sorted().map { officer in
      let load = loads[officer] ?? Caseload([], wholeTime: Fraction(1), rule: rule)
      return CaseAllocation.Candidate(
        officer: officer, weightOfWholeTime: load.weightOfWholeTime, open: load.open, lastGiven: lastGiven[officer],
        isBarred: try OfficerAccess.isBarred(officer, from: pupil, on: day, in: db))
    }
    let allocation = CaseAllocation(
      family: Set(family), named: own?.officer, cluster: cluster, candidates: candidates, rule: rule)
    return AllocationRoutes.Proposal(
      id: stored.id, pupil: pupil, school: stored.school, holder: holder, officer: allocation.officer,
      ground: allocation.ground,
      candidates: allocation.ranked.map {
        .init(
          officer: $0.officer, weightOfWholeTime: $0.weightOfWholeTime.oneDecimal, open: $0.open,
          lastGiven: $0.lastGiven)
      })
  }
}

/// What schools need of the statutory hours.
enum SchoolNeeds {
  static func all(on day: Day, in db: Database) throws -> [StatutoryShare.Need] {
    func counts(_ sql: String, _ arguments: StatementArguments = []) throws -> [String: Int] {
      Dictionary(
        uniqueKeysWithValues: try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map {
          ($0[0] as String, $0[1] as Int)
        })
    }
    let persistent = try counts("SELECT school, count(DISTINCT pupil) FROM finding WHERE stands = 1 GROUP BY school")
    let severe = try counts(
      """
      SELECT school, count(DISTINCT pupil) FROM matter
      WHERE kind = ? AND state = 'severe absence found' AND is_open = 1 AND school IS NOT NULL GROUP BY school
      """, [Matter.Kind.finding.rawValue])
    let formal = try counts(
      """
      SELECT school, count(*) FROM case_file WHERE kind = ? AND is_open = 1 AND school IS NOT NULL
        AND json_extract(json, '$.stated.level') >= ? GROUP BY school
      """, [AttendanceCase.name, Pathway.formalLevel.value(on: day)])
    let before = Dictionary(
      try BookStore.all(StatutoryTime.self, in: db).map(\.entry).filter { $0.from < day }.map { ($0.urn, $0) },
      uniquingKeysWith: { $0.from <= $1.from ? $1 : $0 })
    return try URN.fetchAll(db, sql: "SELECT urn FROM roll_school ORDER BY urn").map { school in
      StatutoryShare.Need(
        school: school, persistent: persistent[school.text] ?? 0, severe: severe[school.text] ?? 0,
        formal: formal[school.text] ?? 0, before: before[school]?.minutes)
    }
  }
}
