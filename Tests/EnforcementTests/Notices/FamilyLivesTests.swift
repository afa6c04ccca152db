import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Letters
import Messaging
import RollCopy
import Rulebook
import Seeded
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// Random lives of a family on the real desk and the real store, against a plain model: marks and corrections, notices to
/// two parents, payments, withdrawals, receipts, identities that are merged and parted, and time.
@Suite("Random lives of a family", .timeLimit(.minutes(10))) struct FamilyLivesTests {
  static let lives = ProcessInfo.processInfo.environment["LIVES"].flatMap { Int($0) } ?? 40

  @Test("No session is used twice, no third notice counts, and every correction is seen")
  func promises() async throws {
    let first = SeededGenerator.chosenSeed
    var seen: [String: Int] = [:]
    for number in 0..<Self.lives {
      var life = try await FamilyLife(seed: first &+ UInt64(number))
      for _ in 0..<60 {
        try await life.step()
        let broken = try await life.broken()
        #expect(broken == nil, "seed \(first &+ UInt64(number)): \(broken ?? "") after \(life.history)")
        if broken != nil { return }
      }
      seen.merge(life.seen, uniquingKeysWith: +)
    }
    print(
      "family lives: \(Self.lives) from seed \(first): \(seen.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })"
    )
    for what in ["issue", "withdraw", "pay", "correct", "merge", "refused"] {
      #expect(seen[what, default: 0] > 0, "\(what) never happened")
    }
  }
}

/// One life, and the model that it is held against.
struct FamilyLife {
  let service: Enforced
  var generator: SeededGenerator
  /// The sessions with a mark, by number: whether it counts.
  var marks: [Bool] = []
  var isMerged = false
  var history: [String] = []
  var seen: [String: Int] = [:]

  init(seed: UInt64) async throws {
    service = try Enforced()
    generator = SeededGenerator(seed: seed)
    try await service.applySchool()
    try await service.applyCalendar()
    try await service.applyPupil()
    try await service.applyParents()
  }

  private mutating func did(_ what: String) {
    history.append(what)
    seen[what, default: 0] += 1
  }

  mutating func step() async throws {
    do { try await act() } catch is Refusal<PenaltyNoticeCase> { did("refused") } catch is Problem { did("refused") }
  }

  private mutating func act() async throws {
    switch generator.below(13) {
    case 0...2:
      let count = min(5, 56 - marks.count)
      guard count > 0 else { return }
      try await service.applyMarks(marks.count..<(marks.count + count))
      marks += Array(repeating: true, count: count)
      did("mark")
    case 3, 4:
      guard !marks.isEmpty else { return }
      let index = generator.below(marks.count)
      try await service.amend(index, to: marks[index] ? "I" : "O")
      marks[index].toggle()
      did("correct")
    case 5, 6:
      let proposals = try await names("SELECT id FROM proposal ORDER BY number")
      guard !proposals.isEmpty else { return }
      let person = generator.pick([Enforced.mother, Enforced.father])
      let proposal = generator.pick(proposals)
      _ = try await service.consider(person, proposal: proposal)
      did("consider")
    case 7, 8:
      let cases = try await names("SELECT 'c' || number FROM case_file WHERE state = 'under-consideration'")
      guard !cases.isEmpty else { return }
      let id = generator.pick(cases)
      try await service.issue(id)
      did("issue")
    case 9:
      let notices = try await names("SELECT document FROM notice WHERE document IS NOT NULL ORDER BY number")
      guard !notices.isEmpty, let number = DocumentNumber(generator.pick(notices)) else { return }
      try await service.pay(generator.pick([40, 80, 80, 160]), number, receipt: "r\(history.count)")
      did("pay")
    case 10:
      let cases = try await names(
        "SELECT 'c' || case_number FROM notice WHERE document IS NOT NULL AND withdrawal IS NULL ORDER BY number")
      guard !cases.isEmpty else { return }
      let id = generator.pick(cases)
      _ = try await service.withdraw(id, .materialError, repayment: "By cheque")
      did("withdraw")
    case 11:
      if isMerged {
        try await service.apply(PersonsParted(person: Enforced.mother, parted: [Enforced.father]))
      } else {
        try await service.apply(PersonsMerged(person: Enforced.mother, merged: Enforced.father))
      }
      isMerged.toggle()
      did("merge")
    default:
      try await service.passTime(to: service.clock.today().adding(days: generator.pick([1, 7, 30])))
      did("wait")
    }
  }

  private func names(_ sql: String) async throws -> [String] {
    try await service.store.read { try String.fetchAll($0, sql: sql) }
  }

  // MARK: What must hold

  private struct Notice {
    let person: PersonID
    let issued: Day
    let state: PenaltyNoticeCase.State
    let sessions: Set<RegisterSession>
    let isQuestioned: Bool
    let issueStands: Bool
  }

  /// The promise that is broken; `nil` when all are kept.
  func broken() async throws -> String? {
    let notices = try await issued()
    let live = notices.filter { $0.state != .withdrawn }
    // Two notices that were given before two identifiers were known to be one person's go back to an officer instead.
    for (index, one) in live.enumerated() where !isMerged {
      for other in live[(index + 1)...] where other.person == one.person {
        guard one.sessions.isDisjoint(with: other.sessions) else { return "a session is in two live notices" }
      }
    }
    if !isMerged {
      for person in [Enforced.mother, Enforced.father] {
        // The lives are shorter than three years: every notice that stands counts.
        guard live.count(where: { $0.person == person && $0.state != .acquitted }) <= 2 else {
          return "a third notice counts"
        }
      }
    }
    let standing = Set(
      marks.indices.filter { marks[$0] }.map { RegisterSession(service.session($0).0, service.session($0).1) })
    for notice in notices where notice.issueStands && !notice.sessions.isSubset(of: standing) {
      guard notice.isQuestioned else { return "a correction was not put before an officer" }
    }
    return nil
  }

  private func issued() async throws -> [Notice] {
    try await service.store.read { [pupil = service.pupil] db in
      try Notices.all(about: pupil, in: db).compactMap { stored in
        guard let issue = stored.issue, let state = stored.state, let number = stored.caseNumber,
          let file = try Cases<PenaltyNoticeCase>.find("c\(number)", in: db)?.file
        else { return nil }
        let decision = file.decisions.last { $0.act == .issue }
        return Notice(
          person: stored.person, issued: issue.on, state: state,
          sessions: Set(try Notices.sessions(of: stored.number, in: db).map { RegisterSession($0.date, $0.session) }),
          isQuestioned: decision?.question != nil, issueStands: decision?.stands ?? false)
      }
    }
  }
}
