import Contracts
import GRDB
import HTTPTypes
import RegistersDomain
import Rulebook
import ServiceKit
import Testing

@testable import RegistersService

/// Two records that are one child.
extension IdentityTests {
  /// What was two records is one: marks, contacts, flags, family and numbers, and what was published stays true.
  @Test func twoRecordsBecomeOne() async throws {
    try await Self.run { world in
      let mother = #","contacts":[\#(AdmissionTests.contact)]"#
      let leaver = Self.numbered(0, as: Self.temporary(), #","leftOn":"2026-09-04","ground":"g""# + mother)
      let id = try #require(try await world.enter([leaver]).ids.first)
      let arrival = World.pupil(9, mother).replacing("Zed9", with: "Zed0").replacing("2024-09-02", with: "2026-09-07")
      let brother = World.pupil(5, mother).replacing("2016-05-04", with: "2014-03-02")
      let ids = try await world.enter([arrival, brother], school: Self.second).ids
      let (merged, sibling) = (ids[0], ids[1])
      #expect(try await world.upload(["\(MadeUp.upn(9)),2026-09-07,AM,/"], school: Self.second).counts[0] == 1)
      for (child, first) in [(id, "2026-01-01"), (merged, "2026-01-01"), (merged, "2025-01-01")] {
        let last = child == id ? #","last":"2026-02-01""# : first == "2025-01-01" ? #","last":"2025-02-01""# : ""
        let put = try await world.send(
          .put, "/pupils/\(child)/flags/looked-after", #"{"first":"\#(first)"\#(last)}"#)
        #expect(put.status == 200)
      }
      try world.execute(
        "INSERT INTO holds SELECT 'enforcement', 'h1', number, 'case', 0, NULL FROM pupils WHERE id = '\(merged)'")
      let through = try world.sql("SELECT max(sequence) AS n FROM outbox").first?["n"] as Int64?

      let pair = try #require(try await world.send(.get, "/matches").list("pairs").first)
      let number = try #require(pair["number"] as? Int)
      let decided = try await world.send(.post, "/matches/\(number)/same", #"{"reason":"Birth certificate seen"}"#)
      #expect(decided["pupil"] == id && decided["merged"] == merged)
      #expect(try await world.send(.post, "/matches/\(number)/same", #"{"reason":"Again"}"#).status == 200)
      for record in [id, merged] {
        let audited = try world.sql(
          "SELECT role FROM audit_log WHERE action = 'pupil.merged.written' AND subject = '\(record)'")
        #expect(audited.map { $0["role"] as String } == ["attendance-officer"])
      }
      let events = try await world.all(PupilsMerged.self)
      #expect(events.map(\.pupil.text) == [id] && events.map(\.merged.text) == [merged], "published once")

      let entry = try await world.send(.get, "/pupils/\(id)")
      #expect(entry.list("registrations").compactMap { $0["school"] as? String } == [World.school, Self.second])
      #expect(entry["upn"] == MadeUp.upn(9).text, "the permanent number is the child's")
      #expect(entry["formerUPNs"] == [Self.temporary().text])
      #expect(entry.list("contacts").count == 1, "the same person once")
      #expect(entry.list("siblings").compactMap { $0["id"] as? String } == [sibling])
      #expect(try await world.send(.get, "/pupils/\(merged)")["id"] == id, "the old identifier leads to the child")
      let flags = try await world.send(.get, "/pupils/\(id)/flags").list("flags")
      #expect(flags.map { $0["first"] as? String } == ["2025-01-01", "2026-01-01"])
      #expect(flags.map { $0["last"] as? String } == ["2025-02-01", nil], "the longer stays")
      let told = try await world.all(ConcernsRecorded.self)
      #expect(told.map(\.pupil.text) == [id, merged, merged, id], "at each change, and for the child that stays")
      #expect(told.last?.concerns.map(\.first.iso) == ["2025-01-01", "2026-01-01"])
      #expect(told.last?.concerns.map(\.last?.iso) == ["2025-02-01", nil])
      let changes = try world.sql("SELECT pupil, through_sequence FROM identity_changes")
      #expect(changes.map { $0["pupil"] as String } == [merged] && changes.first?["through_sequence"] == through)
      #expect(try world.sql("SELECT p.id FROM holds h JOIN pupils p ON p.number = h.pupil").first?["id"] == id)

      // Everything goes on under the one identifier, also what is sent under the old number.
      for upn in [MadeUp.upn(9), Self.temporary()] {
        #expect(try await world.upload(["\(upn),2026-09-07,AM,/"], school: Self.second).counts == [0, 0, 1, 0, 0, 0])
      }
      _ = try await world.upload(["\(MadeUp.upn(9)),2026-09-07,PM,\\"], school: Self.second)
      #expect(try await world.all(MarksRecorded.self).last?.marks.values.first?.map(\.text) == [id])
      let found = try await world.send(.post, "/pupils/search", #"{"dateOfBirth":"2016-05-04"}"#)
      #expect(found.list("pupils").compactMap { $0["id"] as? String } == [id], "the merged record is listed nowhere")
      let roll = try await world.send(.get, "/schools/\(Self.second)/pupils")
      #expect(Set(roll.list("pupils").compactMap { $0["id"] as? String }) == [id, sibling])
      #expect(try await world.send(.get, "/matches").list("pairs").isEmpty)
      #expect(try await world.enter([arrival], school: Self.second).ids == [id])
    }
  }

  /// Somebody said that two children are no siblings: that one of them has another record does not make them so.
  @Test func siblingsThatWereDeniedStaySo() async throws {
    try await Self.run { world in
      let mother = #","contacts":[\#(AdmissionTests.contact)]"#
      let id = try #require(try await world.enter([World.pupil(0)]).ids.first)
      let twin = World.pupil(9, mother).replacing("Zed9", with: "Zed0")
      let other = World.pupil(5, mother).replacing("2016-05-04", with: "2014-03-02")
      let ids = try await world.enter([twin, other], school: Self.second).ids
      #expect(try await world.send(.get, "/pupils/\(ids[0])").list("siblings").count == 1)
      try world.execute(
        """
        INSERT INTO not_siblings (pupil, other) SELECT a.number, b.number FROM pupils a JOIN pupils b
        ON a.id = '\(id)' AND b.id = '\(ids[1])'
        """)
      let pair = try #require(try await world.send(.get, "/matches").list("pairs").first?["number"] as? Int)
      #expect(try await world.send(.post, "/matches/\(pair)/same", #"{"reason":"Seen"}"#).status == 200)
      #expect(try await world.send(.get, "/pupils/\(id)").list("siblings").isEmpty)
    }
  }

  /// A merged record's other pairs are pairs with the child; a no stays a no.
  @Test func pairsFollowAMerge() async throws {
    try await Self.run { world in
      try await world.open("900103")
      try await world.open("900104")
      _ = try await world.enter([World.pupil(0)])
      for (number, school) in [(7, Self.second), (8, "900103"), (9, "900104")] {
        let like = World.pupil(number).replacing("Zed\(number)", with: "Zed0")
        _ = try await world.enter([like], school: school)
      }
      try world.execute("UPDATE registrations SET left_on = 20500 WHERE school = '\(World.school)'")
      func pairs() async throws -> [[String]: Int] {
        Dictionary(
          uniqueKeysWithValues: try await world.send(.get, "/matches").list("pairs").map { pair in
            let upns = (pair["records"] as? [[String: Any]] ?? []).compactMap { $0["upn"] as? String }
            return (upns, pair["number"] as? Int ?? 0)
          })
      }
      func key(_ a: Int, _ b: Int) -> [String] { [MadeUp.upn(a).text, MadeUp.upn(b).text] }
      let open = try await pairs()
      #expect(open.count == 6)
      let reason = #"{"reason":"Seen"}"#
      // 7 is not 8; 0 is 7; so 0 is not 8 either, and 0 may still be 9.
      let no = try #require(open[key(7, 8)])
      let yes = try #require(open[key(0, 7)])
      #expect(try await world.send(.post, "/matches/\(no)/different", reason).status == 200)
      #expect(try await world.send(.post, "/matches/\(yes)/same", reason).status == 200)
      #expect(Set(try await pairs().keys) == [key(0, 9), key(8, 9)])
    }
  }
}
