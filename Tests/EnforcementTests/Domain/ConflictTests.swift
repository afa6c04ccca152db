import Rulebook
import Testing

@testable import EnforcementDomain

@Suite("Conflicts of a step with other matters") struct ConflictTests {
  typealias Answer = Conflicts.Answer
  typealias Matter = Conflicts.Matter

  private let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)

  /// The matrix as the law and the guidance give it, `nil` where the two cannot meet. Columns: notice to improve, open
  /// notice, paid notice, supervision order, prosecution, attendance order.
  static let matrix: [(step: Conflicts.Step, answers: [Answer?])] = [
    (.noticeSameSessions, [.block, .hardBlock, .hardBlock, .block, .hardBlock, .block]),
    (.noticeOtherSessions, [.block, .warn, .allow, .block, .warn, .block]),
    (.prosecutionSameSessions, [.warn, .hardBlock, .hardBlock, .block, .hardBlock, .warn]),
    (.supervisionOrder, [.allow, .allow, .allow, nil, .allow, .allow]),
    (.attendanceOrder, [.allow, .allow, .allow, .block, .allow, nil]),
    (.parentingOrder, [.allow, .allow, .allow, .allow, .allow, .allow]),
  ]

  @Test("The whole matrix", arguments: matrix.indices)
  func wholeMatrix(row: Int) throws {
    let (step, answers) = Self.matrix[row]
    let table = try #require(Conflicts.table.inForce(on: day)?.value.matters[step])
    for (matter, answer) in zip(Matter.allCases, answers) {
      #expect(table[matter]?.answer == answer, "\(step) beside \(matter)")
      let judgement = Conflicts.judge(step, beside: [matter], on: day)
      #expect(judgement.answer == answer ?? .allow)
      #expect(judgement.reasons.map(\.answer) == [answer].compactMap { $0 }.filter { $0 != .allow })
      #expect(judgement.reasons.allSatisfy { !$0.reason.isEmpty } && judgement.source?.contains("EN-20") == true)
    }
  }

  @Test("Every step has a row, and every row every matter")
  func matrixIsWhole() {
    #expect(Self.matrix.map(\.step) == Conflicts.Step.allCases)
    #expect(Self.matrix.allSatisfy { $0.answers.count == Matter.allCases.count })
  }

  @Test("What is known of the child blocks every step; a child in care has no supervision order")
  func circumstances() throws {
    for step in Conflicts.Step.allCases {
      for circumstance in Conflicts.Circumstance.allCases {
        let isHard =
          circumstance == .authorityIsParent || (circumstance == .inCare && step == .supervisionOrder)
        // An order that every parent must follow does not ask who had control of an absence.
        let isNothing = circumstance == .noControl && step == .attendanceOrder
        let judgement = Conflicts.judge(step, beside: [], [circumstance], on: day)
        #expect(
          judgement.answer == (isNothing ? .allow : isHard ? .hardBlock : .block), "\(step) with \(circumstance)")
        #expect(judgement.names(judgement.answer) == (isNothing ? [] : [circumstance.rawValue]))
      }
    }
  }

  @Test("The worst answer counts, and every reason is told, the worst first")
  func worst() throws {
    let judgement = Conflicts.judge(
      .prosecutionSameSessions, beside: [.attendanceOrder, .paidNotice, .supervisionOrder], [.noControl],
      on: day)
    #expect(judgement.answer == .hardBlock)
    #expect(judgement.reasons.map(\.answer) == [.hardBlock, .block, .block, .warn])
  }

  @Test("Two judgements of one step are one, and of each name the worse answer counts")
  func joined() throws {
    let same = Conflicts.judge(.noticeSameSessions, beside: [.paidNotice], on: day)
    let other = Conflicts.judge(.noticeOtherSessions, beside: [.paidNotice, .openNotice, .attendanceOrder], on: day)
    for judgement in [same.joined(with: other), other.joined(with: same)] {
      #expect(judgement.answer == .hardBlock && judgement.names(.hardBlock) == ["paid-notice"])
      #expect(judgement.names(.block) == ["attendance-order"] && judgement.names(.warn) == ["open-notice"])
    }
  }

  @Test("Nothing is in the way of a step beside nothing, or before the framework")
  func nothing() throws {
    for step in Conflicts.Step.allCases {
      #expect(Conflicts.judge(step, beside: [], on: day).answer == .allow)
    }
    let before = try #require(Day(year: 2024, month: 8, day: 18))
    let judgement = Conflicts.judge(.noticeSameSessions, beside: Set(Matter.allCases), on: before)
    #expect(judgement.answer == .allow && judgement.source == nil)
  }
}
