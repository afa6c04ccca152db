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

  static func numbered(_ number: Int, as sent: UPN, _ more: String = "") -> String {
    World.pupil(number).replacing(MadeUp.upn(number).text, with: sent.text).replacing("}", with: more + "}")
  }

  static func temporary(_ last: String = "A") -> UPN {
    let body = "88012300000" + last
    return try! UPN(String(UnicodeScalar(UPN.checkLetter(of: Array(body.utf8))!)) + body)
  }

  static func run(_ body: @Sendable @escaping (World) async throws -> Void) async throws {
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
