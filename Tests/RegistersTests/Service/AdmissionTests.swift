import Contracts
import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistersDomain
import Rulebook
import ServiceKit
import Store
import Testing

/// The admission register of a child: the whole entry, contacts, families, leaving, and the search.
@Suite(.timeLimit(.minutes(10))) struct AdmissionTests {
  private static func contacts(_ contacts: String...) -> String {
    #","contacts":[\#(contacts.joined(separator: ","))]"#
  }

  @Test func theWholeEntryIsAnswered() async throws {
    try await World.run { world in
      try await world.open()
      let more = #","sex":"F","status":"main","enteredOn":"2024-08-30","formerUPN":"\#(MadeUp.upn(70))""#
      let sent = try await world.enter([World.pupil(0, more + Self.contacts(Self.contact))])
      let id = try #require(sent.ids.first)
      let entry = try await world.send(.get, "/pupils/\(id)")
      #expect(entry["sex"] == "F" && entry["yearGroup"] == "5" && entry["addressProtected"] == false)
      #expect(entry["formerUPNs"] == [MadeUp.upn(70).text])
      let place = try #require(entry.list("registrations").first)
      #expect(place["school"] as? String == World.school && place["status"] as? String == "main")
      #expect(place["enteredOn"] as? String == "2024-08-30")
      let contact = try #require(entry.list("contacts").first)
      #expect(contact["postcode"] as? String == "ZZ1 1ZZ" && contact["safeToContact"] as? Bool == true)
      // The year group moves on by itself.
      world.move(to: MadeUp.day("2027-09-06"))
      #expect(try await world.send(.get, "/pupils/\(id)")["yearGroup"] == "6")
      #expect(try world.sql("SELECT count(*) AS n FROM audit_log WHERE action = 'pupil.entry.read'").first?["n"] == 2)
      let log = try world.sql("SELECT kind, actor, statement FROM admission_log")
      #expect(log.map { $0["kind"] as String } == ["entry"])
      #expect((log.first?["statement"] as String?)?.contains("1 Quay Row") == true)
      #expect(throws: DatabaseError.self) { try world.execute("UPDATE admission_log SET actor = 'x'") }
    }
  }

  @Test func anEntryThatIsKnownIsNotSentAgain() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enter([World.pupil(0)]).ids.first)
      let token = try await world.issuer.token(
        subject: "user", role: .attendanceOfficer, authority: "880", schools: nil, validFrom: world.clock.now(),
        seconds: 600)
      func get(_ tag: String?) async throws -> (Int, String?, Int) {
        var headers: HTTPFields = [.authorization: "Bearer \(token)"]
        headers[.ifNoneMatch] = tag
        return try await world.client.execute(uri: "/pupils/\(id)", method: .get, headers: headers, body: nil) {
          (Int($0.status.code), $0.headers[.eTag], $0.body.readableBytes)
        }
      }
      let (status, tag, _) = try await get(nil)
      #expect(status == 200)
      let known = try #require(tag)
      let again = try await get(known)
      #expect(again.0 == 304 && again.1 == known && again.2 == 0)
      _ = try await world.enter([World.pupil(0, #","sex":"M""#)])
      #expect(try await get(known).0 == 200, "the entry is another now")
    }
  }

  /// What a protected address would give away is shown to the officers who need it and to nobody else.
  @Test func protectedAddressesAreShownToOfficersOnly() async throws {
    try await World.run { world in
      try await world.open()
      let hidden = Self.contact.replacing("{", with: #"{"safeToContact":false,"addressProtected":true,"#)
      let elsewhere = hidden.replacing("Ada", with: "Bo").replacing(#""livesWith":true"#, with: #""livesWith":false"#)
      let open = Self.contact.replacing("Ada", with: "Cy").replacing("960001", with: "960009")
      let ids = try await world.enter([
        World.pupil(0, #","addressProtected":true"# + Self.contacts(Self.contact)),
        World.pupil(1, Self.contacts(hidden, open)), World.pupil(2, Self.contacts(elsewhere, open)),
      ]).ids
      func telephones(_ row: Int, _ role: Role) async throws -> [Bool] {
        let entry = try await world.send(
          .get, "/pupils/\(ids[row])", as: role, schools: role == .school ? [World.school] : nil)
        #expect(entry.status == 200)
        let contacts = entry.list("contacts")
        #expect(contacts.allSatisfy { $0["safeToContact"] != nil }, "always shown")
        let isShown = contacts.map { $0["telephone"] != nil }
        for field in ["address", "postcode"] { #expect(contacts.map { $0[field] != nil } == isShown) }
        let schools = entry.list("registrations").map { $0["school"] != nil }
        return isShown + schools
      }
      for role in [Role.attendanceOfficer, .cmeOfficer, .legalOfficer] {
        #expect(try await telephones(0, role) == [true, true])
        #expect(try await telephones(1, role) == [true, true, true])
      }
      #expect(try await telephones(0, .school) == [false, false])
      #expect(try await telephones(1, .school) == [false, false, false], "they live together")
      #expect(try await telephones(2, .school) == [false, true, true], "they do not")
      // What a later file does not say takes no protection away.
      _ = try await world.enter([World.pupil(0)])
      #expect(try await telephones(0, .school) == [false, false])
    }
  }

  @Test func theEntryIsForThoseConcerned() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open("900102")
      let id = try #require(
        try await world.enter([World.pupil(0, #","leftOn":"2026-09-10""# + Self.contacts(Self.contact))]).ids.first)
      func get(_ role: Role, _ schools: [String]? = nil) async throws -> World.Answer {
        try await world.send(.get, "/pupils/\(id)", as: role, schools: schools)
      }
      #expect(try await get(.school, [World.school]).list("contacts").count == 1)
      #expect(try await get(.school, ["900102"]).status == 404)
      for role in [Role.manager, .agency] { #expect(try await get(role).status == 403) }
      #expect(try await get(.virtualSchool).status == 404, "not looked after")
      let flag = try await world.send(.put, "/pupils/\(id)/flags/looked-after", #"{"first":"2026-09-01"}"#)
      #expect(flag.status == 200)
      #expect(try await get(.virtualSchool).status == 200)
      // A school that the child left does not learn where the family is now.
      world.move(to: MadeUp.day("2026-09-11"))
      let left = try await get(.school, [World.school])
      #expect(left.status == 200 && left.list("contacts").isEmpty)
      let number = try #require(try world.sql("SELECT number FROM contacts").first?["number"] as Int64?)
      let change = try await world.send(
        .put, "/pupils/\(id)/contacts/\(number)", as: .school, schools: [World.school], Self.contact)
      #expect(change.status == 403)
    }
  }

  @Test func contactsAreReplacedByAFileThatSendsThem() async throws {
    try await World.run { world in
      try await world.open()
      let other = Self.contact.replacing("Ada", with: "Bo").replacing("960001", with: "960002")
      let id = try #require(
        try await world.enter([World.pupil(0, Self.contacts(Self.contact, other))]).ids.first)
      func names() async throws -> [String] {
        try await world.send(.get, "/pupils/\(id)").list("contacts").compactMap { $0["givenName"] as? String }
      }
      #expect(try await world.enter([World.pupil(0)]).answer["unchanged"] == 1, "a file without contacts")
      #expect(try await names() == ["Ada", "Bo"])
      let replaced = try await world.enter([World.pupil(0, Self.contacts(other, #"{"familyName":"Vell"}"#))])
      #expect(replaced.answer["changed"] == 1)
      #expect(try await names() == ["Bo", ""])
      #expect(try world.sql("SELECT count(*) AS n FROM contacts").first?["n"] == 3, "a contact ends and stays")
      #expect(try world.sql("SELECT last FROM contacts WHERE given_name = 'Ada'").first?["last"] == World.start.ordinal)
      let facts = try await world.facts()
      #expect(facts.filter { $0 == "pupil-enrolled" }.count == 1, "contacts are not published")

      let number = try #require(
        try world.sql("SELECT number FROM contacts WHERE given_name = 'Bo'").first?["number"] as Int64?)
      let path = "/pupils/\(id)/contacts/\(number)"
      let change = #"{"givenName":"Bo","familyName":"Tarn","safeToContact":false}"#
      #expect(try await world.send(.put, path, change)["changed"] == true)
      #expect(try await world.send(.put, path, change)["changed"] == false)
      let bo = try #require(try await world.send(.get, "/pupils/\(id)").list("contacts").first)
      #expect(bo["safeToContact"] as? Bool == false && bo["telephone"] as? String == "01632 960002")
      let bad = try await world.send(.put, path, #"{"givenName":"Bo","familyName":""}"#)
      #expect(bad.status == 422 && bad.text.contains("/familyName"))
      #expect(try await world.send(.put, "/pupils/\(id)/contacts/999", change).status == 404)
      #expect(try world.sql("SELECT count(*) AS n FROM admission_log WHERE kind = 'contact'").first?["n"] == 1)
    }
  }

  @Test func aSharedContactMakesSiblings() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open("900102")
      let same = Self.contact.replacing("Tarn", with: "TARN").replacing("01632 960001", with: "+44 1632960001")
      let stranger = Self.contact.replacing("960001", with: "960005")
      let ids = try await world.enter([
        World.pupil(0, Self.contacts(Self.contact)), World.pupil(1, Self.contacts(same)),
        World.pupil(2, Self.contacts(stranger)),
      ]).ids
      func siblings(_ row: Int, as role: Role = .attendanceOfficer) async throws -> Set<String> {
        let entry = try await world.send(
          .get, "/pupils/\(ids[row])", as: role, schools: role == .school ? [World.school] : nil)
        return Set(entry.list("siblings").compactMap { $0["id"] as? String })
      }
      #expect(try await siblings(0) == [ids[1]])
      #expect(try await siblings(1) == [ids[0]])
      #expect(try await siblings(2).isEmpty)
      let linked = try await world.send(.post, "/pupils/\(ids[0])/siblings", #"{"sibling":"\#(ids[2])"}"#)
      #expect(linked["changed"] == true)
      #expect(try await siblings(1) == [ids[0], ids[2]], "a family is one")
      #expect(try await siblings(1, as: .school) == [ids[0], ids[2]])
      // A person's no is not undone by the next file.
      let parted = try await world.send(.delete, "/pupils/\(ids[0])/siblings/\(ids[1])")
      #expect(parted["changed"] == true)
      let changed = same.replacing("mother", with: "guardian")
      #expect(try await world.enter([World.pupil(1, Self.contacts(changed))]).answer["changed"] == 1)
      #expect(try await siblings(0) == [ids[2]])
      #expect(try await siblings(1).isEmpty)
      // Only a person undoes it.
      #expect(
        try await world.send(.post, "/pupils/\(ids[1])/siblings", #"{"sibling":"\#(ids[0])"}"#)["changed"] == true)
      #expect(try await siblings(1) == [ids[0], ids[2]])
      let itself = try await world.send(.post, "/pupils/\(ids[0])/siblings", #"{"sibling":"\#(ids[0])"}"#)
      #expect(itself.status == 422)
      #expect(
        try await world.send(.post, "/pupils/\(ids[0])/siblings", as: .school, schools: [World.school], "{}").status
          == 403)
    }
  }

  /// A leaving is never refused because its ground is not known: it is noted until it is.
  @Test func leavingCarriesItsGround() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enter([World.pupil(0)]).ids.first)
      _ = try await world.send(.put, "/pupils/\(id)/flags/youth-justice", #"{"first":"2026-01-01"}"#)
      let left = #","leftOn":"2026-09-30""#
      let noted = try await world.enter([World.pupil(0, left)]).answer
      #expect(noted["changed"] == 1 && noted["refused"] == 0)
      #expect(noted.list("notes").map { $0["reason"] as? String } == ["ground-missing"])
      #expect(noted.list("notes").first?["row"] as? Int == 0)
      let grounded = try await world.enter([
        World.pupil(0, left + #","ground":"g","destination":"900102","deletedOn":"2026-10-01""#)
      ]).answer
      #expect(grounded["changed"] == 1 && grounded.list("notes").isEmpty)
      let again = try await world.enter([World.pupil(0, left)]).answer
      #expect(again["unchanged"] == 1 && again.list("notes").isEmpty, "the ground is known")
      let refused = try await world.enter([
        World.pupil(1, left + #","deletedOn":"2026-10-01""#), World.pupil(2, left + #","ground":"z""#),
      ]).answer
      #expect(refused["refused"] == 1 && refused.list("problems").compactMap { $0["row"] as? Int } == [0])
      #expect(refused.list("problems").map { $0["column"] as? String } == ["ground"])
      #expect(refused["enrolled"] == 1 && refused.list("notes").compactMap { $0["row"] as? Int } == [1, 1])
      #expect(refused.list("notes").map { $0["reason"] as? String } == ["unknown-value", "ground-missing"])

      let leavings = try await world.all(PupilLeft.self)
      #expect(leavings.map(\.ground) == [nil, .g, nil] && leavings.map(\.destinationKnown) == [false, true, false])
      #expect(leavings.map(\.concerns) == [[.youthJustice], [.youthJustice], []])
      #expect(try await world.facts().filter { $0 == "pupil-enrolled" }.count == 2)
    }
  }

  @Test func childrenAreFoundByWhatIsKnownOfThem() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open("900102")
      let other = World.pupil(2).replacing("Quarrington", with: "Élan-Voss").replacing("Zed2", with: "Mira")
      let ids = try await world.enter([World.pupil(0), World.pupil(1, #","addressProtected":true"#)]).ids
      let third = try #require(try await world.enter([other], school: "900102").ids.first)
      func search(_ body: String, as role: Role = .attendanceOfficer, schools: [String]? = nil) async throws -> [String]
      {
        let answer = try await world.send(.post, "/pupils/search", as: role, schools: schools, body)
        #expect(answer.status == 200)
        return answer.list("pupils").compactMap { $0["id"] as? String }
      }
      #expect(try await search(#"{"familyName":"quarr"}"#) == ids)
      #expect(try await search(#"{"familyName":"QUARR","givenName":"zed1"}"#) == [ids[1]])
      #expect(try await search(#"{"familyName":"elan v"}"#) == [third])
      #expect(try await search(#"{"dateOfBirth":"2016-05-04"}"#).count == 3)
      #expect(try await search(#"{"dateOfBirth":"2016-05-04","givenName":"mir"}"#) == [third])
      #expect(try await search(#"{"upn":"\#(MadeUp.upn(1))"}"#) == [ids[1]])
      #expect(try await search(#"{"upn":"\#(MadeUp.upn(1))","familyName":"elan"}"#).isEmpty)
      #expect(try await search(#"{"dateOfBirth":"2016-05-04","school":"900102"}"#) == [third])
      #expect(try await search(#"{"dateOfBirth":"2016-05-04"}"#, as: .school, schools: [World.school]) == ids)
      #expect(try await search(#"{"upn":"\#(MadeUp.upn(2))"}"#, as: .school, schools: [World.school]).isEmpty)
      #expect(try await search(#"{"familyName":"q"}"#, as: .school).isEmpty, "a school without schools")
      for (body, status) in [
        ("{}", 422), (#"{"givenName":"Zed"}"#, 422), (#"{"familyName":" "}"#, 422), (#"{"upn":"X"}"#, 422),
        (#"{"familyName":"a\u0007"}"#, 422),
      ] {
        #expect(try await world.send(.post, "/pupils/search", body).status == status, "\(body)")
      }
      let foreign = try await world.send(
        .post, "/pupils/search", as: .school, schools: ["900102"], #"{"familyName":"q","school":"900101"}"#)
      #expect(foreign.status == 403)
      let shown = try await world.send(
        .post, "/pupils/search", as: .school, schools: [World.school], #"{"familyName":"quarrington"}"#)
      #expect(shown.list("pupils").map { $0["schools"] != nil } == [true, false], "one is protected")
      let read = try world.sql(
        "SELECT count(*) AS n FROM audit_log WHERE action = 'pupil.search.read' AND subject = '\(third)'")
      #expect(read.first?["n"] == 4)
    }
  }

  @Test func aSearchShowsFiftyAndSaysThatThereAreMore() async throws {
    try await World.run { world in
      try await world.open()
      _ = try await world.enter((0..<51).map { World.pupil($0) })
      let answer = try await world.send(.post, "/pupils/search", #"{"familyName":"quarrington"}"#)
      #expect(answer.list("pupils").count == 50 && answer["more"] == true)
      let exact = try await world.send(.post, "/pupils/search", #"{"familyName":"quarrington","givenName":"zed1"}"#)
      #expect(exact.list("pupils").count == 11 && exact["more"] == false)
    }
  }
}
