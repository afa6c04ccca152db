import Foundation
import GRDB
import HTTPTypes
import Rulebook
import Seeded
import ServiceKit
import Testing

/// Whatever a second school sends about a child that another school holds: the record, its numbers and the other school's
/// contacts stay, and no protection is lost.
@Suite(.timeLimit(.minutes(10))) struct HostileSchoolPropertyTests {
  private static let second = "900102"
  private static let rows = 120

  @Test(arguments: [UInt64(20_261_128), 7, 31]) func theRecordStays(_ seed: UInt64) async throws {
    try await World.run { world in
      try await world.open()
      try await world.open(Self.second)
      var generator = SeededGenerator(seed: seed)
      let contact = #","contacts":[{"givenName":"Ada","familyName":"Tarn","telephone":"01632 960001"}]"#
      let own = World.pupil(0, #","sex":"F""# + contact)
      #expect(try await world.enter([own]).answer["enrolled"] == 1)
      func record() throws -> String {
        let pupil = try world.sql(
          "SELECT id, upn, given_name, family_name, date_of_birth, sex, year_group FROM pupils WHERE number = 1")
        let contacts = try world.sql(
          "SELECT given_name, family_name, telephone, last FROM contacts WHERE pupil = 1 AND school = '\(World.school)'"
        )
        let numbers = try world.sql("SELECT upn FROM former_upns WHERE pupil = 1")
        return "\(pupil) \(contacts) \(numbers)"
      }
      func protections() throws -> Int {
        let rows = try world.sql(
          """
          SELECT address_protected + (SELECT sum(address_protected + 1 - safe_to_contact) FROM contacts
            WHERE pupil = 1 AND school = '\(World.school)') AS n FROM pupils WHERE number = 1
          """)
        return try #require(rows.first?["n"])
      }
      let before = try record()
      var (standing, outcomes) = (try protections(), Set<String>())
      for number in 0..<Self.rows {
        // Now and then the school that holds the child protects something of it.
        if number % 40 == 20 {
          let more = #","sex":"F","addressProtected":true"#
          #expect(try await world.enter([World.pupil(0, more)]).answer["refused"] == 0)
          standing = try protections()
          #expect(standing > 0)
        }
        let sent = try await world.send(
          .post, "/schools/\(Self.second)/pupils", as: .school, schools: [Self.second],
          #"{"pupils":[\#(Self.hostile(&generator))]}"#)
        #expect(sent.status == 200, "seed \(seed), row \(number): \(sent.text)")
        for outcome in ["enrolled", "changed", "unchanged", "waiting", "refused"] where sent[outcome] == 1 {
          outcomes.insert(outcome)
        }
        #expect(try record() == before, "seed \(seed), row \(number)")
        let now = try protections()
        #expect(now >= standing, "seed \(seed), row \(number): a protection is gone")
        standing = now
      }
      #expect(outcomes.isSuperset(of: ["enrolled", "changed", "refused", "waiting"]), "seed \(seed): \(outcomes)")
    }
  }

  /// A row about the child, or nearly.
  private static func hostile(_ generator: inout SeededGenerator) -> String {
    let upn = generator.pick([MadeUp.upn(0), MadeUp.upn(0), MadeUp.upn(0), MadeUp.upn(7)])
    var fields = [
      #""upn":"\#(upn)""#, #""givenName":"\#(generator.pick(["Zed0", "Zed0", "Zedd0", "Edwina", "Zed0 Mae"]))""#,
      #""familyName":"\#(generator.pick(["Quarrington", "Quarrington", "Vellacott"]))""#,
      #""dateOfBirth":"\#(generator.pick(["2016-05-04", "2016-05-04", "2016-04-05", "2014-11-27"]))""#,
      #""enrolledOn":"\#(generator.pick(["2026-09-01", "2026-09-02", "2025-09-01"]))""#,
    ]
    let more = [
      #""sex":"F""#, #""sex":"M""#, #""yearGroup":"6""#, #""addressProtected":false"#, #""addressProtected":true"#,
      #""contacts":[]"#, #""contacts":[{"givenName":"Ada","familyName":"Tarn","safeToContact":true,"telephone":"0"}]"#,
      #""contacts":[{"givenName":"Ada","familyName":"Tarn","addressProtected":false}]"#, #""status":"main""#,
      #""status":"subsidiary""#, #""leftOn":"2026-09-04""#, #""formerUPN":"\#(MadeUp.upn(0))""#,
      #""formerUPN":"\#(MadeUp.upn(9))""#,
    ]
    var names: Set<Substring> = []
    for _ in 0..<generator.within(0...4) {
      let field = generator.pick(more)
      if names.insert(field.prefix { $0 != ":" }).inserted { fields.append(field) }
    }
    return "{\(fields.joined(separator: ","))}"
  }
}
