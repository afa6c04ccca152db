import Foundation
import HTTPTypes
import Rulebook
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import LicensingDomain
@testable import LicensingService

/// Visits, photographs and suspensions over HTTP.
@Suite("Inspections, photographs and suspensions", .timeLimit(.minutes(5))) struct InspectionTests {
  private static func act(_ name: String, _ facts: String = "{}") -> String {
    #"{"act":"\#(name)","reason":"A reason","facts":\#(facts)}"#
  }

  private static func officer(
    _ service: BuiltProgram, _ path: String, _ body: String, expecting status: Int = 200
  ) async throws -> String {
    let answer = try await service.send(.post, path, as: "u-officer", .licensingOfficer, body: body)
    #expect(answer.status == status, "\(path): \(answer.status) \(answer.text)")
    return answer.text
  }

  @Test("From the plan to the findings in writing; a safeguarding referral is made on the day")
  func inspection() async throws {
    try await LicensingApplication.run { service in
      let visit = Self.act("visit", #"{"outcome":"advice","referred":"none","follow-up":"2026-12-14"}"#)
      let early = try await Self.officer(service, "/inspections/c7/acts", visit, expecting: 409)
      #expect(early.contains("recorded"))
      let wrong = RouteWalkTests.record.replacing("CE-LATE", with: "CE-WRONG")
      let refused = try await Self.officer(service, "/inspections/c7/record", wrong, expecting: 422)
      #expect(refused.contains("/findings/0/rule"))
      _ = try await Self.officer(service, "/inspections/c7/record", RouteWalkTests.record)
      let referral = Self.act(
        "visit", #"{"outcome":"safeguarding-referral","referred":"2026-12-01","follow-up":"none"}"#)
      #expect(try await Self.officer(service, "/inspections/c7/acts", referral, expecting: 409).contains("referral"))
      let visited = try await Self.officer(service, "/inspections/c7/acts", visit)
      #expect(visited.contains("Send the findings in writing") && visited.contains("2026-12-07"), "five working days")
      let tell = Self.act("tell")
      _ = try await Self.officer(service, "/inspections/c7/acts", tell, expecting: 409)
      let letter = #"{"letter":"findings","recipients":[{"id":"party-1","name":"A Shop","address":["1 Street"]}]}"#
      let issued = try await Self.officer(service, "/inspections/c7/letters", letter)
      let number = try #require(issued.firstMatch(of: /"documents":\["([^"]+)"/)?.1)
      let page = try await service.send(.get, "/inspections/c7/letters/\(number)", as: "u-m", .manager).text
      #expect(page.contains("CE-LATE, 19:30") && page.contains("Monday 14 December 2026") && !page.contains("code"))
      #expect(try await Self.officer(service, "/inspections/c7/acts", tell).contains(#""state":"told""#))
      #expect(try await Self.officer(service, "/inspections/c7/acts", Self.act("close")).contains(#""state":"closed""#))
    }
  }

  @Test("A photograph is known by its bytes, kept outside the store, and printed on the card")
  func photograph() async throws {
    try await LicensingApplication.run { service in
      func send(_ bytes: String, _ type: String) async throws -> (status: Int, text: String) {
        let answer = try await service.send(
          .post, "/chaperone-approvals/c5/photographs", as: "u-officer", .licensingOfficer, type: type, body: bytes)
        return (answer.status, answer.text)
      }
      for hostile in ["#!/bin/sh\nexit", "<svg onload=alert(1)>", "MZ\u{0}", "%PDF-1.7", "GIF89a", ""] {
        #expect(try await send(hostile, "image/jpeg").status == 415, "\(hostile.prefix(8))")
      }
      let large = String(repeating: "x", count: UploadStore.mostBytes + 1)
      #expect(try await send(large, "image/png").status == 413)
      let folder = "\(service.path).uploads"
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [], "nothing of those is kept")
      let answer = try await service.upload(
        "/chaperone-approvals/c5/photographs", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x01],
        type: "image/jpeg", as: "u-officer", .licensingOfficer)
      #expect(answer.status == 200, "\(answer.text)")
      let kept = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(kept.count == 1 && kept[0].count == 64)
      let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(kept[0])")[.posixPermissions] as? Int
      #expect(mode == 0o600)
      let back = try await service.send(.get, "/chaperone-approvals/c5/photographs/1", as: "u-m", .manager)
      #expect(back.headers[.contentType] == "image/png", "what it is, not what it was called")
      #expect(back.headers[.contentDisposition]?.hasPrefix("attachment") == true)
      try await Self.approve(service)
      let card = #"{"letter":"card","recipients":[{"id":"party-3","name":"Made Up","address":["1 Street"]}]}"#
      let issued = try await Self.officer(service, "/chaperone-approvals/c5/letters", card)
      let number = try #require(issued.firstMatch(of: /"documents":\["([^"]+)"/)?.1)
      let page = try await service.send(.get, "/chaperone-approvals/c5/cards/\(number)", as: "u-m", .manager)
      #expect(page.text.contains("data:image/png;base64,iVBORw0KGgo") && page.text.contains("?code="))
    }
  }

  private static func approve(_ service: BuiltProgram) async throws {
    for (name, facts) in [
      ("vet", "{}"), ("invite", #"{"references":true,"identity":true,"certificate":true}"#),
      ("approve", #"{"training":true,"from":"2026-11-30","until":"2029-11-29"}"#),
    ] { _ = try await officer(service, "/chaperone-approvals/c5/acts", act(name, facts)) }
  }

  @Test(
    "A suspension tells the chaperone and the holders who need one at once, without a reason, and questions licences")
  func suspension() async throws {
    try await LicensingApplication.run { service in
      try await Self.approve(service)
      let day = try #require(Day(iso: "2026-12-28"))
      let form = try RouteWalkTests.json(MadeUpForms.licence([day], chaperone: "party-3"))
      let entered = try await Self.officer(
        service, "/performance-licences", #"{"pupil":"p000000001","school":"900101","application":\#(form)}"#)
      let id = try #require(entered.firstMatch(of: /"id":"(c\d+)"/)?.1)
      _ = try await Self.officer(service, "/performance-licences/\(id)/acts", Self.act("complete"))
      _ = try await Self.officer(
        service, "/performance-licences/\(id)/acts", Self.act("grant", #"{"fit":true,"care":true,"education":true}"#))
      let suspend = Self.act("suspend", #"{"ground":"allegation"}"#)
      _ = try await Self.officer(service, "/chaperone-approvals/c5/acts", suspend)
      let tasks = try await service.send(.get, "/tasks", as: "u-officer", .licensingOfficer).text
      #expect(tasks.contains("Look at the licence and the register again"), "\(tasks)")
      let told = (try RouteWalk.contents(ofStore: service.path)["documents"] ?? []).filter {
        $0.contains("licensing.chaperone-suspension")
      }
      #expect(told.count == 2 && told.contains { $0.contains("party-3") } && told.contains { $0.contains("party-2") })
      let pages = try RouteWalk.contents(ofStore: service.path)["document_contents"] ?? []
      #expect(!pages.contains { $0.contains("llegation") })
    }
  }
}
