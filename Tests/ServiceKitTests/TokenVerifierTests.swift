import Foundation
import ServiceKit
import Testing

@Suite("Verifying tokens")
struct TokenVerifierTests {
  @Test("callers that come at once, before the keys are known, all get in")
  func manyAtOnce() async throws {
    let issuer = try TokenIssuer(issuer: "issuer")
    let clock = ManualClock(Date())
    // The keys come only when all callers have asked: whoever does not wait for them is turned away.
    let (gate, opens) = AsyncStream<Void>.makeStream()
    let keySet = issuer.keySetJSON
    let verifier = TokenVerifier(issuer: "issuer", authority: "880", clock: clock) {
      for await _ in gate {}
      return keySet
    }
    let token = try await issuer.token(
      subject: "someone", role: .manager, authority: "880", validFrom: clock.now(), seconds: 60)
    let subjects = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<20 { group.addTask { try await verifier.caller(bearer: token).subject } }
      group.addTask {
        for _ in 0..<1_000 { await Task.yield() }
        opens.finish()
        return "someone"
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(subjects == Array(repeating: "someone", count: 21))
  }

  @Test("a key set that cannot be had is asked for again at the next request")
  func asksAgain() async throws {
    struct Unavailable: Error {}
    let issuer = try TokenIssuer(issuer: "issuer")
    let clock = ManualClock(Date())
    let isThere = Locked(false)
    let keySet = issuer.keySetJSON
    let verifier = TokenVerifier(issuer: "issuer", authority: "880", clock: clock) {
      guard isThere.withLock({ $0 }) else { throw Unavailable() }
      return keySet
    }
    let token = try await issuer.token(
      subject: "someone", role: .manager, authority: "880", validFrom: clock.now(), seconds: 60)
    await #expect(throws: Unavailable.self) { try await verifier.caller(bearer: token) }
    isThere.withLock { $0 = true }
    #expect(try await verifier.caller(bearer: token).role == .manager)
  }
}
