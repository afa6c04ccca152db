import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import HTTPTypes
import Messaging
import Rulebook
import Schemas
import ServiceKit
import Store

extension AuditAction {
  static let caseloadRead = AuditAction("caseload.read")
  static let postRecorded = AuditAction("caseload.post.recorded")
}

/// How heavy officers' cases are, and the pathway of a day.
struct CaseloadRoutes: Sendable {
  let pathways: Pathways
  let transactions: Transactions

  private static let managers = Policy.roles(.manager, reach: .wholeAuthority)
  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .shared)
  private static let on = QueryParameter<Day>("on", "The day; today when absent.").optional

  struct Post: Codable, Sendable {
    /// The officer's opaque identifier.
    let officer: String
    /// The part of a whole-time post, for example `0.6`.
    let wholeTime: String
    let from: Day
  }

  struct Recorded: Codable, Sendable {
    let officer, wholeTime: String
    let from: Day
  }

  struct Load: Codable, Sendable {
    /// The officer's opaque identifier.
    let officer: String
    let open: Int
    /// To one decimal.
    let weight, weightOfWholeTime: String
    /// Whether the weight is above what the rule allows.
    let tooHeavy: Bool
    /// Open cases by the stage of the authority's pathway, from 1.
    let byStage: [Int]
    /// Whether the officer has left: the cases wait for another.
    let hasLeft: Bool
    /// Days since the oldest of the cases was received, and since the longest silence began: the last contact, visit,
    /// meeting or review, else the day on which the case was received.
    let oldestDays, longestSilenceDays: Int
    /// Cases that were given to the officer in the last 365 days, for a whole-time post, to one decimal.
    let givenForWholeTime: String
  }

  struct Loads: WholeList, Sendable {
    let officers: [Load]
    var list: (name: String, rows: [Load]) { ("caseload", officers) }
  }

  func add(to router: ServiceRouter) {
    router.read("/caseload", Self.managers, "How heavy each officer’s open cases are", loads)
    router.write(
      .post, "/caseload/posts", Self.managers, "Record an officer’s part of a whole-time post from a day on", post)
    router.read(
      "/pathway", Self.officers, "The stages by which the authority works", query: [Self.on.about], pathway)
  }

  /// The pathway of a day.
  struct Stages: Codable, Sendable {
    let name: String
    let hasFastTrack: Bool
    let stages: [Pathway.Stage]
  }

  private func pathway(_ call: Call) async throws -> Stages {
    let pathway = pathways.pathway(on: try call[Self.on] ?? transactions.today)
    return Stages(name: pathway.name, hasFastTrack: pathway.hasFastTrack, stages: pathway.stages)
  }

  private func post(_ call: Call, _ form: Post) async throws -> Remembered<Recorded> {
    var faults = Faults()
    faults.require(1...100 ~= form.officer.utf8.count, "/officer", "must have 1 to 100 bytes")
    let part = Fraction(decimal: form.wholeTime)
    faults.require(
      part.map { Fraction(0) < $0 && $0 <= Fraction(1) } ?? false, "/wholeTime", "must be more than 0 and at most 1")
    try faults.refuse()
    return try await transactions.write(call.edit) { unit in
      try unit.db.cachedStatement(
        sql: """
          INSERT INTO officer_post (officer, first, whole_time) VALUES (?, ?, ?)
          ON CONFLICT DO UPDATE SET whole_time = excluded.whole_time
          """
      ).execute(arguments: [form.officer, form.from, form.wholeTime])
      try unit.audit(.postRecorded, of: .record(form.officer))
      return Recorded(officer: form.officer, wholeTime: form.wholeTime, from: form.from)
    }
  }

  private func loads(_ call: Call) async throws -> Loads {
    try await transactions.write(by: call.caller) { [pathways] unit in
      try unit.audit(.caseloadRead, of: .all)
      let pathway = pathways.pathway(on: unit.today)
      let rule = Caseload.Rule.standard.value(on: unit.today)
      let owned = Dictionary(grouping: try Self.cases(on: unit.today, unit.db), by: \.officer)
      return Loads(
        officers: try owned.sorted { $0.key < $1.key }.map { officer, cases in
          let wholeTime = try Self.wholeTime(of: officer, on: unit.today, unit.db)
          let load = Caseload(cases.map(\.weighed), wholeTime: wholeTime, rule: rule)
          let given = try Self.given(to: officer, since: unit.today.adding(days: -364), unit.db)
          var byStage = [Int](repeating: 0, count: pathway.stages.count)
          for one in cases { byStage[pathway.stage(ofLevel: one.weighed.stage).number - 1] += 1 }
          return Load(
            officer: officer, open: load.open, weight: load.weight.oneDecimal,
            weightOfWholeTime: load.weightOfWholeTime.oneDecimal, tooHeavy: load.isTooHeavy, byStage: byStage,
            hasLeft: try OfficerAccess.hasLeft(officer, on: unit.today, in: unit.db),
            oldestDays: unit.today - (cases.map(\.opened).min() ?? unit.today),
            longestSilenceDays: unit.today - (cases.map(\.heard).min() ?? unit.today),
            givenForWholeTime: (Fraction(given) / wholeTime).oneDecimal)
        })
    }
  }

  /// An open case that somebody owns.
  struct Owned {
    let officer: String
    let weighed: Caseload.Weighed
    let opened: Day
    /// When somebody was last in contact with the family.
    let heard: Day
  }

  /// The open cases that somebody owns.
  static func cases(on day: Day, _ db: Database) throws -> [Owned] {
    let entry = Pathway.entryLevel.value(on: day)
    return try Row.fetchAll(
      db,
      sql: """
        SELECT owner, json_extract(json, '$.stated.level') AS level, json_extract(json, '$.stated.protection-plan') AS plan,
          opened, (SELECT max(at_millis) FROM case_record r WHERE r.case_number = f.number
            AND r.kind IN ('contact', 'visit-outcome', 'minutes', 'review')) AS heard
        FROM case_file f WHERE kind = ? AND is_open = 1 AND owner IS NOT NULL
        """, arguments: [AttendanceCase.name]
    ).map { row in
      let opened: Day = try row.get("opened")
      let heard = (row["heard"] as Int64?).map { CivilTime.day(at: Timestamp(millis: $0).date) }
      return Owned(
        officer: row["owner"], weighed: .init(stage: row["level"] ?? entry, hasProtectionPlan: row["plan"] ?? false),
        opened: opened, heard: heard ?? opened)
    }
  }

  private static func given(to officer: String, since day: Day, _ db: Database) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(sql: "SELECT count(DISTINCT case_number) FROM case_holder WHERE officer = ? AND first >= ?"),
      arguments: [officer, day]) ?? 0
  }

  /// An officer's part of a whole-time post: a whole one while nothing is recorded.
  static func wholeTime(of officer: String, on day: Day, _ db: Database) throws -> Fraction {
    let text = try String.fetchOne(
      db.cachedStatement(
        sql: "SELECT whole_time FROM officer_post WHERE officer = ? AND first <= ? ORDER BY first DESC LIMIT 1"),
      arguments: [officer, day])
    return text.flatMap { Fraction(decimal: $0) } ?? Fraction(1)
  }
}
