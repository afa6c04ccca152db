import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Letters
import Logging
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// Penalty notices on the real desk and the real store.
extension Enforced {
  static let mother = PersonID("c00000000a")!
  static let father = PersonID("c00000000b")!
  static let officer = Actor<PenaltyNoticeCase.Role>.person("u-officer", .attendanceOfficer)
  static let lawyer = Actor<PenaltyNoticeCase.Role>.person("u-lawyer", .legalOfficer)

  static let considerations: [PenaltyNoticeCase.Fact: FactValue] = [
    .support: .text("offered"), .effect: .text("yes"), .bestTool: .text("yes"), .equality: .text("no-bar"),
    .otherProceedings: .text("none"), .leave: .text("not-sought"), .allowed: .text("yes"), .code: .text("yes"),
    .belowThreshold: .text("none"),
  ]

  /// A child with two parents and ten sessions missed, of which registers told.
  static func withProposal(sessions: Int = 10, receipts: LetterWriter? = nil) async throws -> Enforced {
    let service = try Enforced(receipts: receipts)
    try await service.applySchool()
    try await service.applyCalendar()
    try await service.applyPupil()
    try await service.applyParents()
    try await service.applyMarks(0..<sessions)
    return service
  }

  func applyParents(_ persons: [PersonID] = [mother, father]) async throws {
    try await apply(
      ContactsRecorded(
        pupil: pupil,
        contacts: persons.sorted().map {
          .init(
            person: $0, relationship: $0 == Self.mother ? .mother : .father, parentalResponsibility: true,
            livesWith: true, safeToContact: true, protected: false, ended: false)
        }), number: 5)
  }

  var transactions: Transactions { Transactions(store: store, outbox: outbox, clock: clock) }

  func consider(
    _ person: PersonID = mother, proposal: String = "pn-1", _ answers: [PenaltyNoticeCase.Fact: FactValue] = [:]
  ) async throws -> String {
    let caller = Caller(subject: "u-officer", role: .attendanceOfficer)
    return try await transactions.write(by: caller) { [desk] unit in
      let stored = try #require(try Proposals.find(proposal, in: unit.db))
      return try desk.consider(
        NoticeBasis(
          pupil: stored.pupil, school: stored.school, proposal: proposal,
          sessions: stored.proposal.grounds.sessions), to: person,
        .init(
          .act(.consider), stating: .init(Self.considerations.merging(answers) { $1 }), reason: "The threshold is met"),
        by: Self.officer, in: unit
      ).id
    }
  }

  /// Two persons let something pass that stands in the way of a notice.
  func letPass(_ exception: String, in id: String) async throws {
    try await act(id, by: Caller(subject: "u-officer", role: .attendanceOfficer)) { desk, stored, unit in
      try desk.cases.move(
        &stored,
        .attempt(
          .init(
            .act(.allow), stating: .init([.exception: .text(exception)]), reason: "The order ends next week")),
        by: Self.officer, in: unit)
    }
    try await act(id, by: Caller(subject: "u-manager", role: .manager)) { desk, stored, unit in
      try desk.cases.move(
        &stored, .second(agrees: true, reason: "Agreed"), by: .person("u-manager", .manager), in: unit)
    }
  }

  static func form(_ on: Day, _ method: ServiceMethod = .firstClass) -> NoticeForms.Issue {
    NoticeForms.Issue(
      recipient: .init(name: "Ida Made-Up", address: ["2 Made-up Street"]),
      child: .init(name: "Ada Made-Up", address: ["2 Made-up Street"], school: "A school", provision: nil),
      officer: .init(name: "Officer Made-Up", particulars: "Attendance officer"),
      service: .init(method: method, on: on), identityVerified: "yes", addressVerified: "yes",
      enquiries: "not-needed", reason: "Everything holds", evidence: nil)
  }

  @discardableResult
  func issue(_ id: String) async throws -> DocumentNumber {
    let today = clock.today()
    return try await act(id, by: Caller(subject: "u-officer", role: .attendanceOfficer)) { desk, stored, unit in
      try #require(try desk.issue(&stored, Self.form(today), by: Self.officer, in: unit))
    }
  }

  func withdraw(
    _ id: String, _ ground: NoticeWithdrawal.Ground, repayment: String? = nil
  ) async throws -> DocumentNumber {
    try await act(id, by: Caller(subject: "u-lawyer", role: .legalOfficer)) { desk, stored, unit in
      try desk.withdraw(
        &stored,
        .init(
          recipient: .init(name: "Ida Made-Up", address: ["2 Made-up Street"]), child: "Ada Made-Up",
          writer: .init(name: "Lawyer Made-Up", role: "Legal officer", contact: "01632 960000"), ground: ground,
          repayment: repayment, reason: "It should not stand"), by: Self.lawyer, in: unit)
    }
  }

  func act<Answer: Sendable>(
    _ id: String, by caller: Caller,
    _ body: @escaping @Sendable (NoticeDesk, inout StoredCase<PenaltyNoticeCase>, UnitOfWork) throws -> Answer
  ) async throws -> Answer {
    try await transactions.write(by: caller) { [desk] unit in
      var stored = try #require(try Cases<PenaltyNoticeCase>.find(id, in: unit.db))
      return try body(desk, &stored, unit)
    }
  }

  func pay(_ pounds: Int, _ document: DocumentNumber, receipt: String) async throws {
    let money = NoticePayments(desk: desk)
    let today = clock.today()
    try await transactions.write(by: Caller(subject: "u-finance", role: .finance)) { unit in
      _ = try money.enter(.pounds(pounds), on: today, for: document, receipt: receipt, in: unit)
    }
  }

  /// Goes on to a day, and lets everything run that is due.
  func passTime(to day: Day) async throws {
    clock.set(clock.now().addingTimeInterval(Double(day.ordinal - clock.today().ordinal) * 86_400))
    let logger = Logger(label: "enforcement")
    _ = try await ScheduleLoop(
      timetable, transactions: transactions, alarms: Alarms(logger: logger), logger: logger
    ) { [desk] name, unit in _ = try desk.fire(name, in: unit) }.runDue()
  }

  func state(_ id: String) async throws -> PenaltyNoticeCase.State? {
    try await store.read { try #require(try Cases<PenaltyNoticeCase>.find(id, in: $0)).file.state }
  }

  func tasks() async throws -> [String] {
    try await store.read { try String.fetchAll($0, sql: "SELECT title FROM case_task ORDER BY title") }
  }

  /// The guards that forbid an act; `nil` when it is refused for another reason or not at all.
  func unmet(_ body: () async throws -> Void) async throws -> [String]? {
    do {
      try await body()
      return nil
    } catch let refusal as Refusal<PenaltyNoticeCase> {
      guard case .unmet(let unmet) = refusal else { return nil }
      return unmet.map(\.id)
    }
  }
}
