import Contracts
import Foundation
import GRDB
import NotifierDomain
import RollCopy
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import NotifierService

/// From an event of the registers to what each receiver gets and what is on record.
@Suite(.timeLimit(.minutes(10))) struct FindingStoryTests {
  static let unexplained = [Found<UnexplainedAbsence>.type, Lapsed<UnexplainedAbsence>.type]

  @Test func onlyTheChildWithASocialWorkerIsToldToSocialCareAndBothDecisionsAreOnRecord() async throws {
    try await withFolder { folder in
      let receiver = Receiver()
      try await receiver.serve { address in
        try await Harness.run(in: folder) { harness in
          let opened = try await harness.subscribe(address, Self.partner(.socialCare, Self.unexplained))
          for child in 1...2 { try await harness.enrol(Sample.child(child)) }
          try await harness.take(
            Sample.found(UnexplainedAbsence.self, "f1", pupil: Sample.child(1), concerns: [.youthJustice]), id: "e1")
          try await harness.take(
            Sample.found(UnexplainedAbsence.self, "f2", pupil: Sample.child(2), concerns: [.socialCare]), id: "e2")
          #expect(await harness.waitForRecords(2) == [.withheld(.conditionNotEstablished), .delivered])
          let request = try #require(await receiver.next(1).first)
          try Verify.hmac(request, key: opened.key)
          #expect(Self.data(request)["finding"] as? String == "f2")
          #expect(Self.data(request)["session"] as? String == "AM")
          let log = try await harness.disclosures()
          #expect(log.map(\.result) == ["withheld-condition-not-established", "accepted"])
          #expect(log.map(\.pupil) == [Sample.child(1).text, Sample.child(2).text])
          #expect(log[0].level == nil && log[0].fields.isEmpty && log[1].level == "L2")
        }
      }
    }
  }

  @Test func whatIsToldAgainGoesToThoseWhoWereNotTold() async throws {
    try await withFolder { folder in
      let social = Receiver()
      let early = Receiver()
      try await social.serve { socialAddress in
        try await early.serve { earlyAddress in
          try await Harness.run(in: folder) { harness in
            let types = [Found<TenDayAbsence>.type, Lapsed<TenDayAbsence>.type]
            let worker = try await harness.subscribe(socialAddress, Self.partner(.socialCare, types)).subscription.id
            let help = try await harness.subscribe(earlyAddress, Self.partner(.earlyHelp, types)).subscription.id
            try await harness.enrol()
            try await harness.take(Sample.found(TenDayAbsence.self, concerns: []), id: "e1")
            #expect(await harness.waitForRecords(2).count == 2)
            // A social worker has come: the same finding, with whose concern the child is now.
            try await harness.take(Sample.found(TenDayAbsence.self, concerns: [.socialCare]), id: "e2")
            #expect(await harness.waitForRecords(1) == [.delivered])
            try await harness.take(Sample.lapsed(TenDayAbsence.self, concerns: [.socialCare]), id: "e3")
            _ = await harness.waitForRecords(2)
            let log = try await harness.disclosures()
            func results(_ id: String) -> [String] { log.filter { $0.subscription == id }.map(\.result) }
            #expect(results(worker) == ["withheld-condition-not-established", "accepted", "accepted"])
            #expect(results(help) == ["accepted", "accepted"], "told once, and of the end")
          }
        }
      }
    }
  }

  @Test func aLapseGoesToExactlyThoseWhoWereTold() async throws {
    try await withFolder { folder in
      let told = Receiver()
      let untold = Receiver()
      let late = Receiver()
      try await told.serve { toldAddress in
        try await untold.serve { untoldAddress in
          try await late.serve { lateAddress in
            try await Harness.run(in: folder) { harness in
              // It asks for the finding only; the correction is its due all the same.
              let social = try await harness.subscribe(
                toldAddress, Self.partner(.socialCare, [Found<UnexplainedAbsence>.type])
              ).subscription.id
              let youth = try await harness.subscribe(untoldAddress, Self.partner(.youthJustice, Self.unexplained))
                .subscription.id
              try await harness.enrol()
              try await harness.take(Sample.found(UnexplainedAbsence.self, concerns: [.socialCare]), id: "e1")
              #expect(await harness.waitForRecords(2).count == 2)
              let newcomer = try await harness.subscribe(lateAddress, Self.partner(.socialCare, Self.unexplained))
                .subscription.id
              // The social worker is gone by now, and a youth justice worker has come.
              try await harness.take(Sample.lapsed(UnexplainedAbsence.self, concerns: [.youthJustice]), id: "e2")
              #expect(await harness.waitForRecords(2).count == 2)

              let types = await told.next(2).map { $0.json["type"] as? String }
              #expect(types == Self.unexplained.map(\.name))
              let log = try await harness.disclosures()
              func results(_ id: String) -> [String] { log.filter { $0.subscription == id }.map(\.result) }
              #expect(results(social) == ["accepted", "accepted"])
              #expect(results(youth) == ["withheld-condition-not-established", "withheld-not-told"])
              #expect(results(newcomer) == [])
            }
          }
        }
      }
    }
  }

  @Test func aLapseBehindAFindingThatStillWaitsFollowsIt() async throws {
    try await withFolder { folder in
      let receiver = Receiver([.status(500)])
      try await receiver.serve { address in
        try await Harness.run(in: folder) { harness in
          _ = try await harness.subscribe(address, Self.partner(.earlyHelp, [Found<TenDayAbsence>.type]))
          try await harness.enrol()
          try await harness.take(Sample.found(TenDayAbsence.self), id: "e1")
          guard case .waiting(1, let due)? = await harness.waitForRecords(1).first else {
            Issue.record("the first attempt fails")
            return
          }
          try await harness.take(Sample.lapsed(TenDayAbsence.self), id: "e2")
          harness.advance(toMillis: due)
          #expect(await harness.waitForRecords(2) == [.delivered, .delivered])
          let types = await receiver.next(3).map { $0.json["type"] as? String }
          let found = Found<TenDayAbsence>.type.name
          #expect(types == [found, found, Lapsed<TenDayAbsence>.type.name])
        }
      }
    }
  }

  @Test func aReplayOfAFindingBringsWhatTookItBack() async throws {
    try await withFolder { folder in
      let receiver = Receiver()
      try await receiver.serve { address in
        try await Harness.run(in: folder) { harness in
          try await harness.enrol()
          try await harness.take(Sample.found(TenDayAbsence.self), id: "e1")
          let later = Timestamp(millis: Sample.time.millis + 86_400_000)
          try await harness.take(Sample.lapsed(TenDayAbsence.self), id: "e2", at: later)
          try await harness.take(Sample.found(TenDayAbsence.self, "f2"), id: "e3", at: later)
          let id = try await harness.subscribe(address, Self.partner(.earlyHelp, [Found<TenDayAbsence>.type]))
            .subscription.id
          let count = try await harness.manage.replay(
            id, from: Sample.time, to: Sample.time, by: Edit(by: Harness.officer))
          #expect(count.new?.queued == 2)
          #expect(await harness.waitForRecords(2) == [.delivered, .delivered])
          #expect(try await harness.disclosures().map(\.event) == ["e1", "e2"])
        }
      }
    }
  }

  @Test func messagesOfAnUploadGoOutInTheOrderOfItsEvents() async throws {
    try await withFolder { folder in
      let receiver = Receiver([.status(503)])
      try await receiver.serve { address in
        try await Harness.run(in: folder) { harness in
          _ = try await harness.subscribe(address, Self.partner(.virtualSchool, Self.unexplained))
          for child in 1...20 { try await harness.enrol(Sample.child(child)) }
          // The registers append the children whose concern is somebody's first: every third is not the virtual school's.
          let order = [7, 2, 19, 4, 5, 1, 3, 20, 6, 11, 8, 18]
          for (index, child) in order.enumerated() {
            try await harness.take(
              Sample.found(
                UnexplainedAbsence.self, "f\(child)", pupil: Sample.child(child),
                concerns: index % 3 == 2 ? [.socialCare] : [.virtualSchool]), id: "e\(child)")
          }
          guard case .waiting(1, let due)? = await harness.waitForRecords(1).first else {
            Issue.record("the first attempt fails")
            return
          }
          harness.advance(toMillis: due)
          let expected = order.enumerated().filter { $0.offset % 3 != 2 }.map { "f\($0.element)" }
          let told = await receiver.next(1 + expected.count).map { Self.data($0)["finding"] as? String }
          #expect(told == ["f7"] + expected)
        }
      }
    }
  }

  @Test(arguments: [
    (type: RegisterReceived.type.name, data: Sample.received as any EventData),
    (type: RegisterMissingLapsed.type.name, data: Sample.missingLapsed),
  ])
  func aMissingRegisterIsToldToItsSchoolWithoutAChildAndTakenBack(
    _ end: (type: String, data: any EventData)
  ) async throws {
    try await withFolder { folder in
      let school = Receiver()
      let other = Receiver()
      let types = [RegisterMissing.type.name, end.type]
      try await school.serve { address in
        try await other.serve { otherAddress in
          try await Harness.run(in: folder) { harness in
            _ = try await harness.subscribe(address) { $0.eventTypes = types }
            let stranger = try await harness.subscribe(otherAddress) {
              ($0.eventTypes, $0.schools) = (types, [Sample.otherSchool.text])
            }.subscription.id
            // Nobody is enrolled: no child is asked for.
            try await harness.take(end.data, id: "too-early")
            try await harness.take(Sample.missing, id: "e1")
            try await harness.take(end.data, id: "e2")
            #expect(await harness.waitForRecords(2) == [.delivered, .delivered])
            let requests = await school.next(2)
            #expect(requests.map { $0.json["type"] as? String } == types)
            #expect(Self.data(requests[0])["date"] as? String == "2026-11-20")
            #expect(Self.data(requests[0])["pupil"] == nil && Self.data(requests[0])["givenName"] == nil)
            let log = try await harness.disclosures()
            #expect(log.count == 2 && log.allSatisfy { $0.pupil == nil && $0.subscription != stranger })
            let told = try await harness.events().map { try MessageDisclosed.decode($0).pupil }
            #expect(told == [nil, nil])
            #expect(try await harness.store.read { try AuditLog.firstBreak(keys: TestAuditKeys.keys, in: $0) } == nil)
          }
        }
      }
    }
  }

  @Test func theSchoolIsToldOfAnOwnDeletionWithItsGroundAndTheRollFollows() async throws {
    try await withFolder { folder in
      let receiver = Receiver()
      try await receiver.serve { address in
        try await Harness.run(in: folder) { harness in
          _ = try await harness.subscribe(address) {
            ($0.eventTypes, $0.level) = ([PupilLeft.type.name, ReturnFiled.type.name], "L3")
          }
          try await harness.enrol()
          try await harness.take(Sample.left(concerns: nil), id: "e1")
          try await harness.take(Sample.filed, id: "e2")
          let requests = await receiver.next(2)
          #expect(Self.data(requests[0])["ground"] as? String == DeletionGround.allCases[0].rawValue)
          #expect(Self.data(requests[1])["return"] as? String == "sickness")
          let rolls = try await harness.store.read { try Roll.registrations(of: Sample.pupil, in: $0) }
          #expect(rolls.map { $0.last?.iso } == ["2026-11-20"])
        }
      }
    }
  }

  @Test func aFindingAndItsLapseWaitTogetherForTheChild() async throws {
    try await withFolder { folder in
      let receiver = Receiver()
      try await receiver.serve { address in
        try await Harness.run(in: folder) { harness in
          _ = try await harness.subscribe(address, Self.partner(.socialCare, Self.unexplained))
          try await harness.take(Sample.found(UnexplainedAbsence.self), id: "e1")
          try await harness.take(Sample.lapsed(UnexplainedAbsence.self), id: "e2")
          try await harness.enrol(addressProtected: true)
          #expect(await harness.waitForRecords(2) == [.delivered, .delivered])
          let requests = await receiver.next(2)
          #expect(
            requests.map { $0.json["type"] as? String } == [Message.contactType, Message.contactWithdrawnType])
          #expect(requests.allSatisfy { Self.data($0)["school"] == nil && $0.json["level"] as? String == "L1" })
        }
      }
    }
  }

  static let faults: [(name: String, change: @Sendable (inout [String: Any]) -> Void)] = [
    ("a concern that is none", { $0["concerns"] = ["police"] }),
    ("no concerns", { $0["concerns"] = nil }),
    ("a count in words", { $0["count"] = "ten" }),
    ("no rule", { $0["rule"] = nil }),
    ("a day that is none", { $0["on"] = "2026-02-30" }),
    ("a session that is none", { $0["session"] = "NIGHT" }),
    ("a pupil that is none", { $0["pupil"] = "Zephyrine" }),
  ]

  /// Intake parks what a handler refuses with a contract's error; nothing of it may stay behind.
  @Test(arguments: faults.indices)
  func dataThatTheContractDoesNotKnowIsRefusedWhole(index: Int) async throws {
    try await withFolder { folder in
      try await Harness.run(in: folder) { harness in
        try await harness.enrol()
        let good = try Sample.found(SevereAbsence.self).encoded()
        var fields = try #require(try JSONSerialization.jsonObject(with: Data(good)) as? [String: Any])
        Self.faults[index].change(&fields)
        let bad = Array(try JSONSerialization.data(withJSONObject: fields))
        let type = Found<SevereAbsence>.type
        await #expect(throws: ContractError.self, "\(Self.faults[index].name)") {
          try await harness.take(raw: bad, type: type, id: "e1")
        }
        try await harness.take(raw: good, type: type, id: "e2")
        let kept = try await harness.store.read { try String.fetchAll($0, sql: "SELECT event_id FROM report") }
        #expect(kept == ["e2"])
      }
    }
  }
}
