import Kafka
import Logging
import MessagingMachines
import ServiceLifecycle

/// Looks again and again where the topics end that a program reads: so it is known, without asking, how far each reader is
/// behind, and whether Kafka answers at all. Its client is its own and can be given up.
actor LogWatch: Service {
  /// How a reader stands.
  struct Standing: Sendable, Hashable {
    /// What is wrong at Kafka; `nil` when nothing is known to be.
    var fault: String?
    /// Records in the topic that were not read yet; `nil` while the end is not known.
    var lagEvents: Int64?
    /// How long the topic has been seen to end beyond the reader's place, seconds.
    var lagSeconds = 0.0
    /// How long ago an event last took effect or the reader was at the end, seconds; `nil` while it does not run.
    var progressAgeSeconds: Double?
    /// Whether Kafka serves both the reader and the look at its end.
    var isConnected = false

    /// Why the reader does not do its work; `nil` when it does.
    func reason(isRepairing: Bool, settings: MessagingSettings) -> String? {
      if let fault { return fault }
      let age = progressAgeSeconds ?? 0
      if isRepairing, age > settings.repairSeconds {
        return "it has been repairing from the feed for \(Int(age)) s without an event"
      }
      guard lagSeconds > settings.behindSeconds else { return nil }
      return "it is behind by \(lagEvents ?? 0) events and \(Int(lagSeconds)) s"
    }
  }

  private let kafka: KafkaConfiguration
  private let readers: [IntakeLoop]
  private let settings: MessagingSettings
  private let logger: Logger
  private let began = ContinuousClock.now
  private var reader: TopicReader?
  private var lags: [String: Lag] = [:]
  private var states: [String: KafkaState] = [:]

  /// How long one look may take.
  private static let patience = Duration.seconds(2)

  init(_ kafka: KafkaConfiguration, readers: [IntakeLoop], settings: MessagingSettings, logger: Logger) {
    self.kafka = kafka
    self.readers = readers
    self.settings = settings
    self.logger = logger
  }

  func run() async throws {
    for reader in readers { states[reader.topic, default: KafkaState()].begin() }
    await cancelWhenGracefulShutdown { [settings] in
      while !Task.isCancelled {
        await self.look()
        try? await Task.sleep(for: .milliseconds(settings.endCheckMillis))
      }
    }
    await reader?.close()
    reader = nil
  }

  private var seconds: Double { began.duration(to: .now) / .seconds(1) }

  /// Looks at every topic; at none of the others when Kafka does not answer for one.
  func look() async {
    var silence: KafkaError?
    for intake in readers where !Task.isCancelled {
      let topic = intake.topic
      do throws(KafkaError) {
        if let silence { throw silence }
        let reader: TopicReader
        if let mine = self.reader { reader = mine } else { reader = try TopicReader(kafka) }
        self.reader = reader
        let ends = try await reader.watermarks(of: topic, deadline: Self.patience)
        states[topic, default: KafkaState()].answered(topic, logger)
        let next = await intake.state.nextOffset
        lags[topic, default: Lag()].look(end: ends.high, next: next, at: seconds)
        if next >= ends.high { await intake.isAtEnd() }
      } catch {
        if error.isTimeout || error.isTransport { silence = error }
        states[topic, default: KafkaState()].failed(error, topic, logger)
      }
    }
  }

  /// How a reader stands now, from the last look.
  func standing(of intake: IntakeLoop) async -> Standing {
    let state = await intake.state
    let (mine, lag) = (states[intake.topic] ?? KafkaState(), lags[intake.topic] ?? Lag())
    return Standing(
      fault: state.kafka.reason ?? mine.fault, lagEvents: lag.events(next: state.nextOffset),
      lagSeconds: lag.seconds(next: state.nextOffset, now: seconds),
      progressAgeSeconds: state.lastProgress.map { $0.duration(to: .now) / .seconds(1) },
      isConnected: state.isConnected && mine.fault == nil && state.kafka.fault == nil)
  }
}
