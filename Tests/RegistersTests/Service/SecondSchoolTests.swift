import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// What a second school may do to a child that another school holds: a hostile one, by every way in.
@Suite(.timeLimit(.minutes(10))) struct SecondSchoolTests {
  static let second = "900102"

  /// What makes a child one that joins a new roll by an officer's word only.
  static let special: [(name: String, more: String, flag: String?)] = [
    ("address", #","addressProtected":true"#, nil),
    (
      "contact", #","contacts":[{"givenName":"Ada","familyName":"Tarn","addressProtected":true,"livesWith":true}]"#, nil
    ),
    ("unsafe contact", #","contacts":[{"givenName":"Ada","familyName":"Tarn","safeToContact":false}]"#, nil),
    ("social worker", "", "social-worker"), ("looked after", "", "looked-after"), ("plan", "", "ehc-plan"),
  ]

  static let contact = #"""
    {"givenName":"Ada","familyName":"Tarn","relation":"mother","livesWith":true,"telephone":"01632 960001",
     "address":"1 Quay Row","postcode":"ZZ1 1ZZ"}
    """#

  static func run(_ body: @Sendable @escaping (World) async throws -> Void) async throws {
    try await World.run { world in
      try await world.open()
      try await world.open(second)
      try await body(world)
    }
  }

  /// A child at the first school; its identifier.
  static func child(_ world: World, _ more: String = "") async throws -> String {
    try #require(
      try await send(world, World.school, World.pupil(0, #","sex":"F""# + more)).list("pupils").first?["id"] as? String)
  }

  /// A row as the school itself sends it.
  static func send(_ world: World, _ school: String, _ rows: String...) async throws -> World.Answer {
    let answer = try await world.send(
      .post, "/schools/\(school)/pupils", as: .school, schools: [school],
      "{\"pupils\":[\(rows.joined(separator: ","))]}")
    #expect(answer.status == 200, "\(answer.text)")
    return answer
  }

  static func get(_ world: World, _ path: String, at school: String) async throws -> World.Answer {
    try await world.send(.get, path, as: .school, schools: [school])
  }

  static func decide(_ world: World, _ word: String) async throws -> World.Answer {
    let numbers = try await world.send(.get, "/pupil-changes").list("changes").compactMap { $0["number"] as? Int }
    return try await world.send(
      .post, "/pupil-changes/\(word)", #"{"numbers":\#(numbers),"reason":"Looked at"}"#)
  }

  /// Name, date of birth, sex and year group are the first school's to correct, not the second's.
  @Test(arguments: [
    ("familyName", "Quarrington", "Vellacott", "family_name"),
    ("dateOfBirth", "2016-05-04", "2016-04-05", "date_of_birth"),
    ("givenName", "Zed0", "Zedd0", "given_name"), ("sex", #""sex":"F""#, #""sex":"M""#, "sex"),
    ("yearGroup", #""yearGroup":"5""#, #""yearGroup":"6""#, "year_group"),
  ])
  func theRecordStaysAndAnOfficerDecides(_ field: String, _ stands: String, _ said: String, _ column: String)
    async throws
  {
    try await Self.run { world in
      let id = try await Self.child(world)
      let row = World.pupil(0, #","sex":"F""#)
      func value() throws -> DatabaseValue? { try world.sql("SELECT \(column) AS v FROM pupils").first?["v"] }
      let before = try value()
      let hostile = row.replacing(stands, with: said)
      let answer = try await Self.send(world, Self.second, hostile)
      #expect(answer["enrolled"] == 1 && answer.list("notes").contains { $0["reason"] as? String == "proposed" })
      #expect(try value() == before)
      // Neither does it count by being said again, now that the child is on its roll.
      #expect(try await Self.send(world, Self.second, hostile)["unchanged"] == 1)
      #expect(try value() == before)
      let change = try #require(try await world.send(.get, "/pupil-changes").list("changes").first)
      #expect(change["fields"] as? [String] == [field] && change["school"] as? String == Self.second)
      #expect(change["saidBy"] as? String == "user-school" && change["saidAt"] is String)
      #expect(try await Self.decide(world, "reject").status == 200)
      let again = try await Self.send(world, Self.second, hostile)
      #expect(again.list("notes").contains { $0["reason"] as? String == "record-kept" }, "\(again.text)")
      #expect(try await world.send(.get, "/pupil-changes").list("changes").isEmpty, "it is not asked again")
      #expect(try value() == before)
      // The school that holds the child may.
      #expect(try await Self.send(world, World.school, hostile)["changed"] == 1)
      #expect(try value() != before)
      let written = try world.sql("SELECT action FROM audit_log WHERE subject = '\(id)'").map { $0["action"] as String }
      #expect(written.filter { $0 == "pupil.entry.written" }.count == 3 && written.contains("pupil.decided.written"))
    }
  }

  @Test func anAcceptedProposalCounts() async throws {
    try await Self.run { world in
      let id = try await Self.child(world)
      let said = World.pupil(0, #","sex":"F""#).replacing("Quarrington", with: "Vellacott")
      _ = try await Self.send(world, Self.second, said)
      #expect(try await Self.decide(world, "accept").list("decisions").first?["state"] as? String == "accepted")
      #expect(try await world.send(.get, "/pupils/\(id)")["familyName"] == "Vellacott")
      #expect(try await world.all(PupilEnrolled.self).suffix(2).map(\.familyName) == ["Vellacott", "Vellacott"])
      let other = try await world.send(.post, "/pupil-changes/reject", #"{"numbers":[1],"reason":"No"}"#)
      #expect(other.status == 409, "decided otherwise")
    }
  }

  /// When the first school says that the child has left, the next one's word stands.
  @Test func theNextSchoolHoldsAChildThatLeft() async throws {
    try await Self.run { world in
      let id = try await Self.child(world, #","leftOn":"2026-09-04","ground":"a""#)
      let moved = World.pupil(0).replacing("2024-09-02", with: "2026-09-07")
      #expect(try await Self.send(world, Self.second, moved)["enrolled"] == 1)
      let corrected = moved.replacing("Quarrington", with: "Vellacott")
      #expect(try await Self.send(world, Self.second, corrected)["changed"] == 1)
      #expect(try await world.send(.get, "/pupils/\(id)")["familyName"] == "Vellacott")
      let old = World.pupil(0, #","leftOn":"2026-09-04","ground":"a""#)
      #expect(try await Self.send(world, World.school, old).list("notes").first?["reason"] as? String == "proposed")
      #expect(try await world.send(.get, "/pupils/\(id)")["familyName"] == "Vellacott")
    }
  }

  @Test func contactsBelongToTheSchoolThatStatedThem() async throws {
    try await Self.run { world in
      let id = try await Self.child(world, #","contacts":[\#(Self.contact)]"#)
      func names() async throws -> [String] {
        try await world.send(.get, "/pupils/\(id)").list("contacts").compactMap { $0["givenName"] as? String }
      }
      let empty = World.pupil(0, #","contacts":[]"#)
      _ = try await Self.send(world, Self.second, empty)
      #expect(try await names() == ["Ada"], "another school's empty list")
      let own = World.pupil(0, #","contacts":[{"givenName":"Bo","familyName":"Tarn","telephone":"01632 960005"}]"#)
      _ = try await Self.send(world, Self.second, own)
      #expect(try await names() == ["Ada", "Bo"])
      _ = try await Self.send(world, Self.second, empty)
      #expect(try await names() == ["Ada"], "its own")
      // Nor one by one.
      let number: Int64 = try #require(
        try world.sql("SELECT number FROM contacts WHERE given_name = 'Ada'").first?["number"])
      let changed = try await world.send(
        .put, "/pupils/\(id)/contacts/\(number)", as: .school, schools: [Self.second],
        #"{"givenName":"Ada","familyName":"Tarn","telephone":"01632 960666"}"#)
      #expect(changed["changed"] == false && changed["waiting"] == true, "\(changed.text)")
      #expect(
        try world.sql("SELECT telephone FROM contacts WHERE number = \(number)").first?["telephone"] == "01632 960001")
      #expect(try await world.send(.get, "/pupil-changes").list("changes").first?["kind"] as? String == "contact")
      #expect(try await Self.decide(world, "accept").status == 200)
      #expect(
        try world.sql("SELECT telephone FROM contacts WHERE number = \(number)").first?["telephone"] == "01632 960666")
      _ = try await Self.send(world, World.school, World.pupil(0, #","sex":"F","contacts":[]"#))
      #expect(try await names().isEmpty, "the school that stated it ends it")
    }
  }

  /// Only an officer takes a protection away: on record, counted, and to be seen today.
  @Test func onlyAnOfficerLowersAProtection() async throws {
    try await Self.run { world in
      let hidden = Self.contact.replacing("{", with: #"{"addressProtected":true,"safeToContact":false,"#)
      let shown = Self.contact.replacing("{", with: #"{"addressProtected":false,"safeToContact":true,"#)
      let id = try await Self.child(world, #","addressProtected":true,"contacts":[\#(hidden)]"#)
      func protections() throws -> [Int] {
        let pupil = try world.sql("SELECT address_protected AS p FROM pupils").first?["p"] as Int?
        let contacts = try world.sql(
          "SELECT address_protected + 2 * (1 - safe_to_contact) AS p FROM contacts WHERE last IS NULL")
        return [pupil ?? -1] + contacts.map { $0["p"] }
      }
      #expect(try protections() == [1, 3])
      // The school that holds the child cannot: neither by a file, nor by leaving the contact out, nor by one contact.
      let lowering = World.pupil(0, #","sex":"F","addressProtected":false,"contacts":[\#(shown)]"#)
      let noted = try await Self.send(world, World.school, lowering)
      #expect(noted.list("notes").map { $0["reason"] as? String } == ["proposed"])
      #expect(try protections() == [1, 3])
      _ = try await Self.send(world, World.school, World.pupil(0, #","sex":"F","contacts":[]"#))
      _ = try await Self.send(world, World.school, World.pupil(0, #","sex":"F","contacts":[\#(Self.contact)]"#))
      #expect(try protections() == [1, 3], "by way of an empty list")
      let number: Int64 = try #require(try world.sql("SELECT number FROM contacts").first?["number"])
      let renamed = shown.replacing("Ada", with: "Ida")
      for body in [shown, renamed] {
        let changed = try await world.send(
          .put, "/pupils/\(id)/contacts/\(number)", as: .school, schools: [World.school], body)
        #expect(changed["waiting"] == true, "\(changed.text)")
      }
      #expect(try protections() == [1, 3])
      let entry = try await Self.get(world, "/pupils/\(id)", at: World.school)
      #expect(entry.list("contacts").allSatisfy { $0["address"] == nil } && !entry.text.contains("Quay Row"))
      #expect(try await !world.send(.get, "/metrics", as: nil).text.contains("registers_protections_lowered_total{"))

      // An officer can, by the school's list or by accepting.
      #expect(try await world.enter([World.pupil(0, #","sex":"F","addressProtected":false"#)]).answer["changed"] == 1)
      #expect(try protections() == [0, 3])
      #expect(try await Self.decide(world, "accept").status == 200)
      #expect(try protections() == [0, 0])
      let metrics = try await world.send(.get, "/metrics", as: nil).text
      for protection in ["address", "contact"] {
        #expect(
          metrics.contains("registers_protections_lowered_total{protection=\"\(protection)\"} 1"), "\(protection)")
      }
      let audited = try world.sql(
        "SELECT role FROM audit_log WHERE action = 'pupil.protection.written' AND subject = '\(id)'")
      #expect(audited.map { $0["role"] as String } == ["attendance-officer", "attendance-officer"])
    }
  }

  /// A former number does not lead to another child's record, and no school renumbers another's child.
  @Test func aFormerNumberTakesNothingOver() async throws {
    try await Self.run { world in
      let id = try await Self.child(world)
      // Another child, with the first one's number as its former one.
      let twin = World.pupil(5, #","sex":"M","formerUPN":"\#(MadeUp.upn(0))""#).replacing("Zed5", with: "Edwin")
      let entered = try await Self.send(world, Self.second, twin)
      #expect(entered["enrolled"] == 1 && entered.list("pupils").first?["id"] as? String != id)
      #expect(
        try await world.send(.get, "/matches").list("pairs").map { $0["grounds"] as? [String] } == [["former-upn"]])
      // The same child under a number that the second school gives it.
      let renumbered = World.pupil(7, #","sex":"F","formerUPN":"\#(MadeUp.upn(0))""#).replacing("Zed7", with: "Zed0")
      let sent = try await Self.send(world, Self.second, renumbered)
      #expect(sent.list("notes").contains { $0["reason"] as? String == "proposed" }, "\(sent.text)")
      #expect(try await world.send(.get, "/pupils/\(id)")["upn"] == MadeUp.upn(0).text)
      let waiting = try await world.upload(["\(MadeUp.upn(7)),2026-09-07,AM,/"], school: Self.second)
      #expect(waiting.counts == [0, 0, 0, 0, 1, 0])
      let own = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,/"])
      #expect(own.counts == [1, 0, 0, 0, 0, 0], "the first school's number goes on")
      let changes = try await world.send(.get, "/pupil-changes").list("changes")
      let number = try #require(changes.first { $0["pupil"] as? String == id }?["number"] as? Int)
      let yes = try await world.send(.post, "/pupil-changes/accept", #"{"numbers":[\#(number)],"reason":"Seen"}"#)
      #expect(yes.list("decisions").first?["released"] as? Int == 1, "\(yes.text)")
      let entry = try await world.send(.get, "/pupils/\(id)")
      #expect(entry["upn"] == MadeUp.upn(7).text && entry["formerUPNs"] == [MadeUp.upn(0).text])
    }
  }

  /// A flag that stands is not ended by a second school.
  @Test func aStandingFlagStays() async throws {
    try await Self.run { world in
      let id = try await Self.child(world)
      _ = try await Self.send(world, Self.second, World.pupil(0, #","sex":"F""#))
      let path = "/pupils/\(id)/flags/free-meals"
      func put(_ school: String, _ body: String) async throws -> Int {
        try await world.send(.put, path, as: .school, schools: [school], body).status
      }
      #expect(try await put(World.school, #"{"first":"2026-09-01"}"#) == 200)
      #expect(try await put(Self.second, #"{"first":"2026-09-01","last":"2026-09-02"}"#) == 409)
      #expect(try world.sql("SELECT last FROM flags").first?["last"] == nil)
      #expect(try await put(World.school, #"{"first":"2026-09-01","last":"2026-09-02"}"#) == 200)
    }
  }

  /// Who is bound to some schools decides nothing of another's child.
  @Test func officersOfSomeSchoolsDecideNothing() async throws {
    try await Self.run { world in
      _ = try await Self.child(world, #","addressProtected":true"#)
      _ = try await Self.send(world, Self.second, World.pupil(0, #","sex":"F""#))
      for (method, path, body) in [
        (HTTPRequest.Method.get, "/pupil-changes", nil),
        (.post, "/pupil-changes/accept", #"{"numbers":[1],"reason":"x"}"#),
        (.get, "/double-registrations", nil),
      ] as [(HTTPRequest.Method, String, String?)] {
        #expect(try await world.send(method, path, schools: [Self.second], body).status == 403, "\(path)")
      }
      #expect(try await world.send(.post, "/pupil-changes/accept", #"{"numbers":[99],"reason":"x"}"#).status == 404)
      #expect(try await world.send(.post, "/pupil-changes/accept", #"{"numbers":[],"reason":"x"}"#).status == 422)
      #expect(try await world.send(.post, "/pupil-changes/accept", #"{"numbers":[1],"reason":" "}"#).status == 422)
    }
  }

  /// A protected or flagged child joins a new roll by an officer's confirmation: nothing is read before, nothing is lost.
  @Test(arguments: special.map(\.name)) func aSpecialChildWaits(_ name: String) async throws {
    let special = try #require(Self.special.first { $0.name == name })
    try await Self.run { world in
      let id = try await Self.child(world, special.more)
      if let flag = special.flag {
        let set = try await world.send(.put, "/pupils/\(id)/flags/\(flag)", #"{"first":"2026-01-01"}"#)
        #expect(set.status == 200)
      }
      let row = World.pupil(0, #","sex":"F","addressProtected":false"#)
      let sent = try await Self.send(world, Self.second, row, World.pupil(1))
      #expect(sent["waiting"] == 1 && sent["enrolled"] == 1 && sent["refused"] == 0)
      #expect(!sent.text.contains(id) && !sent.text.contains(World.school), "nothing of the child")
      let words = sent.text.lowercased()
      for word in ["protect", "flag", "social", "care", "plan", "danger"] { #expect(!words.contains(word), "\(word)") }
      // A doubtful row reads the same, so that waiting says nothing.
      let doubtful = try await Self.send(world, Self.second, World.pupil(1).replacing("Zed1", with: "Edwina"))
      #expect(doubtful.list("notes").first?["detail"] as? String == sent.list("notes").first?["detail"] as? String)
    }
  }
}
