import Foundation
import HTTPTypes
import JWTKit
import Logging
public import ServiceLifecycle

/// How long an issuer's keys are trusted, and how often they are asked for.
struct KeyRingSettings: Sendable {
  var algorithms = TokenAlgorithm.usual
  /// Keys older than this are asked for again, while those at hand are still used.
  var refresh = Duration.seconds(120)
  /// Keys older than this are not used before the issuer was asked again, unless it did not answer the last time.
  var fresh = Duration.seconds(240)
  /// Keys older than this are not used at all: the issuer was away for too long.
  var stale = Duration.seconds(24 * 3_600)
  /// Between the beginnings of two attempts at the least, whatever they are for.
  var interval = Duration.seconds(10)
  /// The longest attempt, from the connection to the last byte.
  var deadline = Duration.seconds(5)
}

/// The issuer's keys as they were last published, and the one way to ask for them again.
///
/// An attempt begins at most every ten seconds, and one at a time, whoever asks: a flood of tokens that name unknown
/// keys costs the issuer no more than one request in ten seconds, and whoever names a known key waits for none. An
/// attempt that fails leaves the keys as they are.
actor KeyRing {
  private let settings: KeyRingSettings
  private let load: @Sendable () async throws -> String
  private let stopwatch: Stopwatch
  private let logger: Logger
  private var keys: (trusted: TrustedKeys, readAt: Duration)?
  private var attempt: (begunAt: Duration, task: Task<Void, Never>)?
  private var isAsking = false
  private var didFail = false

  /// - Parameter load: gives the issuer's JWK set.
  init(
    _ settings: KeyRingSettings, stopwatch: Stopwatch, logger: Logger,
    load: @escaping @Sendable () async throws -> String
  ) {
    self.settings = settings
    self.stopwatch = stopwatch
    self.logger = logger
    self.load = load
  }

  /// The key of a name; `nil` when the issuer has none.
  ///
  /// - Throws: `Problem` 503 when there are no keys that may be used.
  func key(_ name: String) async throws(Problem) -> (any JWTAlgorithm)? {
    if let age, age <= settings.stale, let known = keys?.trusted[name] {
      guard age > settings.refresh else { return known }
      let task = ask()
      // Whoever knows that the issuer does not answer waits for nobody.
      guard age > settings.fresh, !didFail else { return known }
      await task?.value
    } else {
      await ask()?.value
    }
    guard let age, age <= settings.stale else { throw unavailable }
    return keys?.trusted[name]
  }

  /// Asks for the keys when the last attempt is long enough ago; done when the attempt is.
  ///
  /// - Returns: how long to wait before the next.
  func refresh() async -> Duration {
    await ask()?.value
    return didFail ? settings.interval : settings.refresh
  }

  /// How old the keys are; `nil` without any.
  var age: Duration? { keys.map { stopwatch.elapsed() - $0.readAt } }

  private var unavailable: Problem {
    let passed = attempt.map { stopwatch.elapsed() - $0.begunAt } ?? .zero
    let seconds = (settings.interval - passed).components.seconds
    return Problem(
      "keys-unavailable", "Tokens cannot be checked at the moment", .serviceUnavailable,
      detail: "The sign-in service is not responding. Try again in a few seconds.",
      retryAfterSeconds: Int(max(1, seconds + 1)))
  }

  /// The attempt to wait for: the one under way or a new one; `nil` when the last is too short a time ago.
  private func ask() -> Task<Void, Never>? {
    let now = stopwatch.elapsed()
    if let attempt {
      if isAsking { return attempt.task }
      guard now - attempt.begunAt >= settings.interval else { return nil }
    }
    isAsking = true
    let task = Task {
      do {
        let json = try await withDeadline(settings.deadline, load)
        let trusted = try await TrustedKeys.read(json, accepting: settings.algorithms)
        self.end(with: .success(trusted), begunAt: now)
      } catch {
        self.end(with: .failure(error), begunAt: now)
      }
    }
    attempt = (now, task)
    return task
  }

  private func end(with result: Result<TrustedKeys, any Error>, begunAt: Duration) {
    isAsking = false
    switch result {
    case .success(let trusted):
      if didFail || trusted.leftOut > 0 && trusted.leftOut != keys?.trusted.leftOut {
        logger.notice(
          "the token issuer's keys were read",
          metadata: ["keys": "\(trusted.count)", "left_out": "\(trusted.leftOut)"])
      }
      didFail = false
      keys = (trusted, begunAt)
    case .failure(let error):
      didFail = true
      logger.warning(
        "the token issuer's keys cannot be read", metadata: [Names.Log.errorType: "\(type(of: error))"])
    }
  }
}

/// Keeps the issuer's keys young whether or not anybody calls.
public struct KeyRefresh: Service {
  let ring: KeyRing

  public func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        let pause = await ring.refresh()
        guard (try? await Task.sleep(for: pause)) != nil else { return }
      }
    }
  }
}
