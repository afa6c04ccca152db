import Contracts
import Foundation
import GRDB
import Messaging
import NotifierDomain
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import NotifierService

/// A program that ends during an attempt finds out at its next start whose fault it may be.
@Suite(.timeLimit(.minutes(10))) struct InterruptedAttemptTests {
  /// Lets the program end during the attempt that the receiver does not answer: the store is left as it then is.
  static func die(
    in folder: URL, _ clock: ManualClock, _ receiver: Receiver,
    _ prepare: @Sendable @escaping (Harness) async throws -> Void
  )
    async throws
  {
    let begun = try await Harness.run(in: folder, clock: clock, attemptMillis: 3_600_000) { harness in
      try await prepare(harness)
      _ = await receiver.next(1)
      // It was written down before the receiver had anything.
      return try await harness.store.read { try Attempts.all(in: $0) }
    }
    #expect(begun.count == 1)
    let store = try Store(
      path: folder.appending(path: "notifier.sqlite").path, owner: "880.notifier",
      migrations: MessagingSchema.migrations + NotifierSchema.migrations, auditKeys: TestAuditKeys.keys)
    try await store.write { db in
      #expect(try Attempts.all(in: db).isEmpty, "an end in order leaves nothing behind")
      for attempt in begun { try Attempts.begin(attempt, at: Timestamp(clock.now()), in: db) }
    }
    try store.close()
  }

  @Test func theFirstTimeItsMessagePausesTheSecondTimeItsSubscriptionIsSuspended() async throws {
    let clock = ManualClock(Sample.time.date)
    let receiver = Receiver([.never, .never])
    try await withFolder { folder in
      try await receiver.serve { address in
        try await Self.die(in: folder, clock, receiver) { harness in
          _ = try await harness.subscribe(address)
          try await harness.enrol()
          try await harness.propose("prop1")
        }
        try await Self.die(in: folder, clock, receiver) { harness in
          await harness.waitForLoad()
          let entry = try #require(try await harness.disclosures().first)
          #expect(entry.result == "interrupted" && entry.attempt == 1 && entry.fields.contains("familyName"))
          #expect(entry.bodySha256?.count == 64)
          #expect(try await harness.store.read { try AuditLog.firstBreak(keys: TestAuditKeys.keys, in: $0) } == nil)
          let head = try #require(try await harness.store.read { try Messages.head(of: entry.subscription, in: $0) })
          #expect(head.failures == 1 && head.isSuspect)
          let pause = head.dueMillis - Timestamp(clock.now()).millis
          #expect((4_500...5_500).contains(pause), "the schedule's first pause")
          harness.advance(toMillis: head.dueMillis)
        }
        try await Harness.run(in: folder, clock: clock) { harness in
          await harness.wait { if case .suspend(_, .programEnded) = $0 { true } else { false } }
          let id = try #require(try await harness.disclosures().first?.subscription)
          #expect(try await harness.status(of: id) == .suspended(.programEnded))
          #expect(try await harness.disclosures().map(\.result) == ["interrupted", "interrupted"])
          let event = try #require(try await harness.events().last)
          #expect(try ReceiverDisabled.decode(event).reason == .programEnded)

          _ = try await harness.manage.resume(id, by: Edit(by: Harness.officer))
          #expect(await harness.waitForRecords(1) == [.delivered])
          #expect(try await harness.store.read { try Messages.head(of: id, in: $0) } == nil)
        }
      }
    }
  }

  @Test func anAttemptThatIsCompletedClearsTheSuspicion() async throws {
    let clock = ManualClock(Sample.time.date)
    let receiver = Receiver([.never, .status(500), .never])
    try await withFolder { folder in
      try await receiver.serve { address in
        try await Self.die(in: folder, clock, receiver) { harness in
          _ = try await harness.subscribe(address)
          try await harness.enrol()
          try await harness.propose("prop1")
        }
        try await Self.die(in: folder, clock, receiver) { harness in
          await harness.waitForLoad()
          harness.clock.advance(millis: 6_000)
          harness.loop.clockMoved()
          _ = await receiver.next(1)
          guard case .waiting(2, let due)? = await harness.waitForRecords(1).first else {
            Issue.record("a refusal is a second failure")
            return
          }
          harness.advance(toMillis: due)
        }
        try await Harness.run(in: folder, clock: clock) { harness in
          await harness.waitForLoad()
          let subscription = try #require(try await harness.disclosures().last?.subscription)
          #expect(try await harness.disclosures().map(\.result) == ["interrupted", "status-500", "interrupted"])
          #expect(try await harness.status(of: subscription) == .active)
        }
      }
    }
  }

  @Test func aRowThatCannotBeReadHoldsNobodyUpAndCanBeDeleted() async throws {
    let receiver = Receiver()
    try await withFolder { folder in
      try await receiver.serve { address in
        let bad = try await Harness.run(in: folder) { harness in
          _ = try await harness.subscribe(address)
          let bad = try await harness.subscribe("http://127.0.0.1:1/").subscription.id
          try await harness.store.write { db in
            try db.execute(sql: "UPDATE subscription SET recipient_kind = 'nobody' WHERE id = ?", arguments: [bad])
          }
          return bad
        }
        try await Harness.run(in: folder) { harness in
          try await harness.enrol()
          try await harness.propose("prop1")
          #expect(await receiver.next(1).count == 1)
          #expect(try await harness.store.read { try Subscriptions.all(limit: 10, in: $0).unreadable } == [bad])
          _ = try await harness.manage.delete(bad, by: Edit(by: Harness.officer))
          let left = try await harness.store.read { try Subscriptions.all(limit: 10, in: $0) }
          #expect(left.unreadable.isEmpty && left.subscriptions.count == 1)
        }
      }
    }
  }

  @Test func whileDeliveriesFailASubscriptionCanBeDeletedAndTheyBeginAnew() async throws {
    let receiver = Receiver()
    let other = Receiver()
    try await withFolder { folder in
      try await receiver.serve { address in
        try await other.serve { otherAddress in
          try await Harness.run(in: folder) { harness in
            let bad = try await harness.subscribe(address).subscription.id
            // Nothing that becomes of this subscription's messages can be written down.
            try await harness.store.write { db in
              try db.execute(
                sql: """
                  CREATE TRIGGER full BEFORE UPDATE ON message WHEN NEW.subscription = '\(bad)'
                  BEGIN SELECT RAISE(ABORT, 'no space'); END
                  """)
            }
            try await harness.enrol()
            try await harness.propose("prop1")
            // The second try is of a run after the failure.
            _ = await receiver.next(2)
            _ = try await harness.manage.delete(bad, by: Edit(by: Harness.officer))
            _ = try await harness.subscribe(otherAddress)
            try await harness.propose("prop2")
            #expect(await other.next(1).count == 1)
            await harness.wait { if case .record(_, _, .delivered) = $0 { true } else { false } }
          }
        }
      }
    }
  }
}

