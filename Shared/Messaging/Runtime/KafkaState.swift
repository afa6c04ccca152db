import Kafka
import Logging

/// Whether Kafka serves one of the loops, since when not, and why. It is logged when that changes.
struct KafkaState: Sendable, Hashable {
  /// What is wrong, in words for the person who can mend it; `nil` when nothing is known to be.
  private(set) var fault: String?
  /// When Kafka last did what was asked of it; `nil` before the first time.
  private(set) var lastAnswer: ContinuousClock.Instant?
  /// When the loop began; `nil` while it does not run.
  private(set) var began: ContinuousClock.Instant?

  /// How long Kafka may take over anything before a program is not ready.
  static let patience = Duration.seconds(9)

  mutating func begin() { began = .now }

  mutating func answered(_ topic: String, _ logger: Logger) {
    lastAnswer = .now
    guard fault != nil else { return }
    fault = nil
    logger.notice("Kafka can be used again", metadata: ["topic": "\(topic)"])
  }

  mutating func failed(_ error: KafkaError, _ topic: String, _ logger: Logger) {
    guard fault != error.fault, !error.isClosed else { return }
    fault = error.fault
    logger.error(
      "Kafka cannot be used", metadata: ["topic": "\(topic)", "fault": "\(error.fault)", "error": "\(error)"])
  }

  /// How long ago Kafka last did what was asked of it, seconds; since the loop began before the first time.
  var ageSeconds: Double? { (lastAnswer ?? began).map { $0.duration(to: .now) / .seconds(1) } }

  /// Why the loop cannot work; `nil` when it can, or does not run.
  var reason: String? {
    guard began != nil else { return nil }
    return fault ?? (lastAnswer == nil ? "Kafka was not reached yet" : nil)
  }

  /// As ``reason``, of a loop that asks Kafka something all the time.
  var reasonOrSilence: String? {
    if let reason { return reason }
    guard let lastAnswer, let began else { return nil }
    let silence = max(began, lastAnswer).duration(to: .now)
    return silence > Self.patience ? "Kafka has not answered for \(silence.components.seconds) s" : nil
  }
}
