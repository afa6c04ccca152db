import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Puts back what a disposal removed, exactly as it was, and empties the bin once that is not possible any more.
struct ReverseDisposal: Sendable {
  let registers: Registers
  /// The most rows of one transaction.
  var stepSize = 2_000

  /// Reverses a disposal that was carried out, wholly or in part. On one whose reversal was interrupted it goes on.
  ///
  /// - Throws: `Problem` not found, or conflict when there is nothing to put back or the month is over.
  func callAsFunction(_ number: Int64, by caller: Caller) async throws -> DisposalReport {
    try await registers.write(by: caller) { unit in
      guard let found = try Disposals.find(number, in: unit.db) else { throw Problem.notFound("Disposal") }
      switch found.state {
      case .reversing: return
      case .approved: break
      case .carriedOut:
        // What a child's hold keeps from being final can be put back for as long.
        guard try !Self.isOver(found, on: unit.today) || Disposals.heldNow(number, in: unit.db) > 0 else {
          throw Problem.conflict("too-late", "The time for reversing this disposal has ended")
        }
      default:
        throw Problem.conflict("not-carried-out", "This disposal was not carried out, so there is nothing to put back")
      }
      guard try !Disposals.hasOpen(besides: number, in: unit.db) else {
        throw Problem.conflict("disposal-open", "Another disposal is proposed or under way")
      }
      try Disposals.set(.reversing, of: number, in: unit.db)
      let rows = try DisposalBin.count(number, in: unit.db)
      try unit.audit(.disposalReversed, of: .record(DisposalReport.name(number)), ["rows": rows])
    }
    try await finish(number, by: caller)
    return try await ReadDisposals(registers: registers).one(number)
  }

  /// Goes on with a reversal until everything is back; nothing happens to any other disposal.
  func finish(_ number: Int64, by caller: Caller) async throws {
    while try await step(number, by: caller) {}
  }

  /// Runs one transaction of a reversal.
  ///
  /// - Returns: whether there is more to do.
  func step(_ number: Int64, by caller: Caller) async throws -> Bool {
    return try await registers.write(by: caller) { [stepSize] unit in
      guard try Disposals.find(number, in: unit.db)?.state == .reversing else { return false }
      let (rows, years) = try Removal.whileDisposing(number, in: unit.db) {
        try DisposalBin.putBack(number, limit: stepSize, at: unit.at, in: unit.db)
      }
      try DisposalNews(unit: unit, disposal: number).restored(years)
      if rows == 0 {
        try Disposals.setReturned(number, in: unit.db)
        try Disposals.set(.reversed, of: number, in: unit.db)
      }
      try unit.audit(.disposalPutBack, of: .record(DisposalReport.name(number)), ["rows": rows])
      return rows > 0
    }
  }

  static func isOver(_ disposal: Disposal, on today: Day) -> Bool {
    guard let carriedOut = disposal.carriedOutAt,
      let last = Retention.reversibleUntil(carriedOut: CivilTime.day(at: carriedOut.date))
    else { return false }
    return last < today
  }
}

/// What the registers do about keeping once a day: goes on with what was interrupted, and makes final what cannot be
/// reversed any more.
struct FinaliseDisposals: Sendable {
  let registers: Registers
  /// The most rows of one transaction.
  var stepSize = 5_000

  /// In whose name the program does what two people approved.
  private static let program = Caller.program(.registers)

  /// Does the day's work. A disposal of which a child has a hold now stays reversible until the hold is released.
  ///
  /// - Returns: how many disposals became final.
  @discardableResult
  func finaliseDisposals(today: Day) async throws -> Int {
    let (approved, reversing) = try await registers.read { db in
      (try Disposals.numbers(in: [.approved], in: db), try Disposals.numbers(in: [.reversing], in: db))
    }
    for number in approved { try await CarryOutDisposal(registers: registers).finish(number, by: Self.program) }
    for number in reversing { try await ReverseDisposal(registers: registers).finish(number, by: Self.program) }
    let over = try await registers.write(by: Self.program) { [registers] unit in
      try Self.makeFinal(registers, today: today, in: unit)
    }
    let final = try await registers.read { try Disposals.numbers(in: [.final], in: $0) }
    for number in final { while try await empty(number) > 0 {} }
    while try await registers.write(by: Self.program, { try RememberedAnswers.forget(at: $0.at, in: $0.db) }) > 0 {}
    return over
  }

  private static func makeFinal(
    _ registers: Registers, today: Day, in unit: UnitOfWork
  ) throws -> Int {
    var count = 0
    for number in try Disposals.numbers(in: [.carriedOut], in: unit.db) {
      guard let found = try Disposals.find(number, in: unit.db), ReverseDisposal.isOver(found, on: today),
        try Disposals.heldNow(number, in: unit.db) == 0
      else { continue }
      try Disposals.set(.final, of: number, in: unit.db)
      try DisposalNews(unit: unit, disposal: number).erased()
      let rows = try DisposalBin.count(number, in: unit.db)
      try unit.audit(.disposalFinal, of: .record(DisposalReport.name(number)), ["rows": rows])
      count += 1
    }
    return count
  }

  private func empty(_ number: Int64) async throws -> Int {
    try await registers.write(by: Self.program) { [stepSize] unit in
      try Removal.whileDisposing(number, in: unit.db) { try DisposalBin.empty(number, limit: stepSize, in: unit.db) }
    }
  }
}
