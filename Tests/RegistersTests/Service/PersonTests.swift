import Contracts
import Foundation
import GRDB
import HTTPTypes
import RegistersDomain
import Rulebook
import ServiceKit
import Testing

@testable import RegistersService

/// Contacts as persons: published without a name, joined by an officer, named for a document.
@Suite(.timeLimit(.minutes(10))) struct PersonTests {
  private static let second = "900102"
  private static let reason = #"{"reason":"Birth certificate seen"}"#

  static func contact(
    _ given: String = "Ada", _ family: String = "Tarn", relation: String = "mother", telephone: String = "01632 960001",
    _ more: String = ""
  ) -> String {
    #"""
    {"givenName":"\#(given)","familyName":"\#(family)","relation":"\#(relation)","parentalResponsibility":true,
     "livesWith":true,"telephone":"\#(telephone)","address":"1 Quay Row","postcode":"ZZ1 1ZZ"\#(more)}
    """#
  }

  static func pupil(_ number: Int, _ contacts: String...) -> String {
    World.pupil(number, #","contacts":[\#(contacts.joined(separator: ","))]"#)
  }

  private static func run(_ body: @Sendable @escaping (World) async throws -> Void) async throws {
    try await World.run { world in
      try await world.open()
      try await world.open(second)
      try await body(world)
    }
  }

  private static func told(_ world: World, _ pupil: String) async throws -> [ContactsRecorded.Contact] {
    try await world.all(ContactsRecorded.self).last { $0.pupil.text == pupil }?.contacts ?? []
  }

  private static func pairs(_ world: World, _ query: String = "") async throws -> [[String: Any]] {
    try await world.send(.get, "/person-pairs\(query)").list("pairs")
  }

  private static func decide(_ world: World, _ number: Int, _ word: String) async throws -> World.Answer {
    try await world.send(.post, "/person-pairs/\(number)/\(word)", reason)
  }

  /// Two children of one family at two schools, each with its mother; the mothers' identifiers in order.
  private static func siblings(
    _ world: World, _ more: String = ""
  ) async throws -> (pupils: [String], persons: [String], pair: Int) {
    let one = try #require(try await world.enter([pupil(0, contact())]).ids.first)
    let two = try #require(try await world.enter([pupil(1, contact("Ada", "Tarn", more))], school: second).ids.first)
    let persons = try await [told(world, one)[0].person.text, told(world, two)[0].person.text]
    let pair = try #require(try await pairs(world).first?["number"] as? Int)
    return ([one, two], persons, pair)
  }

  @Test func aContactKeepsItsIdentifier() async throws {
    try await Self.run { world in
      let id = try #require(
        try await world.enter([
          Self.pupil(0, Self.contact(), Self.contact("Bela", "Voss", relation: "PAF", telephone: ""))
        ]).ids.first)
      let first = try await Self.told(world, id)
      #expect(
        Set(first.map(\.relationship)) == [.mother, .father] && first.map(\.person) == first.map(\.person).sorted())
      #expect(first.allSatisfy { $0.parentalResponsibility && $0.livesWith && $0.safeToContact })
      #expect(first.allSatisfy { !$0.protected && !$0.ended })
      let mother = try #require(first.first { $0.relationship == .mother }?.person)

      // The same again says nothing; a change is told under the same identifier.
      _ = try await world.enter([
        Self.pupil(0, Self.contact(), Self.contact("Bela", "Voss", relation: "PAF", telephone: ""))
      ])
      #expect(try await world.all(ContactsRecorded.self).count == 1)
      let number = try #require(
        try world.sql("SELECT number AS n FROM contacts WHERE person = '\(mother)'").first?["n"] as Int64?)
      let renamed = try await world.send(
        .put, "/pupils/\(id)/contacts/\(number)",
        #"{"givenName":"Ada","familyName":"Merrow","relation":"Mum","safeToContact":false,"addressProtected":true}"#)
      #expect(renamed.status == 200, "\(renamed.text)")
      let changed = try #require(try await Self.told(world, id).first { $0.person == mother })
      #expect(changed.protected && !changed.safeToContact && changed.relationship == .mother)

      // The father goes, and comes again: he is the same person, once.
      let father = try #require(first.first { $0.relationship == .father }?.person)
      _ = try await world.enter([Self.pupil(0, Self.contact("Ada", "Merrow"))])
      #expect(try await Self.told(world, id).first { $0.person == father }?.ended == true)
      world.move(to: MadeUp.day("2026-09-08"))
      _ = try await world.enter([
        Self.pupil(0, Self.contact("Ada", "Merrow"), Self.contact("BELA", "Voss", relation: "father", telephone: ""))
      ])
      let last = try await Self.told(world, id)
      #expect(Set(last.map(\.person)) == [mother, father] && last.count == 2)
      #expect(last.allSatisfy { !$0.ended })
      #expect(try world.sql("SELECT number FROM contacts").count == 3, "the row that ended stays")

      #expect(throws: DatabaseError.self) { try world.execute("UPDATE contacts SET person = NULL") }
    }
  }

  @Test func noNameLeavesTheRegisters() async throws {
    try await Self.run { world in
      let found = try await Self.siblings(world)
      _ = try await Self.decide(world, found.pair, "same")
      _ = try await Self.decide(world, found.pair, "undo")
      let types = [ContactsRecorded.type, PersonsMerged.type, PersonsParted.type].map(\.name)
      let events = try await world.events().filter { types.contains($0.type) }
      #expect(Set(events.map(\.type)) == Set(types))
      for event in events {
        let text = String(decoding: event.data ?? [], as: UTF8.self) + event.subject
        for word in ["Ada", "Tarn", "Quay", "ZZ1", "960001"] { #expect(!text.contains(word), "\(event.type)") }
      }
    }
  }

  @Test func anOfficerJoinsAParentOfTwoChildrenAndTakesItBack() async throws {
    try await Self.run { world in
      let found = try await Self.siblings(world)
      let waiting = try #require(try await Self.pairs(world).first)
      #expect(waiting["grounds"] as? [String] == ["same-names", "same-postcode", "same-telephone"])
      let shown = (waiting["persons"] as? [[String: Any]] ?? []).flatMap { $0["contacts"] as? [[String: Any]] ?? [] }
      #expect(Set(shown.compactMap { $0["pupil"] as? String }) == Set(found.pupils))
      for pupil in found.pupils {
        let reads = "SELECT count(*) AS n FROM audit_log WHERE action = 'pupil.contact.read' AND subject = '\(pupil)'"
        #expect(try world.sql(reads).first?["n"] == 2, "each list that shows the child's contact")
      }
      #expect(try await Self.pairs(world, "?pupil=\(found.pupils[1])").count == 1)
      #expect(try await world.send(.get, "/person-pairs?pupil=p000000000").status == 404)

      let key = "decide-once-1"
      let path = "/person-pairs/\(found.pair)/same"
      let decided = try await world.send(.post, path, key: key, Self.reason)
      let kept = try #require(found.persons.min())
      #expect(decided["person"] == kept && decided["other"] == kept && decided["state"] == "same")
      #expect(try await world.send(.post, path, key: key, Self.reason).text == decided.text)
      #expect(try await Self.decide(world, found.pair, "same").status == 200, "said again")
      #expect(try await Self.decide(world, found.pair, "different").status == 409)
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

      let same = try await Self.pairs(world, "?state=same")
      #expect(same.compactMap { $0["reason"] as? String } == ["Birth certificate seen"])
      let undone = try await Self.decide(world, found.pair, "undo")
      #expect(undone["state"] == "open")
      #expect([undone["person"], undone["other"]] == found.persons.sorted())
      #expect(try await Self.decide(world, found.pair, "undo").status == 200, "said again")
      let parted = try await world.all(PersonsParted.self)
      #expect(parted.map(\.person.text) == [kept] && parted.flatMap(\.parted).map(\.text) == [found.persons.max()])
      #expect(try await Self.pairs(world).count == 1, "it waits again")
      #expect(try world.sql("SELECT state FROM person_decisions").map { $0["state"] as String } == ["same", "open"])
      #expect(throws: DatabaseError.self) { try world.execute("DELETE FROM person_decisions") }

      #expect(try await Self.decide(world, found.pair, "different")["state"] == "different")
      _ = try await world.enter([Self.pupil(1, Self.contact(telephone: "01632 960002"))], school: Self.second)
      #expect(try await Self.pairs(world).isEmpty, "a no is remembered")
    }
  }

  /// Three contacts of one mother: what follows from two decisions need not be decided, and cannot be denied.
  @Test func decisionsMustAgree() async throws {
    try await Self.run { world in
      let rows = [0, 1, 2].map { Self.pupil($0, Self.contact()) }
      let ids = try await world.enter(rows).ids
      var persons: [String] = []
      for id in ids { persons.append(try await Self.told(world, id)[0].person.text) }
      persons.sort()
      func number(_ one: Int, _ other: Int) throws -> Int {
        let sql =
          "SELECT number AS n FROM person_pairs WHERE person = '\(persons[one])' AND other = '\(persons[other])'"
        return Int(try #require(try world.sql(sql).first?["n"] as Int64?))
      }
      #expect(try await Self.pairs(world).count == 3)
      #expect(try await Self.decide(world, number(1, 2), "same").status == 200)
      #expect(try await Self.decide(world, number(0, 2), "same")["person"] == persons[0])
      #expect(try await world.all(PersonsMerged.self).map(\.merged.text) == [persons[2], persons[1]])
      #expect(try await Self.pairs(world).isEmpty, "the third follows")
      let denied = try await Self.decide(world, number(0, 1), "different")
      #expect(denied.status == 409 && denied.text.contains("/problems/joined"))
      #expect(try await Self.decide(world, number(0, 1), "same").status == 200)
      #expect(try await world.all(PersonsMerged.self).count == 2, "nothing new is told")

      // Of a ring of three decisions one may be taken back and nobody parts; the second parts.
      #expect(try await Self.decide(world, number(0, 2), "undo").status == 200)
      #expect(try await world.all(PersonsParted.self).isEmpty)
      #expect(try await Self.decide(world, number(1, 2), "undo")["other"] == persons[2])
      #expect(try await world.all(PersonsParted.self).map(\.parted).last?.map(\.text) == [persons[2]])
      #expect(try await Self.decide(world, number(0, 2), "different").status == 200)
      let apart = try await Self.decide(world, number(1, 2), "same")
      #expect(apart.status == 409 && apart.text.contains("/problems/kept-apart"))
      #expect(try await Self.decide(world, number(0, 1), "undo").status == 200)
      #expect(try await Self.decide(world, number(1, 2), "same").status == 200)
      let last = try await world.all(PersonsParted.self).last
      #expect(last?.person.text == persons[0] && last?.parted.map(\.text) == [persons[1]])
    }
  }

  @Test func contactsOfTwoRecordsOfOneChildArePairs() async throws {
    try await Self.run { world in
      let leaver = Self.pupil(0, Self.contact()).replacing(
        #","contacts""#, with: #","leftOn":"2026-09-04","ground":"a","contacts""#)
      let kept = try #require(try await world.enter([leaver]).ids.first)
      let arrival = Self.pupil(9, Self.contact(telephone: "01632 960009")).replacing("Zed9", with: "Zed0")
        .replacing("2024-09-02", with: "2026-09-07")
      let merged = try #require(try await world.enter([arrival], school: Self.second).ids.first)
      let persons = try await [Self.told(world, kept)[0].person, Self.told(world, merged)[0].person]
      let match = try #require(try await world.send(.get, "/matches").list("pairs").first?["number"] as? Int)
      #expect(try await world.send(.post, "/matches/\(match)/same", Self.reason).status == 200)
      let told = try await Self.told(world, kept)
      #expect(told.map(\.person) == persons.sorted() && told.allSatisfy { !$0.ended }, "both stay")
      let pair = try #require(try await Self.pairs(world, "?pupil=\(kept)").first?["number"] as? Int)
      #expect(try await Self.decide(world, pair, "same")["person"] == persons.min()?.text)
      // The program never does it itself.
      #expect(try await world.all(PersonsMerged.self).count == 1)
    }
  }

  @Test func anOfficerMayJoinWhomNobodyProposed() async throws {
    try await Self.run { world in
      let ids = try await world.enter([
        Self.pupil(0, Self.contact()), Self.pupil(1, Self.contact("Zoraya", "Voss", telephone: "01632 960002")),
      ]).ids
      let persons = try await [Self.told(world, ids[0])[0].person.text, Self.told(world, ids[1])[0].person.text]
      #expect(try await Self.pairs(world).isEmpty)
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
      #expect(try await Self.pairs(world, "?state=same").first?["grounds"] as? [String] == ["stated"])
    }
  }

  @Test func hostileRequestsFindNothing() async throws {
    try await Self.run { world in
      let found = try await Self.siblings(world)
      for id in ["c000000000", "p000000000", "c00000000", "C000000000", "%27%20OR%201", found.pupils[0]] {
        #expect(try await world.send(.get, "/persons/\(id)").status == 404, "\(id)")
      }
      for number in ["0", "-1", "9999", "9223372036854775807", "x"] {
        #expect(try await world.send(.post, "/person-pairs/\(number)/same", Self.reason).status == 404, "\(number)")
      }
      let path = "/person-pairs/\(found.pair)/same"
      for body in ["{}", #"{"reason":1}"#, #"{"reason":"a","state":"open"}"#, #"{"reason":"\#u{0}"}"#, "[]"] {
        #expect([400, 422].contains(try await world.send(.post, path, body).status), "\(body)")
      }
      #expect(try await world.send(.get, "/person-pairs?state=decided").status == 400)
      #expect(try await world.all(PersonsMerged.self).isEmpty)
    }
  }

  /// Where a protected person lives is for those who may know it of the child, and nobody else learns the name.
  @Test func protectedAddressesAreShownAsInTheAdmissionRegister() async throws {
    try await Self.run { world in
      let found = try await Self.siblings(world)
      _ = try await Self.decide(world, found.pair, "same")
      for pupil in found.pupils {
        let flag = try await world.send(.put, "/pupils/\(pupil)/flags/looked-after", #"{"first":"2026-09-01"}"#)
        #expect(flag.status == 200)
      }
      func addresses(_ role: Role) async throws -> Set<String?> {
        let answer = try await world.send(.get, "/persons/\(found.persons[0])", as: role)
        #expect(answer.status == 200 && answer.list("contacts").count == 2)
        return Set(answer.list("contacts").map { $0["address"] as? String })
      }
      #expect(try await addresses(.virtualSchool) == ["1 Quay Row"])
      // One contact of one child is enough.
      let number = try #require(try world.sql("SELECT min(number) AS n FROM contacts").first?["n"] as Int64?)
      let stated = #"{"givenName":"Ada","familyName":"Tarn","addressProtected":true}"#
      let put = try await world.send(.put, "/pupils/\(found.pupils[0])/contacts/\(number)", stated)
      #expect(put.status == 200, "\(put.text)")
      #expect(try await addresses(.virtualSchool) == [nil])
      for role in [Role.attendanceOfficer, .legalOfficer, .cmeOfficer] {
        #expect(try await addresses(role) == ["1 Quay Row"])
        let answer = try await world.send(.get, "/persons/\(found.persons[0])", as: role)
        #expect(answer["addressProtected"] == true && answer["safeToContact"] == true)
      }
      for role in [Role.school, .manager, .agency, .service, .operator, .integration] {
        let answer = try await world.send(.get, "/persons/\(found.persons[0])", as: role, schools: [World.school])
        #expect(answer.status == 403 && !answer.text.contains("Tarn"), "\(role)")
        let pairs = try await world.send(.get, "/person-pairs", as: role, schools: [World.school])
        #expect(pairs.status == 403, "\(role)")
      }
      let reads =
        "SELECT count(*) AS n FROM audit_log WHERE action = 'person.read' AND subject = '\(found.persons.min()!)'"
      #expect(try world.sql(reads).first?["n"] == 8, "under the identifier that stands for the person")
    }
  }

  /// Who is bound to some schools is told of their children only.
  @Test func anOfficerOfOneSchoolLearnsOfItsChildrenOnly() async throws {
    try await Self.run { world in
      let found = try await Self.siblings(world, #","safeToContact":false"#)
      _ = try await Self.decide(world, found.pair, "same")
      let named = try await world.send(
        .get, "/persons/\(found.persons[1])", as: .attendanceOfficer, schools: [World.school])
      #expect(named.list("contacts").compactMap { $0["pupil"] as? String } == [found.pupils[0]])
      #expect(named["safeToContact"] == false, "what protects the person holds whoever asks")
      let foreign = try await world.send(.get, "/persons/\(found.persons[1])", as: .legalOfficer, schools: ["900199"])
      #expect(foreign.status == 404)
      let pairs = try await world.send(.get, "/person-pairs", as: .attendanceOfficer, schools: [World.school])
      #expect(pairs.status == 403, "a pair is of several schools mostly")
    }
  }

  /// Contacts of a store of before have no identifier: the daily checks publish them, once.
  @Test func contactsOfBeforeArePublishedOnce() async throws {
    try await Self.run { world in
      let ids = try await world.enter([World.pupil(0), World.pupil(1)]).ids
      try world.execute(
        """
        INSERT INTO contacts (pupil, given_name, family_name, relation, parental_responsibility, lives_with, emergency,
          safe_to_contact, address_protected, person_key, first, last, school)
        SELECT p.number, 'Ada', 'Tarn', 'mother', 1, 1, 0, 1, 0, '', 20000, e.ended, '\(World.school)'
        FROM pupils p, (SELECT 20100 AS ended UNION ALL SELECT NULL) e
        """)
      #expect(try await world.all(ContactsRecorded.self).isEmpty)
      _ = try await world.send(.post, "/sweeps")
      let told = try await world.all(ContactsRecorded.self)
      #expect(told.map(\.pupil.text) == ids)
      #expect(told.map { $0.contacts.count } == [1, 1], "who ended and was stated again is one person")
      #expect(told.allSatisfy { !$0.contacts[0].ended })
      _ = try await world.send(.post, "/sweeps")
      #expect(try await world.all(ContactsRecorded.self).count == 2, "once")
    }
  }
}
