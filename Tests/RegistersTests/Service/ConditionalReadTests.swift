import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import ServiceKit
import Testing

/// What a caller has already is not sent again, and is read all the same.
@Suite("Conditional reads") struct ConditionalReadTests {
  private func get(_ world: World, _ path: String, having tag: String? = nil) async throws -> TestResponse {
    let token = try await world.issuer.token(
      subject: "user-1", role: .attendanceOfficer, authority: "880", validFrom: world.clock.now(), seconds: 600)
    var headers: HTTPFields = [.authorization: "Bearer \(token)"]
    headers[.ifNoneMatch] = tag
    return try await world.client.execute(uri: path, method: .get, headers: headers)
  }

  @Test func anUnchangedRecordIsNotSentAgainAndTheReadIsOnRecord() async throws {
    try await World.run { world in
      try await world.open()
      let ids = try await world.enrol([1, 2])
      let id = try #require(ids[1])
      for (path, subject) in [
        ("/schools/\(World.school)/pupils", World.school),
        ("/schools/\(World.school)/registers/2026-09-07/AM", World.school), ("/pupils/\(id)", id),
        ("/pupils/\(id)/attendance?from=2026-09-07&to=2026-09-11", id),
      ] {
        func reads() throws -> Int { try world.sql("SELECT 1 FROM audit_log WHERE subject = '\(subject)'").count }
        let before = try reads()
        let first = try await get(world, path)
        let tag = try #require(first.headers[.eTag])
        #expect(first.status == .ok && first.body.readableBytes > 0)
        let again = try await get(world, path, having: tag)
        #expect(again.status == .notModified && again.body.readableBytes == 0 && again.headers[.eTag] == tag)
        #expect(try reads() == before + 2, "\(path)")
      }
    }
  }

  @Test func aChangedRecordIsSentWithAnotherTag() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([1])
      let path = "/schools/\(World.school)/pupils"
      let before = try #require(try await get(world, path).headers[.eTag])
      try await world.enrol([2])
      let after = try await get(world, path, having: before)
      #expect(after.status == .ok && after.headers[.eTag] != before)
    }
  }
}
