import Contracts
import Foundation
import GRDB
import HTTPTypes
import RegistersDomain
import Rulebook
import ServiceKit
import Testing

@testable import RegistersService

/// Which identifiers are one person's: proposed, decided by an officer, taken back.
@Suite(.timeLimit(.minutes(10))) struct PersonPairTests {
  @Test func anOfficerJoinsAParentOfTwoChildrenAndTakesItBack() async throws {
    try await PersonStory.run { world in
      let found = try await world.siblings()
      let waiting = try #require(try await world.personPairs().first)
      #expect(waiting["grounds"] as? [String] == ["same-names", "same-postcode", "same-telephone"])
      let shown = (waiting["persons"] as? [[String: Any]] ?? []).flatMap { $0["contacts"] as? [[String: Any]] ?? [] }
      #expect(Set(shown.compactMap { $0["pupil"] as? String }) == Set(found.pupils))
      for pupil in found.pupils {
        let reads = "SELECT count(*) AS n FROM audit_log WHERE action = 'pupil.contact.read' AND subject = '\(pupil)'"
        #expect(try world.sql(reads).first?["n"] == 2, "each list that shows the child's contact")
      }
      #expect(try await world.personPairs("?pupil=\(found.pupils[1])").count == 1)
      #expect(try await world.send(.get, "/person-pairs?pupil=p000000000").status == 404)

      let key = "decide-once-1"
      let path = "/person-pairs/\(found.pair)/same"
      let decided = try await world.send(.post, path, key: key, PersonStory.reason)
      let kept = try #require(found.persons.min())
      #expect(decided["person"] == kept && decided["other"] == kept && decided["state"] == "same")
      #expect(try await world.send(.post, path, key: key, PersonStory.reason).text == decided.text)
      #expect(try await world.decide(pair: found.pair, "same").status == 200, "said again")
      #expect(try await world.decide(pair: found.pair, "different").status == 409)
      let merged = try await world.all(PersonsMerged.self)
      #expect(merged.map(\.person.text) == [kept] && merged.map(\.merged.text) == [found.persons.max()])
      for person in found.persons {
        let written = "SELECT role FROM audit_log WHERE action = 'person.pair.written' AND subject = '\(person)'"
        #expect(try world.sql(written).map { $0["role"] as String } == ["attendance-officer"])
        let named = try await world.send(.get, "/persons/\(person)", as: .legalOfficer)
        #expect(named["id"] == kept && named["identifiers"] == found.persons.sorted())
        #expect(Set(named.list("contacts").compactMap { $0["pupil"] as? String }) == Set(found.pupils))
      }
      let entry = try await world.send(.get, "/pupils/\(found.pupils[1])").list("contacts")
      #expect(entry.map { $0["person"] as? String } == [kept])

      let same = try await world.personPairs("?state=same")
      #expect(same.compactMap { $0["reason"] as? String } == ["Birth certificate seen"])
      let undone = try await world.decide(pair: found.pair, "undo")
      #expect(undone["state"] == "open")
      #expect([undone["person"], undone["other"]] == found.persons.sorted())
      #expect(try await world.decide(pair: found.pair, "undo").status == 200, "said again")
      let parted = try await world.all(PersonsParted.self)
      #expect(parted.map(\.person.text) == [kept] && parted.flatMap(\.parted).map(\.text) == [found.persons.max()])
      #expect(try await world.personPairs().count == 1, "it waits again")
      #expect(try world.sql("SELECT state FROM person_decisions").map { $0["state"] as String } == ["same", "open"])
      #expect(throws: DatabaseError.self) { try world.execute("DELETE FROM person_decisions") }

      #expect(try await world.decide(pair: found.pair, "different")["state"] == "different")
      _ = try await world.enter(
        [PersonStory.pupil(1, PersonStory.contact(telephone: "01632 960002"))], school: PersonStory.second)
      #expect(try await world.personPairs().isEmpty, "a no is remembered")
    }
  }

  /// Three contacts of one mother: what follows from two decisions need not be decided, and cannot be denied.
  @Test func decisionsMustAgree() async throws {
    try await PersonStory.run { world in
      let rows = [0, 1, 2].map { PersonStory.pupil($0, PersonStory.contact()) }
      let ids = try await world.enter(rows).ids
      var persons: [String] = []
      for id in ids { persons.append(try await world.contacts(of: id)[0].person.text) }
      persons.sort()
      func number(_ one: Int, _ other: Int) throws -> Int {
        let sql =
          "SELECT number AS n FROM person_pairs WHERE person = '\(persons[one])' AND other = '\(persons[other])'"
        return Int(try #require(try world.sql(sql).first?["n"] as Int64?))
      }
      #expect(try await world.personPairs().count == 3)
      #expect(try await world.decide(pair: number(1, 2), "same").status == 200)
      #expect(try await world.decide(pair: number(0, 2), "same")["person"] == persons[0])
      #expect(try await world.all(PersonsMerged.self).map(\.merged.text) == [persons[2], persons[1]])
      #expect(try await world.personPairs().isEmpty, "the third follows")
      let denied = try await world.decide(pair: number(0, 1), "different")
      #expect(denied.status == 409 && denied.text.contains("/problems/joined"))
      #expect(try await world.decide(pair: number(0, 1), "same").status == 200)
      #expect(try await world.all(PersonsMerged.self).count == 2, "nothing new is told")

      // Of a ring of three decisions one may be taken back and nobody parts; the second parts.
      #expect(try await world.decide(pair: number(0, 2), "undo").status == 200)
      #expect(try await world.all(PersonsParted.self).isEmpty)
      #expect(try await world.decide(pair: number(1, 2), "undo")["other"] == persons[2])
      #expect(try await world.all(PersonsParted.self).map(\.parted).last?.map(\.text) == [persons[2]])
      #expect(try await world.decide(pair: number(0, 2), "different").status == 200)
      let apart = try await world.decide(pair: number(1, 2), "same")
      #expect(apart.status == 409 && apart.text.contains("/problems/kept-apart"))
      #expect(try await world.decide(pair: number(0, 1), "undo").status == 200)
      #expect(try await world.decide(pair: number(1, 2), "same").status == 200)
      let last = try await world.all(PersonsParted.self).last
      #expect(last?.person.text == persons[0] && last?.parted.map(\.text) == [persons[1]])
    }
  }

  @Test func contactsOfTwoRecordsOfOneChildArePairs() async throws {
    try await PersonStory.run { world in
      let leaver = PersonStory.pupil(0, PersonStory.contact()).replacing(
        #","contacts""#, with: #","leftOn":"2026-09-04","ground":"a","contacts""#)
      let kept = try #require(try await world.enter([leaver]).ids.first)
      let arrival = PersonStory.pupil(9, PersonStory.contact(telephone: "01632 960009")).replacing("Zed9", with: "Zed0")
        .replacing("2024-09-02", with: "2026-09-07")
      let merged = try #require(try await world.enter([arrival], school: PersonStory.second).ids.first)
      let persons = try await [world.contacts(of: kept)[0].person, world.contacts(of: merged)[0].person]
      let match = try #require(try await world.send(.get, "/matches").list("pairs").first?["number"] as? Int)
      #expect(try await world.send(.post, "/matches/\(match)/same", PersonStory.reason).status == 200)
      let told = try await world.contacts(of: kept)
      #expect(told.map(\.person) == persons.sorted() && told.allSatisfy { !$0.ended }, "both stay")
      let pair = try #require(try await world.personPairs("?pupil=\(kept)").first?["number"] as? Int)
      #expect(try await world.decide(pair: pair, "same")["person"] == persons.min()?.text)
      // The program never does it itself.
      #expect(try await world.all(PersonsMerged.self).count == 1)
    }
  }

  @Test func anOfficerMayJoinWhomNobodyProposed() async throws {
    try await PersonStory.run { world in
      let ids = try await world.enter([
        PersonStory.pupil(0, PersonStory.contact()),
        PersonStory.pupil(1, PersonStory.contact("Zoraya", "Voss", telephone: "01632 960002")),
      ]).ids
      let persons = try await [world.contacts(of: ids[0])[0].person.text, world.contacts(of: ids[1])[0].person.text]
      #expect(try await world.personPairs().isEmpty)
      func join(_ one: String, _ other: String, _ reason: String = "Passport seen") async throws -> World.Answer {
        try await world.send(
          .post, "/person-pairs", as: .legalOfficer, #"{"person":"\#(one)","other":"\#(other)","reason":"\#(reason)"}"#)
      }
      #expect(try await join(persons[0], persons[0]).status == 422)
      #expect(try await join(persons[0], "c000000000").status == 404)
      #expect(try await join(persons[0], ids[0]).status == 422, "a child is no person of these")
      #expect(try await join(persons[0], persons[1], "").status == 422)
      #expect(try await join(persons[0], persons[1], String(repeating: "a", count: 501)).status == 422)
      #expect(try world.sql("SELECT * FROM person_pairs").isEmpty, "what is refused leaves nothing")
      let joined = try await join(persons[1], persons[0])
      #expect(joined["person"] == persons.min() && joined["state"] == "same")
      #expect(try await join(persons[0], persons[1]).status == 200, "said again, the other way round")
      #expect(try await world.all(PersonsMerged.self).count == 1)
      #expect(try await world.personPairs("?state=same").first?["grounds"] as? [String] == ["stated"])
    }
  }

  @Test func hostileRequestsFindNothing() async throws {
    try await PersonStory.run { world in
      let found = try await world.siblings()
      for id in ["c000000000", "p000000000", "c00000000", "C000000000", "%27%20OR%201", found.pupils[0]] {
        #expect(try await world.send(.get, "/persons/\(id)").status == 404, "\(id)")
      }
      for number in ["0", "-1", "9999", "9223372036854775807", "x"] {
        #expect(
          try await world.send(.post, "/person-pairs/\(number)/same", PersonStory.reason).status == 404, "\(number)")
      }
      let path = "/person-pairs/\(found.pair)/same"
      for body in ["{}", #"{"reason":1}"#, #"{"reason":"a","state":"open"}"#, #"{"reason":"\#u{0}"}"#, "[]"] {
        #expect([400, 422].contains(try await world.send(.post, path, body).status), "\(body)")
      }
      #expect(try await world.send(.get, "/person-pairs?state=decided").status == 400)
      #expect(try await world.all(PersonsMerged.self).isEmpty)
    }
  }
}
