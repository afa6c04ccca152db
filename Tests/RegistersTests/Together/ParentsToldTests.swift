import Contracts
import Foundation
import GRDB
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Seeded
import ServiceKit
import Store
import TestKit
import Testing

/// A program that keeps parents, beside the registers in one process: what it knows of them by events alone.
@Suite(.timeLimit(.minutes(10))) struct ParentsToldTests {
  private struct Reader: RollReader { let handledTypes: Set<String> = [] }

  /// Applies everything that the registers have published to a new copy, as one that joins late does; each event twice.
  private static func copy(_ world: World) async throws -> Store {
    let path = FileManager.default.temporaryDirectory.appending(path: "copying-\(UUID().uuidString).sqlite").path
    let store = try Store(
      path: path, owner: "880.copying", migrations: MessagingSchema.migrations + RollCopy.migrations,
      auditKeys: TestAuditKeys.keys)
    let transactions = Transactions(
      store: store, outbox: Outbox(service: .casework, authority: "880", store: store), clock: world.clock)
    let handler = RollHandler(RollCopy(.opaque, parents: true), Reader())
    for event in try await world.events() where handler.handledTypes.contains(event.type) {
      for _ in 0..<2 { try await transactions.write(by: .program(.registers)) { try handler.handle(event, in: $0) } }
    }
    return store
  }

  /// The copy knows of each child's parents what the registers would say of them to an officer.
  private static func agrees(_ world: World, _ pupils: [String]) async throws -> [[PersonID]] {
    let store = try await copy(world)
    var all: [[PersonID]] = []
    for pupil in pupils {
      let id = try #require(PupilID(pupil))
      let parents = try await store.read { db in try Roll.parents(of: Roll.current(id, in: db), in: db) }
      for parent in parents {
        let named = try await world.send(.get, "/persons/\(parent.id)")
        #expect(named["id"] == parent.id.text)
        #expect(named["safeToContact"] == parent.isSafeToContact)
        #expect(named["addressProtected"] == parent.isProtected)
        let here = named.list("contacts").filter { $0["pupil"] as? String == pupil }
        #expect(parent.hasEnded == here.allSatisfy { $0["endedOn"] != nil })
      }
      all.append(parents.map(\.id))
    }
    return all
  }

  @Test func aCopyThatJoinsLateKnowsWhatStands() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open("900102")
      let father = PersonStory.contact("Bela", "Voss", relation: "father", telephone: "01632 960002")
      let ids = try await world.enter([PersonStory.pupil(0, PersonStory.contact(), father)]).ids
      let other = try await world.enter([PersonStory.pupil(1, PersonStory.contact(), father)], school: "900102").ids
      let pupils = ids + other
      let apart = try await Self.agrees(world, pupils)
      #expect(apart.map(\.count) == [2, 2] && Set(apart.joined()).count == 4)

      let pairs = try await world.send(.get, "/person-pairs").list("pairs").compactMap { $0["number"] as? Int }
      #expect(pairs.count == 2, "mother with mother and father with father")
      func decide(_ word: String) async throws {
        for pair in pairs {
          let path = "/person-pairs/\(pair)/\(word)"
          #expect(try await world.send(.post, path, #"{"reason":"Seen"}"#).status == 200)
        }
      }
      try await decide("same")
      let joined = try await Self.agrees(world, pupils)
      #expect(joined[0] == joined[1] && joined[0].count == 2, "one mother and one father of both")

      // One of them is not safe to write to, says one child's school; the other school ends the other.
      let unsafe = PersonStory.contact("Ada", "Tarn", #","safeToContact":false,"addressProtected":true"#)
      _ = try await world.enter([PersonStory.pupil(1, unsafe)], school: "900102")
      #expect(try await Self.agrees(world, pupils) == joined, "who ended is known to have been a contact")
      func isSafe() async throws -> Bool? {
        let entry = try await world.send(.get, "/pupils/\(pupils[0])").list("contacts")
        let mother = try #require(entry.first { $0["givenName"] as? String == "Ada" }?["person"] as? String)
        return try await world.send(.get, "/persons/\(mother)")["safeToContact"]
      }
      #expect(try await isSafe() == false)
      _ = try await world.enter([World.pupil(1, #","contacts":[]"#)], school: "900102")
      #expect(try await isSafe() == true, "what ended protects nobody who is a contact of another child")
      #expect(try await Self.agrees(world, pupils) == joined)

      try await decide("undo")
      #expect(try await Self.agrees(world, pupils) == apart)
    }
  }

  /// Contacts stated at random and pairs decided at random: after each step the copy knows what the registers say.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func whateverIsDecidedTheCopyKnows(_ part: UInt64) async throws {
    let seed = SeededGenerator.mixed(SeededGenerator.chosenSeed ^ part)
    print("seed \(seed)")
    try await World.run { world in
      var random = SeededGenerator(seed: seed)
      try await world.open()
      try await world.open("900102")
      var pupils: [Int: String] = [:]
      for step in 0..<24 {
        if pupils.count < 3 || Int.random(in: 0..<3, using: &random) == 0 {
          let number = Int.random(in: 0..<3, using: &random)
          let contacts = ["Ada", "Adah", "Bela"].filter { _ in Bool.random(using: &random) }.map {
            let more = Bool.random(using: &random) ? #","addressProtected":true"# : #","safeToContact":false"#
            return PersonStory.contact($0, "Tarn", Int.random(in: 0..<4, using: &random) == 0 ? more : "")
          }
          let row = World.pupil(number, #","contacts":[\#(contacts.joined(separator: ","))]"#)
          let entered = try await world.enter([row], school: number == 2 ? "900102" : World.school).ids
          pupils[number] = entered.first
        } else {
          let word = ["same", "same", "different", "undo"].randomElement(using: &random) ?? "undo"
          let pairs = try world.sql("SELECT number AS n FROM person_pairs").map { $0["n"] as Int64 }
          guard let pair = pairs.randomElement(using: &random) else { continue }
          let answer = try await world.send(.post, "/person-pairs/\(pair)/\(word)", #"{"reason":"Seen"}"#)
          #expect([200, 409].contains(answer.status), "\(answer.text)")
        }
        let told = try await Self.agrees(world, pupils.values.sorted())
        #expect(told.allSatisfy { $0 == Set($0).sorted() }, "seed \(seed) step \(step)")
      }
    }
  }

  @Test func parentsFollowTheMergeOfTwoRecords() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open("900102")
      let leaver = PersonStory.pupil(0, PersonStory.contact()).replacing(
        #","contacts""#, with: #","leftOn":"2026-09-04","ground":"a","contacts""#)
      let kept = try #require(try await world.enter([leaver]).ids.first)
      let arrival = PersonStory.pupil(9, PersonStory.contact()).replacing("Zed9", with: "Zed0")
        .replacing("2024-09-02", with: "2026-09-07")
      let merged = try #require(try await world.enter([arrival], school: "900102").ids.first)
      let before = try await Self.agrees(world, [kept, merged])
      let match = try #require(try await world.send(.get, "/matches").list("pairs").first?["number"] as? Int)
      #expect(try await world.send(.post, "/matches/\(match)/same", #"{"reason":"Seen"}"#).status == 200)
      let after = try await Self.agrees(world, [kept])
      #expect(after == [before.joined().sorted()], "both are the child's, until an officer joins them")
    }
  }
}
