import Foundation
import GRDB
import HTTPTypes
import ServiceKit
import Testing

/// A clock that is set back: nothing is written down before what is on record, and it is told.
@Suite(.timeLimit(.minutes(10))) struct ClockBackTests {
  @Test func momentsStayInOrderAndAnswersOfThePastStay() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      world.move(to: MadeUp.day("2026-09-10"), hour: 12)
      #expect(try await world.upload(["\(MadeUp.upn(0)),2026-09-08,AM,O"]).counts[0] == 1)
      world.clock.set(world.clock.now().addingTimeInterval(600))
      #expect(try await world.upload(["\(MadeUp.upn(0)),2026-09-08,PM,O"]).counts[0] == 1)
      world.clock.set(world.clock.now().addingTimeInterval(60))
      let asked = "/pupils/\(id)/attendance?from=2026-09-01&to=2026-09-30&asOf=2026-09-10T12:05:00Z"
      let before = try await world.send(.get, asked)
      #expect(before.status == 200)
      #expect(try await !world.send(.get, "/health/ready", as: nil).text.contains("clock"))

      // Half an hour back: before the second upload, and before the moment that was asked about.
      world.clock.set(world.clock.now().addingTimeInterval(-1_800))
      #expect(try await world.upload(["\(MadeUp.upn(0)),2026-09-09,AM,O"]).counts[0] == 1, "nothing is refused")
      let moments: [Int64] = try world.sql("SELECT at_millis FROM receipts ORDER BY number").map { $0[0] }
      #expect(moments == moments.sorted())
      let audited: [Int64] = try world.sql("SELECT at_millis FROM audit_log ORDER BY number").map { $0[0] }
      #expect(audited == audited.sorted())
      let published: [Int64] = try world.sql("SELECT recorded_millis FROM outbox ORDER BY sequence").map { $0[0] }
      #expect(published == published.sorted())
      let ready = try await world.send(.get, "/health/ready", as: nil)
      #expect(ready.status == 503 && ready.text.contains("clock (1800 s behind the last moment on record)"))
      let alarms = try await world.send(.get, "/status", as: .operator).list("alarms")
      #expect(alarms.contains { $0["name"] as? String == "clock" })

      // When it is right again everything is, and the past is what it was.
      world.clock.set(world.clock.now().addingTimeInterval(3_600))
      #expect(try await !world.send(.get, "/health/ready", as: nil).text.contains("clock"))
      let after = try await world.send(.get, "/status", as: .operator).list("alarms")
      #expect(!after.contains { $0["name"] as? String == "clock" })
      #expect(try await world.send(.get, asked).text == before.text)
    }
  }
}
