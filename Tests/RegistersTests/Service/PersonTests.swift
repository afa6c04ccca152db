import Contracts
import Foundation
import GRDB
import HTTPTypes
import RegistersDomain
import Rulebook
import ServiceKit
import Testing

@testable import RegistersService

/// Contacts as persons: published without a name, and named for a document.
@Suite(.timeLimit(.minutes(10))) struct PersonTests {
  @Test func aContactKeepsItsIdentifier() async throws {
    try await PersonStory.run { world in
      let id = try #require(
        try await world.enter([
          PersonStory.pupil(
            0, PersonStory.contact(), PersonStory.contact("Bela", "Voss", relation: "PAF", telephone: ""))
        ]).ids.first)
      let first = try await world.contacts(of: id)
      #expect(
        Set(first.map(\.relationship)) == [.mother, .father] && first.map(\.person) == first.map(\.person).sorted())
      #expect(first.allSatisfy { $0.parentalResponsibility && $0.livesWith && $0.safeToContact })
      #expect(first.allSatisfy { !$0.protected && !$0.ended })
      let mother = try #require(first.first { $0.relationship == .mother }?.person)

      // The same again says nothing; a change is told under the same identifier.
      _ = try await world.enter([
        PersonStory.pupil(0, PersonStory.contact(), PersonStory.contact("Bela", "Voss", relation: "PAF", telephone: ""))
      ])
      #expect(try await world.all(ContactsRecorded.self).count == 1)
      let number = try #require(
        try world.sql("SELECT number AS n FROM contacts WHERE person = '\(mother)'").first?["n"] as Int64?)
      let renamed = try await world.send(
        .put, "/pupils/\(id)/contacts/\(number)",
        #"{"givenName":"Ada","familyName":"Merrow","relation":"Mum","safeToContact":false,"addressProtected":true}"#)
      #expect(renamed.status == 200, "\(renamed.text)")
      let changed = try #require(try await world.contacts(of: id).first { $0.person == mother })
      #expect(changed.protected && !changed.safeToContact && changed.relationship == .mother)

      // The father goes, and comes again: he is the same person, once.
      let father = try #require(first.first { $0.relationship == .father }?.person)
      _ = try await world.enter([PersonStory.pupil(0, PersonStory.contact("Ada", "Merrow"))])
      #expect(try await world.contacts(of: id).first { $0.person == father }?.ended == true)
      world.move(to: MadeUp.day("2026-09-08"))
      _ = try await world.enter([
        PersonStory.pupil(
          0, PersonStory.contact("Ada", "Merrow"),
          PersonStory.contact("BELA", "Voss", relation: "father", telephone: ""))
      ])
      let last = try await world.contacts(of: id)
      #expect(Set(last.map(\.person)) == [mother, father] && last.count == 2)
      #expect(last.allSatisfy { !$0.ended })
      #expect(try world.sql("SELECT number FROM contacts").count == 3, "the row that ended stays")

      #expect(throws: DatabaseError.self) { try world.execute("UPDATE contacts SET person = NULL") }
    }
  }

  @Test func noNameLeavesTheRegisters() async throws {
    try await PersonStory.run { world in
      let found = try await world.siblings()
      _ = try await world.decide(pair: found.pair, "same")
      _ = try await world.decide(pair: found.pair, "undo")
      let types = [ContactsRecorded.type, PersonsMerged.type, PersonsParted.type].map(\.name)
      let events = try await world.events().filter { types.contains($0.type) }
      #expect(Set(events.map(\.type)) == Set(types))
      for event in events {
        let text = String(decoding: event.data ?? [], as: UTF8.self) + event.subject
        for word in ["Ada", "Tarn", "Quay", "ZZ1", "960001"] { #expect(!text.contains(word), "\(event.type)") }
      }
    }
  }

  /// Where a protected person lives is for those who may know it of the child, and nobody else learns the name.
  @Test func protectedAddressesAreShownAsInTheAdmissionRegister() async throws {
    try await PersonStory.run { world in
      let found = try await world.siblings()
      _ = try await world.decide(pair: found.pair, "same")
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
    try await PersonStory.run { world in
      let found = try await world.siblings(#","safeToContact":false"#)
      _ = try await world.decide(pair: found.pair, "same")
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

  /// Whoever changes a contact, by whatever way, the change is told.
  @Test func everyWayToChangeAContactIsTold() async throws {
    try await PersonStory.run { world in
      func send(_ school: String, _ row: String) async throws {
        let answer = try await world.send(
          .post, "/schools/\(school)/pupils", as: .school, schools: [school], "{\"pupils\":[\(row)]}")
        #expect(answer.status == 200, "\(answer.text)")
      }
      func accept() async throws {
        let numbers = try await world.send(.get, "/pupil-changes").list("changes").compactMap { $0["number"] as? Int }
        #expect(numbers.count == 1)
        let body = #"{"numbers":\#(numbers),"reason":"Looked at"}"#
        #expect(try await world.send(.post, "/pupil-changes/accept", body).status == 200)
      }
      let unsafe = #","safeToContact":false"#
      try await send(World.school, PersonStory.pupil(0, PersonStory.contact("Ada", "Tarn", unsafe)))
      let id = try #require(try await world.all(ContactsRecorded.self).last?.pupil.text)
      func isSafe() async throws -> [Bool] { try await world.contacts(of: id).map(\.safeToContact) }
      #expect(try await isSafe() == [false])

      // A school's list that lowers the protection, then the form of one contact: an officer accepts each.
      try await send(World.school, PersonStory.pupil(0, PersonStory.contact("Ada", "Tarn", #","safeToContact":true"#)))
      #expect(try await isSafe() == [false])
      try await accept()
      #expect(try await isSafe() == [true])
      let number = try #require(try world.sql("SELECT number AS n FROM contacts").first?["n"] as Int64?)
      func put(_ isSafe: Bool) async throws {
        let body = #"{"givenName":"Ada","familyName":"Tarn","safeToContact":\#(isSafe)}"#
        let path = "/pupils/\(id)/contacts/\(number)"
        let answer = try await world.send(.put, path, as: .school, schools: [World.school], body)
        #expect(answer.status == 200, "\(answer.text)")
      }
      try await put(false)
      #expect(try await isSafe() == [false])
      try await put(true)
      try await accept()
      #expect(try await isSafe() == [true])

      // An entry at another school that was made by mistake takes its contacts with it.
      _ = try await world.enter([PersonStory.pupil(0, PersonStory.contact("Bela", "Voss"))], school: PersonStory.second)
      #expect(try await world.contacts(of: id).map(\.ended) == [false, false])
      let entry = #"{"entries":[{"pupil":"\#(id)"}],"reason":"Sent by mistake"}"#
      #expect(try await world.send(.post, "/schools/\(PersonStory.second)/withdrawals", entry).status == 200)
      let bela = try world.sql("SELECT person FROM contacts WHERE given_name = 'Bela'").first?["person"] as String?
      #expect(try await world.contacts(of: id).filter(\.ended).map(\.person.text) == [bela])
    }
  }

  /// Contacts of a store of before have no identifier: the daily checks publish them, once.
  @Test func contactsOfBeforeArePublishedOnce() async throws {
    try await PersonStory.run { world in
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
