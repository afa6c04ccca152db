import Contracts
import EnforcementDomain
import Messaging
import Rulebook
import SealedPacks
import ServiceKit
import Testing

@testable import EnforcementService

@Suite("A key of court packs that is revoked") struct RevokedKeyTests {
  @Test("It signs nothing more, is published with its revocation, and is revoked once and for good")
  func revoked() async throws {
    let service = try await Packed()
    let (signed, waiting) = (try await service.begin(), try await service.begin())
    try await service.sign(signed)
    try await service.revoke()
    let key = try #require(try await service.published().keys.last)
    #expect(key.revocation == .init(on: service.clock.today(), from: service.clock.today(), reason: .compromised))
    await #expect(throws: Problem.self) { try await service.revoke() }
    do {
      try await service.sign(waiting)
      Issue.record("a revoked key signed")
    } catch let problem as Problem { #expect(problem.slug == "signing-key-revoked") }
    #expect(try await service.found(waiting).state == .reviewed)
    #expect(try await service.found(signed).file != nil, "what was signed stays")
  }

  @Test("A day to come, and a key that was never published, are refused")
  func refused() async throws {
    let service = try await Packed()
    let key = try #require(try await service.published().keys.last?.id)
    let tomorrow = service.clock.today().adding(days: 1)
    for (id, day) in [(key, tomorrow), ("another", service.clock.today())] {
      await #expect(throws: Problem.self) {
        try await service.transactions.write(by: Caller(subject: "u-manager", role: .manager)) { unit in
          _ = try PackKeyStore.revoke(id, from: day, because: .lost, in: unit)
        }
      }
    }
  }
}
