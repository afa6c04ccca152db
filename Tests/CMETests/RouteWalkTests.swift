import CMEDomain
import Contracts
import Foundation
import Rulebook
import ServiceKit
import ServiceTestKit
import Testing

@testable import CMEService

/// Every route of cme, called by those it is not for and by those it is for.
@Suite("Every route of cme", .timeLimit(.minutes(5))) struct CMERouteWalkTests {
  private static let act =
    #"{"act":"contact","reason":"Called","facts":{},"overriding":[],"evidence":[],"owner":{"role":"manager"}}"#

  static func screening(_ answers: [SafeguardingQuestion: String] = [:]) -> String {
    let all = SafeguardingQuestion.allCases.map {
      #"{"question":"\#($0.rawValue)","answer":"\#(answers[$0] ?? "no")"}"#
    }
    return #"{"answers":[\#(all.joined(separator: ","))],"reason":"Asked the school"}"#
  }

  static let alert = """
    {"authority":"878","reason":"Seen there","name":{"given":"Ada","family":"Made-Up"},"dateOfBirth":"2016-11-30","sex":"F",
    "upn":"A880123456789",
    "knownNames":[{"given":"Ada","family":"Invented"}],"lastSchool":"Made-up Primary","lastAttended":"2026-10-01",
    "lastAddress":["1 Made-up Street"],"believedAddress":["2 Made-up Street"],"parents":[{"name":"A Parent",
    "relationship":"mother","contacts":["01632 960001"]}],"siblings":[{"given":"Bo","dateOfBirth":"2018-01-01"}],
    "planAuthority":"880","socialWorker":"01632 960002","urgentNumber":"01632 960003","languages":["English"],
    "sender":{"name":"An Officer","role":"CME officer","telephone":"01632 960000"}}
    """.replacing("A880123456789", with: "A880123456789".withCheckLetter)

  private static func walk(_ body: @Sendable @escaping (RouteWalk) async throws -> Void) async throws {
    try await CMEApplication.run { service in
      try await body(
        RouteWalk(
          service, school: CMEApplication.school, otherSchool: CMEApplication.theirs,
          path: ["id": "c1", "number": "4"],
          rows: [
            "GET /audit/anchor": .init("head=120.9f86d081884c7d659a2feaa0&reader=notifier", holdsRecords: false),
            "POST /audit/chain/acknowledgements": .init(body: #"{"breaks":["1"],"reason":"Seen"}"#),
            "GET /events": .init("after=0&limit=10"), "POST /parked/{id}/retry": .init(path: ["id": "1"]),
            "POST /parked/{id}/discard": .init(path: ["id": "1"]),
            "GET /audit": .init("subject=\(CMEApplication.pupil)&after=0&verify=page"),
            "GET /export": .init("table=cases&format=jsonl&after=0"),
            "GET /pupils/{id}/subject-access": .init(path: ["id": CMEApplication.pupil]),
            "GET /cases": .init("", "state=all&after=0"), "GET /cases/{id}": .init("", "asAt=2026-12-01T00:00:00Z"),
            "GET /cases/{id}/history": .init("", "after=1"), "POST /cases/{id}/acts": .init(body: act),
            "POST /cases/{id}/allocation": .init(
              body: #"{"owner":{"role":"cme-officer","person":"u-officer"},"reason":"Named officer"}"#),
            "POST /cases/{id}/second": .init(body: #"{"agrees":false,"reason":"Not yet"}"#),
            "POST /cases/{id}/decisions/{number}/uphold": .init(
              body: #"{"reason":"Still so","evidence":[],"overriding":[]}"#),
            "GET /tasks": .init("", "mine=false&dueBy=2027-01-01&kind=second&after=0"),
            "GET /tasks/figures": .init(holdsRecords: false),
            "GET /children/{id}/chronology": .init(path: ["id": CMEApplication.pupil]),
            "POST /searches": .init(
              body: #"{"pupil":"p000000003","trigger":"T9","reason":"Seen in town","evidence":[]}"#),
            "POST /cases/{id}/safeguarding": .init(body: screening()),
            "GET /cases/{id}/safeguarding": .init(holdsRecords: false),
            "GET /cases/{id}/enquiry": .init(holdsRecords: false),
            "POST /cases/{id}/checks": .init(
              body: #"{"item":5,"part":"authority","askedOn":"2026-11-30","result":"not-found","evidence":"s2s-1"}"#),
            "POST /cases/{id}/statement": .init(
              body:
                #"{"ground":"i","finding":"not-found","unavoidable":false,"daysShown":true,"schoolOfficer":"Lead"}"#),
            "POST /cases/{id}/alerts": .init(body: alert), "GET /alerts": .init("after=0", holdsRecords: false),
            "GET /alerts/{id}": .init(path: ["id": "c3"], holdsRecords: false),
            "POST /alerts/{id}/acknowledgement": .init(
              path: ["id": "c3"], body: #"{"known":true,"officer":"R Kite","reason":"Known here"}"#),
            "POST /alerts/{id}/sighting": .init(
              path: ["id": "c3"], body: #"{"provision":"Made-up Academy","reason":"On its roll"}"#),
            "POST /alerts/{id}/not-here": .init(path: ["id": "c3"], body: #"{"reason":"Nobody knows the child"}"#),
            "POST /alerts/{id}/closing": .init(path: ["id": "c4"], body: #"{"reason":"No longer needed"}"#),
            "POST /cases/{id}/questions": .init(
              body:
                #"{"name":{"given":"Ada","family":"Made-Up"},"dateOfBirth":"2016-11-30","upn":null,"reason":"Lost"}"#),
            "GET /cases/{id}/questions": .init(holdsRecords: false),
            "GET /leads": .init("after=0", holdsRecords: false),
            "POST /leads/{id}/answer": .init(path: ["id": "c5"], body: #"{"isPossible":true,"reason":"On our roll"}"#),
            "POST /alert-keys": .init(body: #"{"first":"2026-12-14"}"#),
            "GET /collection": .init("on=2026-11-30", holdsRecords: false),
            "GET /figures/missing-out": .init("from=2026-10-01&to=2026-12-31", holdsRecords: false),
            "GET /figures/mobility": .init("from=2026-10-01&to=2026-12-31", holdsRecords: false),
            "GET /not-in-school": .init(holdsRecords: false),
            "GET /figures/located": .init("from=2026-09-01&to=2026-12-31", holdsRecords: false),
          ].merging(MoreRows.all) { first, _ in first },
          ofTheSchool: [CMEApplication.pupil, "report-of-900101", "Reason of 900101"]))
    }
  }

  @Test func foreignCallersAreKeptOut() async throws { try await Self.walk { try await $0.foreignCallersAreKeptOut() } }
  @Test func ownCallersAreLetIn() async throws { try await Self.walk { try await $0.ownCallersAreLetIn() } }
  @Test func queriesAreAsDescribed() async throws { try await Self.walk { try await $0.queriesAreAsDescribed() } }
  @Test func writesAreDoneOnce() async throws {
    try await Self.walk {
      try await $0.writesAreDoneOnce(
        questions: MoreRows.questions,
        refused: MoreRows.refused.union([
          "POST /parked/{id}/retry", "POST /parked/{id}/discard", "POST /audit/chain/acknowledgements",
          // Nothing waits for a second person, and the first role may not allocate.
          "POST /cases/{id}/second", "POST /cases/{id}/allocation",
        ]))
    }
  }
  @Test func staleEditsAreRefused() async throws { try await Self.walk { try await $0.staleEditsAreRefused() } }
  @Test func formsRefuseUnknownFields() async throws { try await Self.walk { try await $0.formsRefuseUnknownFields() } }
}
