import Contracts
import GRDB
import HTTPTypes
import RegistersDomain
import Rulebook
import ServiceKit
import Testing

@testable import RegistersService

/// A child keeps one identity over schools and numbers; where it is not sure, a person decides.
@Suite(.timeLimit(.minutes(10))) struct IdentityTests {
  static let second = "900102"

  private static func numbered(_ number: Int, as sent: UPN, _ more: String = "") -> String {
    World.pupil(number).replacing(MadeUp.upn(number).text, with: sent.text).replacing("}", with: more + "}")
  }

  private static func temporary(_ last: String = "A") -> UPN {
    let body = "88012300000" + last
    return try! UPN(String(UnicodeScalar(UPN.checkLetter(of: Array(body.utf8))!)) + body)
  }

  private static func run(_ body: @Sendable @escaping (World) async throws -> Void) async throws {
    try await World.run { world in
      try await world.open()
      try await world.open(second)
      try await body(world)
    }
  }

  @Test func aChildWhoMovesKeepsItsIdentity() async throws {
    try await Self.run { world in
      let id = try #require(try await world.enter([World.pupil(0, #","leftOn":"2026-09-09","ground":"a""#)]).ids.first)
      let moved = World.pupil(0).replacing("2024-09-02", with: "2026-09-10").replacing("Quarrington", with: "Voss")
      let there = try await world.enter([moved], school: Self.second)
      #expect(there.ids == [id] && there.answer["enrolled"] == 1)
      #expect(try await world.send(.get, "/pupils/\(id)").list("registrations").count == 2)
    }
  }

  /// A number under which another child is known is refused, and nothing is other than before.
  @Test func anotherChildUnderAKnownNumberIsRefused() async throws {
    try await Self.run { world in
      _ = try await world.enter([World.pupil(0)])
      let before = try await world.events().count
      let other = World.pupil(0).replacing("Quarrington", with: "Voss").replacing("2016-05-04", with: "2015-01-01")
      let refused = try await world.enter([other, World.pupil(1)], school: Self.second).answer
      #expect(refused["refused"] == 1 && refused["enrolled"] == 1)
      #expect(refused.list("problems").map { $0["reason"] as? String } == ["different-child"])
      #expect(!refused.text.contains("Voss"))
      #expect(try await world.events().count == before + 1)
      #expect(
        try world.sql("SELECT family_name FROM pupils WHERE upn = '\(MadeUp.upn(0))'").first?["family_name"]
          == "Quarrington")
      // One of the two may be a slip that is corrected.
      let renamed = World.pupil(0).replacing("Quarrington", with: "Voss")
      #expect(try await world.enter([renamed]).answer["changed"] == 1)
    }
  }

  @Test func aNewNumberTakesThePlaceOfATemporaryOne() async throws {
    try await Self.run { world in
      let temporary = Self.temporary()
      let id = try #require(try await world.enter([Self.numbered(0, as: temporary)]).ids.first)
      // The other school sends marks under the new number before anyone says whose it is.
      _ = try await world.enter([Self.numbered(0, as: temporary, #","status":"subsidiary""#)], school: Self.second)
      let waiting = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,/"], school: Self.second)
      #expect(waiting.counts == [0, 0, 0, 0, 1, 0])
      let now = try await world.enter([World.pupil(0, #","formerUPN":"\#(temporary)""#)])
      #expect(now.ids == [id] && now.answer["changed"] == 1 && now.answer["released"] == 1)
      let entry = try await world.send(.get, "/pupils/\(id)")
      #expect(entry["upn"] == MadeUp.upn(0).text && entry["formerUPNs"] == [temporary.text])
      #expect(try await world.all(PupilEnrolled.self).last?.upn == MadeUp.upn(0))
      // Marks under either number are the child's, at both schools.
      #expect(try await world.upload(["\(temporary),2026-09-07,AM,/"]).counts == [1, 0, 0, 0, 0, 0])
      #expect(
        try await world.upload(["\(temporary),2026-09-07,AM,/"], school: Self.second).counts == [0, 0, 1, 0, 0, 0])
      // Who still sends the old number changes nothing.
      #expect(try await world.enter([Self.numbered(0, as: temporary)]).ids == [id])
      #expect(try await world.send(.get, "/pupils/\(id)")["upn"] == MadeUp.upn(0).text)
      // A temporary number never takes the place of a permanent one.
      let another = Self.temporary("B")
      let sent = try await world.enter([Self.numbered(0, as: another, #","formerUPN":"\#(MadeUp.upn(0))""#)])
      #expect(sent.ids == [id])
      let last = try await world.send(.get, "/pupils/\(id)")
      #expect(last["upn"] == MadeUp.upn(0).text && last["formerUPNs"] == [temporary.text, another.text].sorted())
      #expect(try world.sql("SELECT count(*) AS n FROM pupils").first?["n"] == 1)
    }
  }

  /// A former number that is a child's of another date of birth makes a pair for a person, and no change.
  @Test func aFormerNumberOfAnotherDateOfBirthIsDoubtful() async throws {
    try await Self.run { world in
      _ = try await world.enter([World.pupil(0)])
      let doubtful = World.pupil(1, #","formerUPN":"\#(MadeUp.upn(0))""#).replacing("2016-05-04", with: "2016-05-05")
      #expect(try await world.enter([doubtful], school: Self.second).answer["enrolled"] == 1)
      let pairs = try await world.send(.get, "/matches").list("pairs")
      #expect(pairs.map { $0["grounds"] as? [String] } == [["former-upn"]])
      #expect(try world.sql("SELECT count(*) AS n FROM former_upns").first?["n"] == 0)
    }
  }

  @Test func likeChildrenAreProposedOnce() async throws {
    try await Self.run { world in
      let rows: [(number: Int, given: String, family: String)] = [
        (10, "ZED0", "Quarring-ton"), (11, "Zed0", "Quarringtan"), (12, "Zed0", "Voss"), (13, "Anders", "Voss"),
      ]
      _ = try await world.enter([World.pupil(0)])
      for row in rows {
        let sent = World.pupil(row.number).replacing("Zed\(row.number)", with: row.given)
          .replacing("Quarrington", with: row.family)
        // Each at a school of its own, so that nothing else makes a pair.
        try await world.open("9002\(row.number)")
        #expect(try await world.enter([sent], school: "9002\(row.number)").answer["enrolled"] == 1)
      }
      let page = try await world.send(.get, "/matches")
      let first = page.list("pairs").filter { pair in
        let upns = (pair["records"] as? [[String: Any]] ?? []).compactMap { $0["upn"] as? String }
        return upns.first == MadeUp.upn(0).text
      }
      #expect(first.map { $0["grounds"] as? [String] } == [["same-names"], ["one-letter"], ["other-family-name"]])
      // Both records of every pair are on record as read.
      let read = try world.sql("SELECT count(*) AS n FROM audit_log WHERE action = 'pupil.match.read'")
      #expect(read.first?["n"] == 4)

      let number = try #require(first.first?["number"] as? Int)
      let reason = #"{"reason":"Two girls, seen by the officer"}"#
      #expect(try await world.send(.post, "/matches/\(number)/different", "{}").status == 422)
      #expect(try await world.send(.post, "/matches/\(number)/different", reason)["state"] == "different")
      #expect(try await world.send(.post, "/matches/\(number)/different", reason).status == 200, "again")
      #expect(try await world.send(.post, "/matches/\(number)/same", reason).status == 409, "decided")
      // Never again.
      _ = try await world.enter([World.pupil(10).replacing("Zed10", with: "Zed0")], school: "900210")
      let left = try await world.send(.get, "/matches").list("pairs").compactMap { $0["number"] as? Int }
      #expect(!left.contains(number) && left.count == page.list("pairs").count - 1)
      #expect(try await world.send(.get, "/matches", as: .school, schools: [World.school]).status == 403)
      #expect(try await world.send(.post, "/matches/9999/same", reason).status == 404)
    }
  }

  /// Children of one class with like names are no pair, and those of one roll cannot be made one.
  @Test func childrenOfOneRollStayTwo() async throws {
    try await Self.run { world in
      let twin = World.pupil(1).replacing("Zed1", with: "Zed0")
      _ = try await world.enter([World.pupil(0), World.pupil(2), twin])
      let pairs = try await world.send(.get, "/matches").list("pairs")
      #expect(pairs.map { $0["grounds"] as? [String] } == [["same-names"]])
      let number = try #require(pairs.first?["number"] as? Int)
      let refused = try await world.send(.post, "/matches/\(number)/same", #"{"reason":"They look alike"}"#)
      #expect(refused.status == 409 && refused.text.contains("/problems/same-roll"))
      #expect(try world.sql("SELECT count(*) AS n FROM pupils WHERE merged_into IS NOT NULL").first?["n"] == 0)
      #expect(try await world.all(PupilsMerged.self).isEmpty)
    }
  }

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

  /// Children entered by a program that folded no names are found as well.
  @Test func namesOfAnOldStoreAreFolded() async throws {
    try await Self.run { world in
      let ids = try await world.enter([World.pupil(0), World.pupil(1).replacing("Quarrington", with: "Élan")]).ids
      try world.execute("UPDATE pupils SET folded_given = '', folded_family = ''")
      func found(_ name: String) async throws -> [String] {
        try await world.send(.post, "/pupils/search", #"{"familyName":"\#(name)"}"#).list("pupils")
          .compactMap { $0["id"] as? String }
      }
      #expect(try await found("elan").isEmpty)
      let queue = try DatabaseQueue(path: world.storePath)
      try await queue.write { try Pupils.foldNames(in: $0) }
      #expect(try await found("elan") == [ids[1]])
      #expect(try await found("quarr") == [ids[0]])
    }
  }

  /// An officer who is bound to schools knows their children, and judges no pair of others.
  @Test func officersOfSomeSchoolsKnowTheirChildren() async throws {
    try await Self.run { world in
      let here = try #require(try await world.enter([World.pupil(0)]).ids.first)
      let there = try #require(try await world.enter([World.pupil(1)], school: Self.second).ids.first)
      let schools = [World.school]
      for path in ["", "/flags"] {
        #expect(try await world.send(.get, "/pupils/\(here)\(path)", schools: schools).status == 200)
        #expect(try await world.send(.get, "/pupils/\(there)\(path)", schools: schools).status == 404)
      }
      let link = #"{"sibling":"\#(there)"}"#
      #expect(try await world.send(.post, "/pupils/\(here)/siblings", schools: schools, link).status == 404)
      #expect(try await world.send(.get, "/matches", schools: schools).status == 403)
      let decision = try await world.send(.post, "/matches/1/same", schools: schools, #"{"reason":"Seen"}"#)
      #expect(decision.status == 403)
      #expect(try world.sql("SELECT count(*) AS n FROM match_candidates WHERE state = 'open'").first?["n"] == 1)
    }
  }
}
