import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import Seeded
import ServiceKit
import Store
import TestKit
import Testing

@testable import Keeping
@testable import RegistersService

/// Turning a disposal back, and when it is too late.
extension DisposalTests {
  /// Two disposals take from the same batch; the first is reversed after the second was carried out.
  @Test func disposalsOfOneBatchAreReversedInAnyOrder() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    try await kept.hold(2)
    try await kept.hold(8, "proposal-pn-2")
    let before = try await kept.register()
    let carryOut = kept.registers.disposals()
    let first = try await proposed(kept)
    _ = try await carryOut.approve(first, by: KeptRegisters.officer)
    try await kept.release(2)
    try await kept.release(8, "proposal-pn-2")
    let second = try await proposed(kept)
    let reverse = kept.registers.disposals()
    await #expect(throws: Problem.conflict("disposal-open", "Another disposal is proposed or under way")) {
      try await reverse.reverse(first, by: KeptRegisters.manager)
    }
    _ = try await carryOut.approve(second, by: KeptRegisters.officer)
    #expect(try await kept.count("SELECT count(*) FROM entries") == 1)
    _ = try await reverse.reverse(first, by: KeptRegisters.manager)
    _ = try await reverse.reverse(second, by: KeptRegisters.manager)
    #expect(try await kept.register() == before)
  }

  @Test func afterAMonthItIsFinal() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    let number = try await proposed(kept)
    _ = try await kept.registers.disposals().approve(number, by: KeptRegisters.officer)
    let finalise = kept.registers.disposals(.init(erased: 10))
    let last = KeptRegisters.over.adding(days: 30)
    #expect(try await finalise.finalise(today: last) == 0)
    #expect(try await kept.count("SELECT count(*) FROM disposal_bin") > 0)

    try await kept.hold(9)
    #expect(try await finalise.finalise(today: last.adding(days: 1)) == 0, "a child has a hold now")
    #expect(try await kept.registers.disposals().one(number).heldNow == 1)
    try await kept.release(9)
    #expect(try await finalise.finalise(today: last.adding(days: 1)) == 1)
    #expect(try await kept.count("SELECT count(*) FROM disposal_bin") == 0)
    #expect(try await kept.registers.disposals().one(number).state == .final)
    kept.move(to: last.adding(days: 1))
    await #expect(throws: Problem.self) {
      try await kept.registers.disposals().reverse(number, by: KeptRegisters.manager)
    }
  }

  @Test func aMonthLaterItIsTooLateToReverse() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    let number = try await proposed(kept)
    _ = try await kept.registers.disposals().approve(number, by: KeptRegisters.officer)
    kept.move(to: KeptRegisters.over.adding(days: 31))
    await #expect(
      throws: Problem.conflict("too-late", "The time for reversing this disposal has ended")
    ) { try await kept.registers.disposals().reverse(number, by: KeptRegisters.manager) }
    try await kept.hold(9)
    let report = try await kept.registers.disposals().reverse(number, by: KeptRegisters.manager)
    #expect(report.state == .reversed, "what a hold keeps can be put back for as long")
  }

  /// Marks of a year that was removed came in before the reversal: they stand beside what comes back.
  @Test func marksThatCameMeanwhileStand() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    let number = try await proposed(kept)
    _ = try await kept.registers.disposals().approve(number, by: KeptRegisters.officer)
    try await kept.mark(3, "2026-09-07", "M", at: "900101")
    _ = try await kept.registers.disposals().reverse(number, by: KeptRegisters.manager)
    let codes = try await kept.registers.read {
      try Data.fetchOne(
        $0,
        sql: """
          SELECT y.codes FROM pupil_years y JOIN registrations r ON r.number = y.registration
          JOIN pupils p ON p.number = r.pupil WHERE p.upn = ?
          """, arguments: [MadeUp.upn(3).text])
    }
    let year = SchoolYear(startYear: 2026)
    let row = Array(try #require(codes))
    #expect(row[year.position(of: MadeUp.day("2026-09-07"), .am)] == UInt8(ascii: "M"))
    #expect(row[year.position(of: MadeUp.day("2026-09-08"), .am)] == UInt8(ascii: "/"))
  }

  /// Whatever is held and however large a step is: what goes comes back as it was, and nothing that is held goes.
  @Test(arguments: [UInt64(3), 14, 159]) func anyHoldsAndAnyStepsComeBack(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let kept = try KeptRegisters()
    try await kept.fill()
    let held = (0..<12).filter { _ in random.below(3) == 0 }
    for number in held { try await kept.hold(number, "proposal-pn-\(number)") }
    let before = try await kept.register()
    let number = try await approved(kept)
    let carryOut = kept.registers.disposals(.init(taken: 1 + random.below(6)))
    try await carryOut.carryOut(number, by: KeptRegisters.manager)
    for pupil in held {
      let marks = try await kept.count(
        """
        SELECT count(*) FROM pupil_years y JOIN registrations r ON r.number = y.registration
        JOIN pupils p ON p.number = r.pupil WHERE p.upn = '\(MadeUp.upn(pupil))' AND (y.number & 255) + 1900 = 2026
        """)
      #expect(marks == 1, "seed \(seed)")
    }
    let outcomes = try await kept.registers.disposals().one(number).outcomes
    #expect(outcomes["removed"] == 12 - held.count, "seed \(seed)")
    try await kept.registers.store.write { try Disposals.set(.reversing, of: number, in: $0) }
    try await kept.registers.disposals(.init(putBack: 1 + random.below(9))).putBack(
      number, by: KeptRegisters.manager)
    #expect(try await kept.register() == before, "seed \(seed)")
  }
}
