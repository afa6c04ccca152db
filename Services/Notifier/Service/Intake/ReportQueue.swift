import Contracts
import GRDB
import NotifierDomain

/// Makes messages of reports, in the transaction of the event that allows it, and wakes the deliveries after it.
struct ReportQueue: Sendable {
  /// Told which subscriptions have new messages once they are on disk.
  let queued: @Sendable (Set<String>) -> Void

  /// Queues a report for every subscription that asks for it. Whether and what each is told is decided at each attempt.
  func queue(report: Int64, type: String, school: String, at time: Timestamp, in db: Database) throws {
    let subscriptions = try Subscriptions.interested(in: type, school: school, in: db)
    for subscription in subscriptions {
      try Messages.queue(report: report, for: subscription, at: time, in: db)
    }
    guard !subscriptions.isEmpty else { return }
    db.afterNextTransaction { [queued] _ in queued(Set(subscriptions)) }
  }
}