/// A message by which a person sees whether a receiver works.
@Suite(.timeLimit(.minutes(10))) struct TestMessageTests {
  @Test func itIsSignedSaysNothingOfAnybodyAndIsOnRecord() async throws {
    let receiver = Receiver([.status(204), .status(503)])
    try await withFolder { folder in
      try await receiver.serve { address in
        try await Harness.run(in: folder) { harness in
          let opened = try await harness.subscribe(address)
          let id = opened.subscription.id
          try await harness.enrol()
          let sent = try await harness.tests.send(to: id, by: Harness.officer)
          #expect(sent.outcome == .accepted)
          let request = try #require(await receiver.next(1).first)
          try Verify.hmac(request, key: opened.key)
          #expect(request.id == sent.message && request.json["type"] as? String == Message.testType)
          #expect(request.json["data"] as? [String: String] == ["authority": "880", "subscription": id])

          await #expect(throws: NotifierError.testedTooOften(retryAfterSeconds: 10)) {
            try await harness.tests.send(to: id, by: Harness.officer)
          }
          harness.clock.advance(millis: 10_000)
          let refused = try await harness.tests.send(to: id, by: Harness.officer)
          #expect(refused.outcome == .failed(.status(503), retryAfterMillis: nil))
          let records = try await harness.disclosures()
          #expect(records.map(\.result) == ["accepted", "status-503"])
          #expect(records.allSatisfy { $0.level == "L0" && $0.pupil == nil && $0.officer == "user-1" })
          #expect(try await harness.store.read { try Attempts.all(in: $0).isEmpty })
          let audit = try await harness.store.read { db in
            try String.fetchAll(
              db, sql: "SELECT action FROM audit_log WHERE subject = ? ORDER BY number", arguments: [id])
          }
          #expect(
            audit == [
              "subscription.create", "subscription.test", "message.accepted", "subscription.test", "message.status-503",
            ])
          await #expect(throws: NotifierError.subscriptionNotFound) {
            try await harness.tests.send(to: "sub_nobody", by: Harness.officer)
          }
        }
      }
    }
  }

  @Test func moreThanAFewAtOnceAreRefused() throws {
    let limit = TestLimit()
    for number in 0..<TestLimit.mostAtOnce { try limit.take("sub\(number)", nowMillis: 0) }
    #expect(throws: NotifierError.testedTooOften(retryAfterSeconds: 1)) { try limit.take("one more", nowMillis: 0) }
    limit.giveBack()
    try limit.take("one more", nowMillis: 0)
  }

  @Test func aSubscriptionForASchoolThatNoEventToldOfIsRefused() async throws {
    try await withFolder { folder in
      try await Harness.run(in: folder) { harness in
        try await harness.recordSchool()
        var request = Sample.request()
        request.schools = ["100001", "100002", "nine"]
        request.level = "L9"
        do {
          _ = try await harness.manage.create(request, by: Edit(by: Harness.officer))
          Issue.record("it must be refused")
        } catch NotifierError.refused(let faults) {
          #expect(faults.all.map(\.pointer) == ["/level", "/scope/schools/1", "/scope/schools/2"])
          #expect(faults.all[0].detail == "must be one of L0, L1, L2, L3, L4")
          #expect(faults.all[1].detail.hasPrefix("school 100002 is not set up in registers."))
        }
      }
    }
  }
}
