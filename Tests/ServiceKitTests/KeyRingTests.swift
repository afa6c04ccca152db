import Foundation
import HTTPTypes
import Logging
import Schemas
import Testing

@testable import ServiceKit

/// When the issuer is asked for its keys, and what is trusted while it does not answer.
@Suite("Key ring", .timeLimit(.minutes(10))) struct KeyRingTests {
  struct Away: Error {}

  /// An issuer whose keys a test changes, with a ring that asks it.
  private final class Issuer: Sendable {
    let set: Locked<String?>
    let asked = Locked(0)
    let time = ManualTime()

    init(_ set: String?) { self.set = Locked(set) }

    func ring() -> KeyRing {
      var settings = KeyRingSettings()
      // Real time must not matter: all tests run at once.
      settings.deadline = .seconds(600)
      return KeyRing(
        settings, stopwatch: time.stopwatch, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      ) { [self] in
        asked.withLock { $0 += 1 }
        guard let set = set.withLock({ $0 }) else { throw Away() }
        return set
      }
    }
    var count: Int { asked.withLock { $0 } }
  }

  /// What is answered when no key can be had.
  private func refusal(_ ring: KeyRing) async -> Problem? {
    do throws(Problem) {
      _ = try await ring.key("a")
      return nil
    } catch {
      return error
    }
  }

  private static let maker = TokenMaker()
  private static func set(_ names: String...) throws -> String {
    let keys = names.map { maker.published("OKP", name: $0) }
    return String(decoding: try JSONEncoder().encode(["keys": JSONValue.array(keys)] as JSONValue), as: UTF8.self)
  }

  @Test("unknown keys ask at most once in ten seconds, known ones never")
  func unknownKeys() async throws {
    let issuer = Issuer(try Self.set("a"))
    let ring = issuer.ring()
    #expect(try await ring.has("a") && issuer.count == 1)
    for number in 0..<100 { #expect(try await !ring.has("junk-\(number)")) }
    #expect(issuer.count == 1)
    issuer.time.pass(seconds: 9)
    #expect(try await !ring.has("junk") && issuer.count == 1)
    issuer.time.pass(seconds: 1)
    for number in 0..<100 { #expect(try await !ring.has("junk-\(number)")) }
    #expect(issuer.count == 2)
    // A key that the issuer adds is known within ten seconds.
    issuer.set.withLock { $0 = try? Self.set("a", "b") }
    #expect(try await !ring.has("b"))
    issuer.time.pass(seconds: 10)
    #expect(try await ring.has("b") && issuer.count == 3)
    for _ in 0..<100 { #expect(try await ring.has("a")) }
    #expect(issuer.count == 3)
  }

  @Test("callers that come at once ask once")
  func atOnce() async throws {
    let (gate, opens) = AsyncStream<Void>.makeStream()
    let (asked, begins) = AsyncStream<Void>.makeStream()
    let set = try Self.set("a")
    let count = Locked(0)
    var settings = KeyRingSettings()
    settings.deadline = .seconds(600)
    let ring = KeyRing(
      settings, stopwatch: ManualTime().stopwatch, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) {
      count.withLock { $0 += 1 }
      begins.finish()
      for await _ in gate {}
      return set
    }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<50 { group.addTask { try await ring.has(number % 2 == 0 ? "a" : "junk") } }
      for await _ in asked {}
      opens.finish()
      var known = 0
      for try await isKnown in group where isKnown { known += 1 }
      #expect(known == 25)
    }
    #expect(count.withLock { $0 } == 1)
  }

  @Test("a removed key is not trusted for five minutes, with or without callers in between")
  func removedKeys() async throws {
    for steps in [[121, 120], [241], [299]] {
      let issuer = Issuer(try Self.set("a", "b"))
      let ring = issuer.ring()
      #expect(try await ring.has("b"))
      issuer.set.withLock { $0 = try? Self.set("a") }
      for (index, step) in steps.enumerated() {
        issuer.time.pass(seconds: step)
        let isKnown = try await ring.has("b")
        if index == steps.count - 1 { #expect(!isKnown, "\(steps)") } else { #expect(isKnown, "nobody waits so early") }
        // What a caller began goes on behind it.
        _ = await ring.refresh()
      }
      #expect(try await ring.has("a"))
    }
  }

  @Test("an empty set takes every key away; one that is not a set takes none")
  func emptySets() async throws {
    let issuer = Issuer(try Self.set("a"))
    let ring = issuer.ring()
    #expect(try await ring.has("a"))
    issuer.set.withLock { $0 = "<html>busy</html>" }
    issuer.time.pass(seconds: 241)
    #expect(try await ring.has("a") && issuer.count == 2)
    issuer.set.withLock { $0 = #"{"keys":[]}"# }
    issuer.time.pass(seconds: 10)
    _ = await ring.refresh()
    #expect(try await !ring.has("a") && issuer.count == 3)
  }

  @Test("keys are used for a day while the issuer is away, without waiting for it, and no longer")
  func away() async throws {
    let issuer = Issuer(try Self.set("a"))
    let ring = issuer.ring()
    #expect(try await ring.has("a"))
    issuer.set.withLock { $0 = nil }
    for _ in 0..<100 {
      issuer.time.pass(seconds: 864)
      #expect(try await ring.has("a"))
    }
    #expect(issuer.count <= 101)
    issuer.time.pass(seconds: 1)
    let problem = await refusal(ring)
    #expect(problem?.status == .serviceUnavailable && problem?.retryAfterSeconds ?? 0 > 0)
    issuer.set.withLock { $0 = try? Self.set("a") }
    issuer.time.pass(seconds: 10)
    #expect(try await ring.has("a"))
  }

  @Test("who knows that the issuer does not answer waits for no further attempt")
  func nobodyWaits() async throws {
    let (gate, opens) = AsyncStream<Void>.makeStream()
    let set = try Self.set("a")
    let (count, time) = (Locked(0), ManualTime())
    var settings = KeyRingSettings()
    settings.deadline = .seconds(600)
    let ring = KeyRing(
      settings, stopwatch: time.stopwatch, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) {
      let attempt = count.withLock { count in
        count += 1
        return count
      }
      if attempt == 1 { return set }
      if attempt == 3 { for await _ in gate {} }
      throw Away()
    }
    #expect(try await ring.has("a"))
    time.pass(seconds: 241)
    #expect(try await ring.has("a"))
    time.pass(seconds: 10)
    // The third attempt lasts until the gate opens, which is after the answer.
    #expect(try await ring.has("a"))
    opens.finish()
  }

  @Test("an issuer that is away at the start is asked every ten seconds, and nobody is told that a token is wrong")
  func awayAtTheStart() async throws {
    let issuer = Issuer(nil)
    let ring = issuer.ring()
    for _ in 0..<20 { #expect(await refusal(ring)?.slug == "keys-unavailable") }
    #expect(issuer.count == 1)
    issuer.set.withLock { $0 = try? Self.set("a") }
    issuer.time.pass(seconds: 10)
    #expect(try await ring.has("a") && issuer.count == 2)
  }

  @Test("the next attempt is due after two minutes, after a failure in ten seconds")
  func pauses() async throws {
    let issuer = Issuer(nil)
    let ring = issuer.ring()
    #expect(await ring.refresh() == .seconds(10))
    issuer.set.withLock { $0 = try? Self.set("a") }
    issuer.time.pass(seconds: 10)
    #expect(await ring.refresh() == .seconds(120))
    #expect(await ring.age == .zero)
  }
}
