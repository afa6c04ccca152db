/// Keeps an event that cannot be applied aside, with every later event of its subject behind it, while all other
/// subjects go on.
public struct Parking: Hashable, Sendable {
  /// What happened.
  public enum Input: Hashable, Sendable {
    /// The next event of the topic is of this subject.
    case arrived(subject: String, sequence: Int64)
    /// Applying it failed for good.
    case failed(subject: String, sequence: Int64)
    /// A person asks to try the subject's events again.
    case retry(subject: String)
    /// The subject's first event was applied while retrying.
    case applied(subject: String, sequence: Int64)
    /// A person gives the subject's first event up; those behind it are tried.
    case discard(subject: String)
  }

  /// What to do.
  public enum Action: Hashable, Sendable {
    /// Apply the event.
    case apply(sequence: Int64)
    /// Keep it aside.
    case park(sequence: Int64)
    /// Take it out of the parked ones: it was applied or given up.
    case remove(sequence: Int64)
    /// The first event of a subject was parked: a person must look.
    case alarm(subject: String)
  }

  /// What is parked, by subject, in order.
  public private(set) var parked: [String: [Int64]]

  /// - Parameter parked: what the store holds, by subject, in order.
  public init(parked: [String: [Int64]] = [:]) { self.parked = parked }

  /// Takes one input and answers what to do, in order.
  public mutating func step(_ input: Input) -> [Action] {
    switch input {
    case .arrived(let subject, let sequence):
      guard parked[subject] != nil else { return [.apply(sequence: sequence)] }
      parked[subject]?.append(sequence)
      return [.park(sequence: sequence)]
    case .failed(let subject, let sequence):
      if parked[subject]?.first == sequence { return [] }
      parked[subject, default: []].append(sequence)
      return [.park(sequence: sequence), .alarm(subject: subject)]
    case .retry(let subject): return parked[subject]?.first.map { [.apply(sequence: $0)] } ?? []
    case .applied(let subject, let sequence):
      return removeFirst(subject, sequence)
    case .discard(let subject):
      return parked[subject]?.first.map { removeFirst(subject, $0) } ?? []
    }
  }

  private mutating func removeFirst(_ subject: String, _ sequence: Int64) -> [Action] {
    guard var waiting = parked[subject], waiting.first == sequence else { return [] }
    waiting.removeFirst()
    parked[subject] = waiting.isEmpty ? nil : waiting
    return [.remove(sequence: sequence)] + (waiting.first.map { [.apply(sequence: $0)] } ?? [])
  }
}
