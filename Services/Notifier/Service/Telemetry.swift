import Contracts
import CoreMetrics
import NotifierDomain

/// The notifier's own metrics: names and labels in one place. No label holds an identifier.
struct Telemetry: Sendable {
  let factory: any MetricsFactory

  /// Counts an attempt to deliver, by result.
  func countAttempt(_ outcome: Outcome) {
    Counter(label: "notifier_attempts_total", dimensions: [("result", "\(outcome)")], factory: factory).increment()
  }

  /// Counts a receiver that was suspended, by reason.
  func countSuspension(_ reason: ReceiverDisabled.Reason) {
    Counter(label: "notifier_suspended_total", dimensions: [("reason", reason.rawValue)], factory: factory)
      .increment()
  }
}
