import Contracts
import Crypto
import Foundation
import NotifierDomain
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import NotifierService

/// What is interrupted, waits or ends.
extension DeliveryTests {
  @Test func aRestartInTheMiddleGoesOnWhereItWas() async throws {
    try await withFolder { folder in
      let clock = ManualClock(Sample.time.date)
      let receiver = Receiver([.status(500), .never])
      try await receiver.serve { address in
        let due = try await Harness.run(in: folder, clock: clock, attemptMillis: 60_000) { harness in
          _ = try await harness.subscribe(address)
          try await harness.enrol()
          for number in 1...3 { try await harness.propose("prop\(number)") }
          guard case .waiting(1, let due)? = await harness.waitForRecords(1).first else { return Int64(0) }
          return due
        }
        _ = await receiver.next(1)
        // The second process is ended while its attempt is in flight.
        try await Harness.run(in: folder, clock: clock, attemptMillis: 60_000) { harness in
          clock.advance(millis: due - Timestamp(clock.now()).millis - 1)
          harness.loop.clockMoved()
          clock.advance(millis: 1)
          harness.loop.clockMoved()
          _ = await receiver.next(1)
        }
        try await Harness.run(in: folder, clock: clock) { harness in
          let told = await receiver.next(3)
          #expect(
            told.map { ($0.json["data"] as? [String: Any])?["proposal"] as? String } == ["prop1", "prop2", "prop3"])
          #expect(await harness.waitForRecords(3) == [.delivered, .delivered, .delivered])
          let results = try await harness.disclosures().map(\.result)
          #expect(results == ["status-500", "accepted", "accepted", "accepted"])
        }
      }
    }
  }

  @Test func anAgreementThatEndsWhileMessagesWaitStopsThem() async throws {
    try await withFolder { folder in
      let receiver = Receiver([.status(503)])
      try await receiver.serve { address in
        try await Harness.run(in: folder) { harness in
          let opened = try await harness.subscribe(address) { $0.agreementExpiresOn = Sample.today.iso }
          let id = opened.subscription.id
          try await harness.enrol()
          try await harness.propose("prop1")
          #expect(await harness.waitForRecords(1).count == 1)
          harness.clock.advance(millis: 86_400_000)
          harness.loop.clockMoved()
          await harness.wait { $0 == .suspend(id, .agreementExpired) }
          #expect(try await harness.status(of: id) == .suspended(.agreementExpired))
          await #expect(throws: NotifierError.agreementEnded) {
            try await harness.manage.resume(id, by: Edit(by: Harness.officer))
          }
          #expect(try await harness.disclosures().map(\.result) == ["status-503"])
        }
      }
    }
  }

  @Test func aReplaySendsTheRangeAgainAndANewSubscriptionItsPast() async throws {
    try await withFolder { folder in
      let school = Receiver()
      let partner = Receiver()
      try await school.serve { schoolAddress in
        try await partner.serve { partnerAddress in
          try await Harness.run(in: folder) { harness in
            let id = try await harness.subscribe(schoolAddress).subscription.id
            try await harness.enrol()
            for hour in 0..<4 as Range<Int64> {
              try await harness.propose("prop\(hour)", at: Timestamp(millis: Sample.time.millis + hour * 3_600_000))
            }
            let first = await school.next(4)
            _ = await harness.waitForRecords(4)
            let from = Timestamp(millis: Sample.time.millis + 3_600_000)
            let to = Timestamp(millis: Sample.time.millis + 2 * 3_600_000)
            let again = try await harness.manage.replay(id, from: from, to: to, by: Edit(by: Harness.officer))
            #expect(again.new?.queued == 2)
            #expect(await school.next(2).map(\.id) == [first[1].id, first[2].id])

            let new = try await harness.subscribe(partnerAddress) {
              $0.recipientKind = "early-help"
              $0.level = "L1"
            }
            let count = try await harness.manage.replay(
              new.subscription.id, from: from, to: Timestamp(millis: Sample.time.millis + 86_400_000),
              by: Edit(by: Harness.officer))
            #expect(count.new?.queued == 3)
            let past = await partner.next(3)
            #expect(Set(past.map(\.id)).isDisjoint(with: first.map(\.id)))
            #expect(past.allSatisfy { $0.json["type"] as? String == Message.contactType })
          }
        }
      }
    }
  }

  @Test func aReportWaitsForTheChildAndProtectionSetMeanwhileCounts() async throws {
    try await withFolder { folder in
      let receiver = Receiver()
      try await receiver.serve { address in
        try await Harness.run(in: folder) { harness in
          _ = try await harness.subscribe(address)
          try await harness.propose("prop1")
          try await harness.enrol(addressProtected: true)
          let request = try #require(await receiver.next(1).first)
          #expect(request.json["level"] as? String == "L1")
          #expect((request.json["data"] as? [String: Any])?["school"] == nil)
        }
      }
    }
  }
}
