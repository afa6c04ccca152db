import Contracts
import GRDB
import Messaging
import NotifierDomain
import RollCopy
import Store

/// Makes messages of reports, in the transaction of the event that allows it, and wakes the deliveries after it.
struct ReportQueue: Sendable {
  /// Told which subscriptions have new messages once they are on disk.
  let queued: AfterTransaction<String>

  init(queued: @escaping @Sendable (Set<String>) -> Void) { self.queued = AfterTransaction(queued) }

  /// Keeps what an event reports and queues it, unless its child is not known yet: then it waits for the child's roll
  /// event. Does nothing for a type that is not reported to anyone.
  func take(_ event: Event, in unit: UnitOfWork) throws {
    guard let told = try Report(event) else { return }
    let report = told.about(try told.pupil.map { try Roll.current($0, in: unit.db) })
    let isWaiting = try report.pupil.map { try !Roll.isKnown($0, in: unit.db) } ?? false
    guard let kept = try Messages.insert(event, report, isWaiting: isWaiting, in: unit.db), !isWaiting else { return }
    try queue(kept, in: unit)
  }

  /// Queues what waited for a child, if the child is known now.
  func release(_ pupil: PupilID, in unit: UnitOfWork) throws {
    guard try Roll.isKnown(pupil, in: unit.db) else { return }
    for report in try Messages.release(pupil, in: unit.db) { try queue(report, in: unit) }
  }

  /// Queues a report for every subscription that asks for it; one that takes something back, for every subscription
  /// that has a message about it, whether it asks for the correction or not; one that is told again because somebody's
  /// concern was added, for those that were not told. Whether and what each is told is decided at each attempt.
  private func queue(_ report: Messages.Kept, in unit: UnitOfWork) throws {
    let subscriptions = try subscriptions(for: report, in: unit.db)
    for subscription in subscriptions {
      try Messages.queue(report: report.number, for: subscription, at: unit.at, in: unit.db)
    }
    guard !subscriptions.isEmpty else { return }
    queued.add(Set(subscriptions), in: unit.db)
  }

  private func subscriptions(for report: Messages.Kept, in db: Database) throws -> [String] {
    if report.withdraws, let matter = report.matter {
      return try Subscriptions.holding(matter: matter, before: report.number, in: db)
    }
    let interested = try Subscriptions.interested(in: report.type, school: report.school, in: db)
    guard let matter = report.matter, Report.isToldAgain(report.type) else { return interested }
    let told = Set(try Subscriptions.told(ofMatter: matter, before: report.number, in: db))
    return interested.filter { !told.contains($0) }
  }
}
