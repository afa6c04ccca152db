import Contracts

/// Why a topic is not followed: what the reader has applied is not what the source has, and the source does not say that
/// it was restored.
enum SourceFork: Error, Hashable, Sendable {
  /// The source has another event than the one that was applied, and says nothing of a restore.
  case undeclared(sequence: Int64)
  /// It has none of the parts of life that the reader knows.
  case otherStore
  /// It signs with another key.
  case otherKey
  /// The last event in common is older than what the reader remembers.
  case tooOld(oldest: Int64)

  /// For alarm, readiness and log: what is so and how it is healed.
  func words(_ topic: String) -> String {
    let fact =
      switch self {
      case .undeclared(let sequence):
        "the source has another event \(sequence) than the one applied here, and does not say that it was restored"
      case .otherStore: "the source is another store than the one followed so far"
      case .otherKey: "the source signs with another key than the one pinned here"
      case .tooOld(let oldest):
        "the source went back behind event \(oldest), the oldest that is remembered here: give this program a new store"
      }
    return "\(topic): \(fact). Nothing of the topic is applied. See docs/running.md, A source that was restored"
  }
}
