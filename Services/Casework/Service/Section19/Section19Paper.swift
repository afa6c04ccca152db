import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import RollCopy
import Rulebook
import Store

/// What the Ombudsman asks for about a child without suitable education, from the history of the duty.
enum Section19Paper {
  typealias Paper = Section19Routes.Paper

  static func paper(of stored: StoredCase<Section19>, on today: Day, in db: Database) throws -> Paper {
    let acts = try acts(of: stored.number, in: db)
    func days(_ wanted: Set<Section19.Act>) -> [Day] { acts.filter { wanted.contains($0.act) }.map(\.entry.on) }
    let (stated, decided) = (stored.file.stated, days([.provide, .notOwe]).first)
    let (since, ground) = (stated.day(.since), stated.text(.ground).flatMap(Section19.Ground.init))
    let arrangements = acts.filter { [.provide, .change].contains($0.act) }.map { _, entry in
      Paper.Arrangement(
        from: entry.stated.day(.from), provision: entry.stated.text(.provision), hours: entry.stated.number(.hours),
        partTime: entry.stated.text(.partTime).flatMap { $0.isEmpty ? nil : $0 })
    }
    let schoolDays = try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: db) }?.schoolDays
    let due = since.flatMap { first in ground.flatMap { Section19.dueBy(since: first, $0, schoolDays ?? []) } }
    // What is arranged for a later day has not begun.
    let until = arrangements.compactMap(\.from).min().map { min($0, today.adding(days: 1)) }
    let end = until ?? (days([.notOwe, .end, .join]).first ?? today).adding(days: 1)
    let waited = since.flatMap { first in schoolDays?.filter { first <= $0 && $0 < end } }
    let paper = Paper(
      id: stored.id, state: stored.file.state?.rawValue ?? "", pupil: try stored.pupil, ground: ground?.rawValue,
      since: since, noticedOn: days([.notice]).first, dueBy: due, schoolDaysWaited: waited?.count,
      schoolDaysLate: due.flatMap { day in waited.map { $0.count { $0 > day } } },
      consideredOn: days([.consider]).first,
      decidedOn: decided, evidence: acts.filter { $0.act == .consider }.compactMap { $0.entry.stated.text(.evidence) },
      views: acts.filter { $0.act == .hear }.map { _, entry in
        .init(on: entry.on, child: entry.stated.text(.childView) ?? "", parents: entry.stated.text(.parentView) ?? "")
      }, arrangements: arrangements, provision: stated.text(.provision), hours: stated.number(.hours),
      reviews: days([.review]).count, reviewsOn: days([.review]), nextReview: stored.file.clocks[.review]?.due,
      informedOn: days([.inform]).first,
      lacking: lacking(acts.map(\.act), arrangements, stored.file.clocks[.review]?.due, today),
      law: Section19.law.value(on: since ?? today),
      steps: acts.map { act, entry in
        .init(
          on: entry.on, act: act.rawValue, reason: entry.reason, by: entry.by.isProgram ? nil : entry.by.id,
          stated: entry.stated.values.map { "\($0.key.rawValue): \($0.value.words)" }.sorted())
      })
    return paper
  }

  private static func acts(
    of number: Int64, in db: Database
  ) throws -> [(act: Section19.Act, entry: Entry<Section19>)] {
    try String.fetchAll(
      db.cachedStatement(sql: "SELECT json FROM case_entry WHERE case_number = ? ORDER BY number"), arguments: [number]
    ).map { try JSONDecoder().decode(Entry<Section19>.self, from: Data($0.utf8)) }.compactMap { entry in
      if case .acted(let act) = entry.what { (act, entry) } else { nil }
    }
  }

  private static func lacking(
    _ acts: [Section19.Act], _ arrangements: [Paper.Arrangement], _ review: Day?, _ today: Day
  ) -> [String] {
    let done = Set(acts)
    var lacking: [String] = []
    if !done.contains(.consider) { lacking.append("Nobody has recorded what was considered.") }
    if !done.contains(.hear) { lacking.append("There is no view of the child or the parents.") }
    if done.isDisjoint(with: [.provide, .notOwe]) {
      lacking.append("Nobody has decided.")
    } else if !done.contains(.inform) {
      lacking.append("Nobody has recorded that the parents were told of the decision and how to complain.")
    }
    if let review, review < today, !arrangements.isEmpty { lacking.append("The review is overdue.") }
    return lacking
  }
}
