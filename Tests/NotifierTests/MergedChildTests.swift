import Contracts
import Foundation
import GRDB
import Messaging
import NotifierDomain
import RollCopy
import Rulebook
import Store
import Testing

@testable import NotifierService

/// Two records of one child: the notifier's roll and everything that waits follow the registers' decision.
@Suite(.timeLimit(.minutes(10))) struct MergedChildTests {
  static let kept = Sample.child(1)
  static let merged = Sample.child(2)
  static let earlyHelp = FindingStoryTests.partner(
    .earlyHelp, [Found<TenDayAbsence>.type, Lapsed<TenDayAbsence>.type])

  @Test func whatWaitsAndWhatComesLaterIsToldOfTheKeptChild() async throws {
    try await withFolder { folder in
      let receiver = Receiver([.status(500)])
      try await receiver.serve { address in
        try await Harness.run(in: folder) { harness in
          _ = try await harness.subscribe(address, Self.earlyHelp)
          try await harness.take(Self.enrolment(Self.kept, givenName: "Zephyrine"), id: "k")
          try await harness.take(Self.enrolment(Self.merged, givenName: "Zeph"), id: "m")
          try await harness.take(Sample.found(TenDayAbsence.self, pupil: Self.merged), id: "e1")
          guard case .waiting(1, let due)? = await harness.waitForRecords(1).first else {
            Issue.record("the first attempt fails")
            return
          }
          try await harness.take(PupilsMerged(pupil: Self.kept, merged: Self.merged), id: "merge")
          // Enforcement may still speak of the identifier that is gone; so may an event that was on its way.
          try await harness.take(Sample.found(TenDayAbsence.self, "f2", pupil: Self.merged), id: "e2")
          try await harness.take(Sample.lapsed(TenDayAbsence.self, "f1", pupil: Self.kept), id: "e3")
          harness.advance(toMillis: due)
          #expect(await harness.waitForRecords(3) == [.delivered, .delivered, .delivered])
          let requests = await receiver.next(4)
          let named = requests.map { FindingStoryTests.data($0)["givenName"] as? String }
          #expect(named == ["Zeph", "Zephyrine", "Zephyrine", "Zephyrine"])
          let pupils = requests.map { FindingStoryTests.data($0)["pupil"] as? String }
          #expect(pupils == [Self.merged.text, Self.kept.text, Self.kept.text, Self.kept.text])
          #expect(requests[0].id == requests[1].id)
          // What was told stays on record as it was told.
          #expect(try await harness.disclosures().map(\.pupil) == pupils)
          #expect(try await Self.identity(Self.merged, harness) == nil)
        }
      }
    }
  }

  @Test func aChildKnownOnlyUnderTheMergedIdentifierIsKnownUnderTheKeptOne() async throws {
    try await withFolder { folder in
      let receiver = Receiver()
      try await receiver.serve { address in
        try await Harness.run(in: folder) { harness in
          _ = try await harness.subscribe(address, Self.earlyHelp)
          try await harness.take(Self.enrolment(Self.merged, givenName: "Zeph"), id: "m")
          try await harness.take(Sample.found(TenDayAbsence.self, pupil: Self.kept), id: "waits")
          #expect(try await harness.disclosures().isEmpty)
          try await harness.take(PupilsMerged(pupil: Self.kept, merged: Self.merged), id: "merge")
          #expect(await harness.waitForRecords(1) == [.delivered])
          let request = try #require(await receiver.next(1).first)
          #expect(FindingStoryTests.data(request)["givenName"] as? String == "Zeph")
          #expect(FindingStoryTests.data(request)["pupil"] as? String == Self.kept.text)
        }
      }
    }
  }

  @Test func whatWaitedForTheMergedChildNeedsTheKeptOneOnly() async throws {
    try await withFolder { folder in
      let receiver = Receiver()
      try await receiver.serve { address in
        try await Harness.run(in: folder) { harness in
          _ = try await harness.subscribe(address, Self.earlyHelp)
          try await harness.take(Sample.found(TenDayAbsence.self, pupil: Self.merged), id: "waits")
          try await harness.take(Self.enrolment(Self.kept, givenName: "Zephyrine"), id: "k")
          try await harness.take(PupilsMerged(pupil: Self.kept, merged: Self.merged), id: "merge")
          let request = try #require(await receiver.next(1).first)
          #expect(FindingStoryTests.data(request)["givenName"] as? String == "Zephyrine")
        }
      }
    }
  }

  @Test func protectionOfEitherRecordProtectsTheChild() async throws {
    for schools in [[Sample.school, Sample.school], [Sample.school, Sample.otherSchool]] {
      for isProtected in [[false, true], [true, false], [false, false]] {
        try await withFolder { folder in
          try await Harness.run(in: folder) { harness in
            try await harness.take(
              Self.enrolment(Self.kept, givenName: "A", school: schools[0], addressProtected: isProtected[0]), id: "k")
            try await harness.take(
              Self.enrolment(Self.merged, givenName: "B", school: schools[1], addressProtected: isProtected[1]),
              id: "m")
            try await harness.take(PupilsMerged(pupil: Self.kept, merged: Self.merged), id: "merge")
            let identity = try #require(try await Self.identity(Self.kept, harness))
            #expect(identity.addressProtected == isProtected.contains(true))
          }
        }
      }
    }
  }

  @Test func aChainOfMergesEndsAtTheLastKeptChild() async throws {
    try await withFolder { folder in
      try await Harness.run(in: folder) { harness in
        for number in 1...3 {
          try await harness.take(Self.enrolment(Sample.child(number), givenName: "Child \(number)"), id: "c\(number)")
        }
        try await harness.take(PupilsMerged(pupil: Sample.child(2), merged: Sample.child(3)), id: "1")
        try await harness.take(PupilsMerged(pupil: Sample.child(1), merged: Sample.child(2)), id: "2")
        try await harness.take(PupilsMerged(pupil: Sample.child(1), merged: Sample.child(3)), id: "3")
        for number in 1...3 {
          let current = try await harness.store.read { try Roll.current(Sample.child(number), in: $0) }
          #expect(current == Sample.child(1))
        }
        let known = try await harness.store.read { try String.fetchAll($0, sql: "SELECT given_name FROM roll_pupil") }
        #expect(known == ["Child 1"])
      }
    }
  }

  @Test func aChildMergedIntoItselfIsParked() async throws {
    try await withFolder { folder in
      try await Harness.run(in: folder) { harness in
        let parked = PermanentFailure("merged-into-itself")
        await #expect(throws: parked) {
          try await harness.take(PupilsMerged(pupil: Self.kept, merged: Self.kept), id: "1")
        }
        try await harness.take(PupilsMerged(pupil: Self.kept, merged: Self.merged), id: "2")
        await #expect(throws: parked) {
          try await harness.take(PupilsMerged(pupil: Self.merged, merged: Self.kept), id: "3")
        }
      }
    }
  }
}
