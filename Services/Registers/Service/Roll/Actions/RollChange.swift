import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// What follows when something about children of a roll is other than it was, within the transaction that changed it.
struct RollChange {
  let registers: Registers
  let unit: UnitOfWork

  private var db: Database { unit.db }

  /// The entries of a roll are other than before: marks that waited for them go in, and what was found is judged again.
  ///
  /// - Parameter numbers: pupil numbers that lead to another entry than before.
  /// - Returns: how many waiting marks went in.
  func entries(of children: Set<PupilID>, _ numbers: Set<String>, at school: URN) throws -> Int {
    registers.cache.forget(school)
    let waiting = try Quarantine.waiting(school, limit: Quarantine.mostWaiting, in: db).filter {
      numbers.contains($0.mark.upn.uppercased()) && MarkReason.waitingForRoll.contains($0.reason)
    }
    // The cache is for what was committed.
    let work = work(school, try SchoolCache.load(school, in: db))
    let released = try MarkIntake(work: work).release(waiting)
    try JudgeFindings(work: work).judge(children)
    try MissingRegisters.review(
      work, MissingRegisters.uncounted(of: children, at: school, in: db))
    return released
  }

  /// A child has become somebody's concern.
  func tellAgain(_ child: PupilID, at school: URN) throws {
    try JudgeFindings(work: work(school, try registers.cache.known(school, in: db))).tellAgain(child)
  }

  /// What stands beside some children's marks is other than before.
  func judge(_ children: Set<PupilID>, at school: URN) throws {
    try JudgeFindings(work: work(school, try registers.cache.known(school, in: db))).judge(children)
  }

  private func work(_ school: URN, _ known: SchoolCache.Known) -> SchoolWork {
    SchoolWork(registers: registers, school: school, known: known, unit: unit)
  }
}
