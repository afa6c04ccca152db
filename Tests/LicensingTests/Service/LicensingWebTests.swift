import Foundation
import HTTPTypes
import Letters
import Rulebook
import Schemas
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import LicensingDomain
@testable import LicensingService

/// What people do over HTTP.
@Suite("Licensing over HTTP", .timeLimit(.minutes(5))) struct LicensingWebTests {
  private static func value(_ text: String) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  private static func act(_ name: String, _ facts: String = "{}") -> String {
    #"{"act":"\#(name)","reason":"A reason","facts":\#(facts)}"#
  }

  @Test("From the check to the permit and its document; the check names what is wrong and how to put it right")
  func permit() async throws {
    try await LicensingApplication.run { service in
      func officer(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws -> JSONValue {
        let answer = try await service.send(method, path, as: "u-officer", .licensingOfficer, body: body)
        #expect(answer.status == 200, "\(path): \(answer.status) \(answer.text)")
        return try Self.value(answer.text)
      }
      let late = MadeUpForms.permit(from: ClockTime(16, 0), to: ClockTime(20, 0))
      let check = try await officer(.post, "/work-permits/check", RouteWalkTests.permitForm(late))
      let breach = try #require(check["breaches"].elements.first)
      #expect(breach["rule"] == "CE-LATE" && breach["fix"] == "End by 19:00.", "\(check)")
      let entered = try await officer(.post, "/work-permits", RouteWalkTests.permitForm(late))
      guard case .string(let id) = entered["id"] else {
        Issue.record("no case")
        return
      }
      _ = try await officer(.post, "/work-permits/\(id)/acts", Self.act("complete"))
      let refused = try await service.send(
        .post, "/work-permits/\(id)/acts", as: "u-officer", .licensingOfficer, body: Self.act("grant"))
      #expect(refused.status == 409 && refused.text.contains("lawful"), "\(refused.text)")
      let lawful = #"{"application":\#(try RouteWalkTests.json(MadeUpForms.permit))}"#
      #expect(try await officer(.post, "/work-permits/\(id)/application", lawful)["version"] == 2)
      #expect(try await officer(.get, "/work-permits/\(id)/check")["breaches"].elements == [])
      let early = try await service.send(
        .post, "/work-permits/\(id)/letters", as: "u-officer", .licensingOfficer, body: Self.letter("permit"))
      #expect(early.status == 409 && early.text.contains("no-such-letter"))
      #expect(
        try await officer(.post, "/work-permits/\(id)/acts", Self.act("grant"))["summary"]["state"] == "granted")
      let issued = try await officer(.post, "/work-permits/\(id)/letters", Self.letter("permit"))
      guard case .string(let number)? = issued["documents"].elements.first else {
        Issue.record("no document")
        return
      }
      let page = try await service.send(
        .get, "/work-permits/\(id)/letters/\(number)", as: "u-manager", .manager)
      for text in ["Ada Made-Up", "Party 1", "Saturday, school weeks", "09:00 to 12:00", "Model byelaws 1998"] {
        #expect(page.text.contains(text), "\(text) is not in the permit")
      }
    }
  }

  private static func letter(_ name: String) -> String {
    #"{"letter":"\#(name)","child":"Ada Made-Up","recipients":[{"id":"party-1","name":"A Shop","address":["1 Street"]}]}"#
  }

  @Test("A chaperone is approved, gets a card, is suspended; holders are told no reason")
  func chaperone() async throws {
    try await LicensingApplication.run { service in
      func officer(_ path: String, _ body: String) async throws -> (status: Int, text: String) {
        let answer = try await service.send(.post, path, as: "u-officer", .licensingOfficer, body: body)
        return (answer.status, answer.text)
      }
      let acts = [
        Self.act("vet"), Self.act("invite", #"{"references":true,"identity":true,"certificate":true}"#),
        Self.act("approve", #"{"training":true,"from":"2026-11-30","until":"2029-11-29"}"#),
      ]
      for act in acts {
        let answer = try await officer("/chaperone-approvals/c5/acts", act)
        #expect(answer.status == 200, "\(answer.text)")
      }
      let list = try await service.send(.get, "/chaperones", as: "u-manager", .manager)
      #expect(list.text.contains(#""state":"approved""#) && list.text.contains("2029-11-29"), "\(list.text)")
      let bare = try await officer("/chaperone-approvals/c5/letters", Self.letter("card"))
      #expect(bare.status == 422 && bare.text.contains("photograph is missing (SI 2014/3309 reg 15)"), "\(bare.text)")
      let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      let kept = try await service.upload(
        "/chaperone-approvals/c5/photographs", png, type: "image/png", as: "u-officer", .licensingOfficer)
      #expect(kept.status == 200, "\(kept.text)")
      #expect(try await officer("/chaperone-approvals/c5/letters", Self.letter("card")).status == 200)
      let suspend = Self.act("suspend", #"{"ground":"allegation"}"#)
      #expect(try await officer("/chaperone-approvals/c5/acts", suspend).status == 200)
      let told = try await officer("/chaperone-approvals/c5/letters", Self.letter("suspension"))
      guard case .string(let number)? = try Self.value(told.text)["documents"].elements.first else {
        Issue.record("no document")
        return
      }
      let page = try await service.send(
        .get, "/chaperone-approvals/c5/letters/\(number)", as: "u-manager", .manager)
      #expect(page.text.contains("is suspended") && !page.text.contains("llegation"), "\(page.text)")
    }
  }

  @Test("Looser byelaws are refused by row, and the same day is entered once")
  func byelaws() async throws {
    try await LicensingApplication.run { service in
      func enter(_ rows: [WorkLimit]) async throws -> (status: Int, text: String) {
        let byelaws = Byelaws(
          authority: "880", madeOn: Day(ordinal: 20_000), inForceFrom: Day(ordinal: 20_000), modelYear: 1998,
          reference: "Byelaws", rows: rows)
        let answer = try await service.send(
          .post, "/byelaws", as: "u-officer", .licensingOfficer,
          body: #"{"byelaws":\#(try RouteWalkTests.json(byelaws))}"#)
        return (answer.status, answer.text)
      }
      let looser = try await enter([WorkLimit(.latest, time: ClockTime(20, 0))])
      #expect(looser.status == 422 && looser.text.contains("/byelaws/rows/0"), "\(looser.text)")
      #expect(try await enter(Byelaws.model1998).status == 200)
      #expect(try await enter(Byelaws.model1998).status == 409)
    }
  }

  @Test("Leave in the register without a licence is listed; what employers are sent has no attendance figure")
  func leave() async throws {
    try await LicensingApplication.run { service in
      let list = try await service.send(
        .get, "/leave-matches?from=2026-11-30&to=2026-11-30", as: "u-officer", .licensingOfficer)
      let lines = try Self.value(list.text)["differences"].elements
      #expect(lines.count == 2 && lines.allSatisfy { $0["difference"] == "leave-without-licence" }, "\(list.text)")
      let wide = try await service.send(
        .get, "/leave-matches?from=2026-01-01&to=2026-12-31", as: "u-officer", .licensingOfficer)
      #expect(wide.status == 422)
      let names = Licensing.letters.filter { $0.id != SchoolViewLetter.id }.map { $0.template }.joined()
      #expect(!names.contains("attendance") && !names.contains("absence"))
    }
  }
}

extension JSONValue {
  fileprivate subscript(_ name: String) -> JSONValue {
    if case .object(let members) = self { members[name] ?? .null } else { .null }
  }
  fileprivate var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
}
