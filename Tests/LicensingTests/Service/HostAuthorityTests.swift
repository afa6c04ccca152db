import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import LicensingDomain
@testable import LicensingService

/// The authority in whose area a child performs.
@Suite("The authority of the place", .timeLimit(.minutes(5))) struct HostAuthorityTests {
  private func act(_ name: String, _ facts: String = "{}") -> String {
    #"{"act":"\#(name)","reason":"A reason","facts":\#(facts)}"#
  }

  private static let letter = #"""
    {"letter":"licence","child":"Ada Made-Up","conditions":["No smoke on the stage"],
    "recipients":[{"id":"party-2","name":"A Theatre","address":["1 Street"]}]}
    """#

  /// What each document says, by its recipient.
  private func pages(_ service: BuiltProgram, _ kind: String) throws -> [String: String] {
    try DatabaseQueue(path: service.path).read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT d.recipient, CAST(c.html AS TEXT) FROM documents d JOIN document_contents c ON c.number = d.number
          WHERE d.kind = ?
          """, arguments: [kind]
      ).reduce(into: [:]) { $0[$1[0]] = $1[1] }
    }
  }

  @Test("It has the particulars with the licence, and is told of the revocation and of a suspended chaperone")
  func host() async throws {
    try await LicensingApplication.run { service in
      func officer(_ path: String, _ body: String, _ role: Role = .licensingOfficer) async throws -> (Int, String) {
        let answer = try await service.send(.post, path, as: "u-\(role)", role, body: body)
        return (answer.status, answer.text)
      }
      func done(_ path: String, _ body: String, _ role: Role = .licensingOfficer) async throws {
        let (status, text) = try await officer(path, body, role)
        #expect(status == 200, "\(path): \(text)")
      }
      try await done("/chaperone-approvals/c5/acts", act("vet"))
      try await done(
        "/chaperone-approvals/c5/acts", act("invite", #"{"references":true,"identity":true,"certificate":true}"#))
      try await done(
        "/chaperone-approvals/c5/acts", act("approve", #"{"training":true,"from":"2026-11-30","until":"2029-11-29"}"#))
      let day = Day(iso: "2026-12-28") ?? Day(ordinal: 0)
      let licence = try MadeUpForms.licence([day], chaperone: "party-3", placeAuthority: "936")
      try await done("/performance-licences/c3/application", #"{"application":\#(try RouteWalkTests.json(licence))}"#)
      try await done("/performance-licences/c3/acts", act("complete"))
      try await done("/performance-licences/c3/acts", act("grant", #"{"fit":true,"care":true,"education":true}"#))

      let early = try await officer("/performance-licences/c3/letters", Self.letter)
      #expect(early.0 == 409 && early.1.contains("host-authority-unknown"), "\(early.1)")
      #expect(try pages(service, PerformanceLicenceLetter.id).isEmpty, "the licence is not issued without it")
      for wrong in [
        #"{"code":"880","address":["1 Street"]}"#, #"{"code":"999","address":["1 Street"]}"#,
        #"{"code":"936","address":[]}"#,
      ] {
        #expect(try await officer("/host-authorities", wrong).0 == 422)
      }
      try await done("/host-authorities", #"{"code":"936","address":["County Hall","Old Street"]}"#)
      try await done("/host-authorities", #"{"code":"936","address":["County Hall","New Street"]}"#)
      try await done("/performance-licences/c3/letters", Self.letter)
      let told = try pages(service, HostAuthorityLetter.id)
      let page = try #require(told["authority-936"])
      for text in ["Ada Made-Up", "New Street", "Surrey", "10:00 to 14:00", "Party 3, number 3", "grant the licence"] {
        #expect(page.contains(text), "\(text)")
      }
      #expect(!page.contains("Old Street"))
      let own = try #require(try pages(service, PerformanceLicenceLetter.id)["party-2"])
      #expect(own.contains("No smoke on the stage") && own.contains("The school sends work"))

      try await done("/chaperone-approvals/c5/acts", act("suspend", #"{"ground":"allegation"}"#))
      let suspended = try pages(service, ChaperoneSuspensionLetter.id)
      #expect(Set(suspended.keys) == ["party-3", "party-2", "authority-936"])
      #expect(suspended.values.allSatisfy { !$0.contains("llegation") && !$0.contains("Ada") })

      try await done("/performance-licences/c3/acts", act("revoke", #"{"ground":"care"}"#))
      try await done("/performance-licences/c3/second", #"{"agrees":true,"reason":"Yes"}"#, .manager)
      try await done(
        "/performance-licences/c3/letters", Self.letter.replacing(#""licence","child""#, with: #""decision","child""#))
      let last = try await DatabaseQueue(path: service.path).read { db in
        try String.fetchAll(
          db,
          sql: """
            SELECT CAST(c.html AS TEXT) FROM documents d JOIN document_contents c ON c.number = d.number
            WHERE d.kind = ? ORDER BY d.running
            """, arguments: [HostAuthorityLetter.id])
      }
      #expect(last.count == 2 && last[1].contains("revoke the licence"), "\(last.last ?? "")")
    }
  }
}
