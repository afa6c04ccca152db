import CoreMetrics
import Crypto
import Foundation
import Logging

/// Records what somebody might be attacking with: refused tokens, forbidden requests, floods, hostile bodies.
///
/// A line holds the kind, the route's pattern, the role and the request's id, and of the caller a key that is the same as
/// long as the program runs and from which nobody can be told. At most sixty lines a minute are written; the next one
/// after that says how many are missing. The metric counts them all.
final class SecurityEvents: Sendable {
  /// What happened.
  struct Event: Sendable {
    /// The problem's slug.
    let kind: String
    /// Why a token was refused; the kind again for all else.
    let reason: String
    let route: String
    let role: Role?
    let requestID: String
    /// A token's subject or a peer's address.
    let caller: String
  }

  private static let linesPerMinute = 60
  /// The problems that are security events.
  private static let kinds: Set = [
    Problem.unauthorized.slug, Problem.forbidden.slug, Problem.tooManyOfCaller.slug, Problem.tooLarge.slug,
    Problem.tooSlow.slug, Problem.tooManyValues.slug, Problem.tooDeep.slug, Problem.repeatedName.slug,
  ]

  private let logger: Logger
  private let metrics: any MetricsFactory
  private let key = SymmetricKey(size: .bits256)
  private let lines: Allowance
  private let unwritten = Locked(0)

  init(logger: Logger, metrics: any MetricsFactory, stopwatch: Stopwatch) {
    self.logger = logger
    self.metrics = metrics
    lines = Allowance(perMinute: Self.linesPerMinute, stopwatch: stopwatch)
  }

  /// Whether a problem is one.
  static func isOne(_ problem: Problem) -> Bool { kinds.contains(problem.slug) }

  func record(_ event: Event) {
    Counter(
      label: Names.Metric.securityEvents,
      dimensions: [("kind", event.kind), ("reason", event.reason)], factory: metrics
    ).increment()
    guard lines.take("") == nil else {
      unwritten.withLock { $0 += 1 }
      return
    }
    let missing = unwritten.withLock { count in
      defer { count = 0 }
      return count
    }
    var metadata: Logger.Metadata = [
      Names.Log.event: "\(event.kind)", Names.Log.reason: "\(event.reason)", Names.Log.route: "\(event.route)",
      Names.Log.caller: "\(opaque(event.caller))", Names.Log.requestID: "\(event.requestID)",
    ]
    if let role = event.role { metadata[Names.Log.role] = "\(role.rawValue)" }
    if missing > 0 { metadata[Names.Log.unwritten] = "\(missing)" }
    logger.notice("security event", metadata: metadata)
  }

  /// A caller's key: a hash with a secret that ends with the program.
  func opaque(_ caller: String) -> String {
    HMAC<SHA256>.authenticationCode(for: Data(caller.utf8), using: key).prefix(6)
      .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
