import Contracts
import Foundation
import HTTPTypes
import Rulebook
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import LicensingDomain
@testable import LicensingService

/// Every route of licensing, called by those it is not for and by those it is for.
@Suite("Every route of licensing", .timeLimit(.minutes(5))) struct RouteWalkTests {
  static func json(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
  }

  static func permitForm(_ permit: PermitApplication = MadeUpForms.permit) throws -> String {
    #"{"pupil":"p000000001","school":"900101","application":\#(try json(permit))}"#
  }

  static func licenceForm() throws -> String {
    let day = Day(iso: "2026-12-28") ?? Day(ordinal: 0)
    return #"{"pupil":"p000000001","school":"900101","application":\#(try json(MadeUpForms.licence([day])))}"#
  }

  static let letter = #"""
    {"letter":"missing","child":"Ada Made-Up","answerBy":"2026-12-14","recipients":[{"id":"party-1","name":"A Shop",
    "address":["1 Street"]}]}
    """#

  static let schedule = #"""
    {"rows":[{"who":"c1","born":"2014-05-31","what":"place","start":"2026-12-05T10:00","end":"2026-12-05T23:30"}]}
    """#

  static var record: String {
    let checks = InspectionCheck.allCases.map { #"{"check":"\#($0.rawValue)","isMet":true}"# }.joined(separator: ",")
    return #"""
      {"checks":[\#(checks)],"childrenSeen":2,"findings":[{"rule":"CE-LATE","of":"c1","time":"19:30","words":"Worked"}]}
      """#
  }

  /// The kinds of case: where they are, one of them, and an act that its state allows.
  private static let kinds = [
    ("/work-permits", "c1", "ask"), ("/performance-licences", "c3", "ask"),
    ("/chaperone-approvals", "c5", "vet"), ("/body-approvals", "c6", "check"), ("/inspections", "c7", "cancel"),
  ]

  private static func rowsOfCases() -> [String: RouteWalk.Row] {
    kinds.reduce(into: [:]) { rows, kind in
      let (path, id, act) = kind
      let one = ["id": id]
      rows["GET \(path)"] = .init("", "state=all&after=0")
      rows["GET \(path)/{id}"] = .init(path: one, "", "asAt=2026-12-01T00:00:00Z")
      rows["GET \(path)/{id}/history"] = .init(path: one, "", "after=1")
      // Nothing is decided yet.
      rows["GET \(path)/{id}/why"] = .init(path: one)
      rows["POST \(path)/{id}/acts"] = .init(
        path: one, body: #"{"act":"\#(act)","reason":"A reason","facts":{},"overriding":[],"evidence":[],"owner":null}"#
      )
      rows["POST \(path)/{id}/allocation"] = .init(
        path: one, body: #"{"owner":{"role":"licensing-officer","person":"u-officer"},"reason":"Named officer"}"#)
      rows["POST \(path)/{id}/second"] = .init(path: one, body: #"{"agrees":false,"reason":"Not yet"}"#)
      rows["POST \(path)/{id}/decisions/{number}/uphold"] = .init(
        path: one, body: #"{"reason":"Still so","evidence":[],"overriding":[]}"#)
    }
  }

  private static func rowsOfLicensing() throws -> [String: RouteWalk.Row] {
    let party = #"{"name":"Somebody","address":["1 Street"],"contact":"01632 960000"}"#
    var rows: [String: RouteWalk.Row] = [
      "GET /byelaws": .init(holdsRecords: false),
      "POST /byelaws": .init(
        body: try json(
          ByelawRoutes.Form(
            byelaws: Byelaws(
              authority: "880", madeOn: Day(ordinal: 20_000), inForceFrom: Day(ordinal: 20_000), modelYear: 1998,
              reference: "Byelaws", rows: Byelaws.model1998)))),
      "GET /leave-matches": .init("from=2026-11-30&to=2026-12-31"),
      "GET /children/{id}/suitability": .init(path: ["id": LicensingApplication.pupil]),
      "GET /children/{id}/days": .init(path: ["id": LicensingApplication.pupil], "from=2026-11-30&to=2026-12-31"),
      "GET /figures": .init("from=2026-09-01&to=2026-12-31"),
      "GET /figures/cases": .init("from=2026-09-01&to=2026-12-31&kind=work-permit&measure=active"),
      "GET /host-authorities": .init(holdsRecords: false),
      "POST /host-authorities": .init(body: #"{"code":"936","address":["1 Street"]}"#),
      "GET /drafts": .init("", "after=0", holdsRecords: false),
      "GET /drafts/{id}": .init(path: ["id": "d3"], holdsRecords: false),
      "GET /drafts/{id}/documents/{number}": .init(path: ["id": "d3", "number": "1"], holdsRecords: false),
      "POST /drafts/{id}/case": .init(path: ["id": "d1"], body: #"{"pupil":"p000000001","school":"900101"}"#),
      "POST /drafts/{id}/closing": .init(path: ["id": "d2"], body: #"{"reason":"twice"}"#),
      "POST /inspections": .init(
        body: #"""
          {"visit":{"kind":"premises","isUnannounced":false,"subject":"party-4","place":"1 Street"},"at":"2026-12-07"}
          """#),
      "GET /inspections/{id}/record": .init(path: ["id": "c7"]),
      "POST /inspections/{id}/record": .init(path: ["id": "c7"], body: record),
      "POST /performance-licences/{id}/record-sheet/check": .init(
        path: ["id": "c3"], body: try json(RecordSheet(days: MadeUpForms.licence([Day(ordinal: 20_800)]).days))),
      "GET /chaperone-approvals/{id}/cards/{document}": .init(
        path: ["id": "c5", "document": "880-LI-2627-000001-K"], holdsRecords: false),
      "POST /schedules/check": .init("", "pictures=all", body: schedule),
      "GET /performance-licences/{id}/days": .init(path: ["id": "c3"]),
    ]
    for (path, id) in [("/chaperone-approvals", "c5"), ("/inspections", "c7")] {
      rows["POST \(path)/{id}/photographs"] = .init(path: ["id": id], type: "image/jpeg", body: "no photograph")
      rows["GET \(path)/{id}/photographs/{number}"] = .init(path: ["id": id, "number": "1"], holdsRecords: false)
    }
    for (path, id) in [("/work-permits", "c1"), ("/performance-licences", "c3")] {
      rows["POST \(path)/{id}/documents"] = .init(path: ["id": id], type: "application/pdf", body: "no document")
      rows["GET \(path)/{id}/documents/{number}"] = .init(path: ["id": id, "number": "1"], holdsRecords: false)
    }
    for path in ["/employers", "/licence-holders", "/chaperones", "/bodies"] {
      rows["GET \(path)"] = .init("", "after=0")
      rows["POST \(path)"] = .init(body: party)
    }
    for (path, id, form) in [
      ("/work-permits", "c1", try permitForm()), ("/performance-licences", "c3", try licenceForm()),
    ] {
      rows["POST \(path)"] = .init(body: form)
      rows["POST \(path)/check"] = .init(body: form)
      rows["GET \(path)/{id}/check"] = .init(path: ["id": id], holdsRecords: false)
      rows["GET \(path)/{id}/application"] = .init(path: ["id": id])
      let application =
        path == "/work-permits" ? try json(MadeUpForms.permit) : try json(MadeUpForms.licence([Day(ordinal: 20_800)]))
      rows["POST \(path)/{id}/application"] = .init(path: ["id": id], body: #"{"application":\#(application)}"#)
    }
    for (path, id, _) in kinds {
      rows["POST \(path)/{id}/letters"] = .init(path: ["id": id], body: letter)
      rows["GET \(path)/{id}/letters/{document}"] = .init(
        path: ["id": id, "document": "880-LI-2627-000001-K"], "", "format=html", holdsRecords: false)
    }
    return rows
  }

  private static func walk(_ body: @Sendable @escaping (RouteWalk) async throws -> Void) async throws {
    let common: [String: RouteWalk.Row] = [
      "GET /audit/anchor": .init("head=120.9f86d081884c7d659a2feaa0&reader=notifier", holdsRecords: false),
      "POST /audit/chain/acknowledgements": .init(body: #"{"breaks":["1"],"reason":"Seen"}"#),
      "GET /events": .init("after=0&limit=10", holdsRecords: false),
      "POST /parked/{id}/retry": .init(path: ["id": "1"]),
      "POST /parked/{id}/discard": .init(path: ["id": "1"]),
      "GET /audit": .init("subject=\(LicensingApplication.pupil)&after=0&verify=page"),
      "GET /export": .init("table=cases&format=jsonl&after=0"),
      "GET /pupils/{id}/subject-access": .init(path: ["id": LicensingApplication.pupil]),
      "GET /tasks": .init("", "mine=false&dueBy=2027-01-01&kind=second&after=0"),
      "GET /tasks/figures": .init(holdsRecords: false),
      "GET /children/{id}/chronology": .init(path: ["id": LicensingApplication.pupil]),
    ]
    let rows = common.merging(rowsOfCases()) { $1 }.merging(try rowsOfLicensing()) { $1 }
    try await LicensingApplication.run { service in
      try await body(
        RouteWalk(
          service, school: LicensingApplication.school, otherSchool: LicensingApplication.theirs,
          path: ["id": "c1", "number": "2"], rows: rows,
          ofTheSchool: [
            LicensingApplication.pupil, "Reason of 900101", "Reason of an approval", #""c1""#, #""c3""#, #""c5""#,
            #""c6""#, #""c7""#,
          ]))
    }
  }

  @Test func foreignCallersAreKeptOut() async throws { try await Self.walk { try await $0.foreignCallersAreKeptOut() } }
  @Test func ownCallersAreLetIn() async throws { try await Self.walk { try await $0.ownCallersAreLetIn() } }
  @Test func queriesAreAsDescribed() async throws { try await Self.walk { try await $0.queriesAreAsDescribed() } }
  @Test func writesAreDoneOnce() async throws {
    let undecided = Self.kinds.flatMap { path, _, _ in
      // Nothing waits for a second person, nothing is decided yet, and a manager gives cases to people.
      ["second", "decisions/{number}/uphold", "allocation"].map { "POST \(path)/{id}/\($0)" }
    }
    try await Self.walk {
      try await $0.writesAreDoneOnce(
        questions: [
          "POST /work-permits/check", "POST /performance-licences/check", "POST /schedules/check",
          "POST /performance-licences/{id}/record-sheet/check",
        ],
        refused: Set(undecided).union([
          "POST /parked/{id}/retry", "POST /parked/{id}/discard", "POST /audit/chain/acknowledgements",
          // Who has only applied has no card and no approval.
          "POST /chaperone-approvals/{id}/letters", "POST /body-approvals/{id}/letters",
          "POST /inspections/{id}/letters",
          // The bytes are no photograph.
          "POST /chaperone-approvals/{id}/photographs", "POST /inspections/{id}/photographs",
          "POST /work-permits/{id}/documents", "POST /performance-licences/{id}/documents",
          // The visit has been cancelled by the walk itself.
          "POST /inspections/{id}/record",
        ]))
    }
  }
  @Test func staleEditsAreRefused() async throws { try await Self.walk { try await $0.staleEditsAreRefused() } }
  @Test func formsRefuseUnknownFields() async throws { try await Self.walk { try await $0.formsRefuseUnknownFields() } }
}
