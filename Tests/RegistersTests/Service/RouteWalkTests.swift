import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import ServiceTestKit
import Testing

/// Every route of the registers, called by those it is not for and by those it is for.
@Suite("Every route of the registers", .timeLimit(.minutes(10))) struct RouteWalkTests {
  private static let theirs = "900102"
  private static let past = "2026-09-07T12:00:00Z"
  private static let span = "from=2026-09-01&to=2026-09-30"

  /// What stands in the school's registers, of which every record names the child or the school.
  private static func fill(_ world: World) async throws -> RouteWalk {
    try await world.open()
    try await world.open(theirs)
    let child = try await Child(world, 0, at: World.school)
    let area = try await world.send(.put, "/areas/cluster/east", #"{"name":"East"}"#)
    #expect(area.status == 200, "\(area.text)")
    for (path, body) in [
      ("/pupils/\(child.id)/flags/looked-after", #"{"first":"2026-09-01"}"#), ("/dialects/own", dialect),
      ("/authorities/881/calendars/2026-27", calendar),
    ] {
      let answer = try await world.send(.put, path, body)
      #expect(answer.status == 200, "\(path): \(answer.text)")
    }
    let planned = try await world.send(.post, "/schools/\(World.school)/visits", #"{"plannedOn":"2026-09-07"}"#)
    #expect(planned.status == 201, "\(planned.text)")
    let visit = try #require(planned["number", as: Int.self])
    let action = #"{"action":"Look at codes","owner":"head teacher","dueOn":"2026-09-10"}"#
    let made = try await world.send(
      .post, "/visits/\(visit)/record",
      #"{"visitedOn":"2026-09-07","checks":[{"name":"codes","outcome":"met"}],"actions":[\#(action)]}"#)
    #expect(made.status == 200, "\(made.text)")
    world.move(to: MadeUp.day("2026-09-14"))
    return RouteWalk(
      world.routes, school: World.school, otherSchool: theirs,
      path: [
        "id": child.id, "sibling": child.id, "date": "2026-09-07", "session": "AM", "year": "2026-27", "code": "C1",
        "name": "own", "action": "1", "finding": child.finding, "number": "\(visit)", "person": child.person,
      ], rows: rows(child), ofTheSchool: [child.id, MadeUp.upn(0).text, "Zed0", World.school],
      send: { request in
        let answer = try await world.send(
          request.method, request.path, as: request.role, schools: request.schools, type: request.type,
          headers: request.headers, subject: request.subject, request.body)
        return .init(status: answer.status, text: answer.text)
      }, contents: { try ForeignChildTests.contents(world) })
  }

  private static func rows(_ child: Child) -> [String: RouteWalk.Row] {
    [
      "GET /pupils/{id}/attendance": .init(span, "\(span)&asOf=\(past)"),
      "GET /pupils/{id}/sessions": .init(span, "\(span)&asOf=\(past)"),
      "GET /pupils/{id}/patterns": .init(span),
      "GET /pupils/{id}/marks/{date}/{session}/why": .init("", "asOf=\(past)"),
      "PUT /pupils/{id}/marks/{date}/{session}": .init("", body: #"{"code":"I"}"#),
      "PUT /pupils/{id}/contacts/{number}": .init(
        path: ["number": child.contact], body: #"{"givenName":"Ada","familyName":"Tarn","relation":"mother"}"#),
      "PUT /pupils/{id}/flags/{kind}": .init(path: ["kind": "free-meals"], body: #"{"first":"2026-09-01"}"#),
      "POST /pupils/{id}/siblings": .init(body: #"{"sibling":"\#(child.id)"}"#),
      "POST /pupils/search": .init(body: #"{"familyName":"quarr"}"#, holdsRecords: false),
      "GET /schools/{urn}/pupils": .init("", "after=0"),
      "POST /schools/{urn}/pupils": .init("enrolledOn=2026-09-01", body: "{\"pupils\":[\(World.pupil(3, contacts))]}"),
      "GET /schools/{urn}/pupils.ctf.xml": .init(
        "pupil=\(child.id)", "pupil=\(child.id)&protected=false&to=880LLLL&establishment=1234"),
      "POST /schools/{urn}/marks": .init("dialect=wonde", body: #"{"marks":[]}"#),
      "POST /schools/{urn}/amendments": .init(
        body: #"{"pupil":"\#(child.id)","date":"2026-09-07","session":"AM","code":"I","reason":"Rang"}"#),
      "GET /schools/{urn}/quarantine": .init("", "after=0&reason=not-on-roll"),
      "POST /schools/{urn}/quarantine/{number}/correct": .init(
        path: ["number": child.waiting], body: #"{"code":"G"}"#),
      "POST /schools/{urn}/quarantine/{number}/discard": .init(
        path: ["number": child.waiting], body: #"{"reason":"Sent twice"}"#),
      "PUT /schools/{urn}/registers/{date}/{session}": .init(body: #"{"marks":{"/":[]}}"#),
      "GET /schools/{urn}/registers/{date}/{session}": .init("", "after=0&asOf=\(past)"),
      "PUT /schools/{urn}": .init(body: #"{"name":"Another","phase":"primary","type":"maintained"}"#),
      "PUT /schools/{urn}/calendars/{year}": .init(body: calendar),
      "PUT /schools/{urn}/assignments/{kind}": .init(
        path: ["kind": "cluster"], body: #"{"first":"2026-09-01","value":"east"}"#),
      "GET /schools/{urn}/visits": .init("after=0"),
      "POST /schools/{urn}/visits": .init(body: #"{"plannedOn":"2026-09-10"}"#),
      "POST /visits/{number}/record": .init(
        body:
          #"""
          {"visitedOn":"2026-09-07","checks":[{"name":"codes","outcome":"met"}],
           "actions":[{"action":"Look","owner":"head","dueOn":"2026-09-20"}]}
          """#),
      "POST /visits/{number}/actions/{action}/done": .init(body: "{}"),
      "GET /visits/actions": .init("overdueOn=2026-12-01", "after=0"),
      "GET /visits/checks": .init("on=2026-09-07"),
      "POST /schools/{urn}/arrangements": .init(
        body:
          #"{"pupil":"\#(child.id)","kind":"leave","first":"2026-09-21","last":"2026-09-21","details":{"code":"C"}}"#),
      "GET /schools/{urn}/arrangements": .init("after=0"),
      "POST /arrangements/{number}/end": .init(path: ["number": child.arrangement], body: #"{"last":"2026-09-14"}"#),
      "POST /schools/{urn}/returns": .init(body: #"{"pupil":"\#(child.id)","kind":"new-pupil"}"#),
      "GET /schools/{urn}/returns": .init("state=filed&before=99", holdsRecords: false),
      "GET /schools/{urn}/unresolved": .init("after=0"),
      "GET /schools/{urn}/coding-faults": .init("\(span)&after=0", holdsRecords: false),
      "GET /schools/{urn}/figures": .init("\(span)", "\(span)&format=json&cohort=local&after=0&asOf=\(past)"),
      "GET /schools/{urn}/findings": .init("", findings), "GET /findings": .init("", findings),
      "GET /registers/missing": .init("date=2026-09-07&session=PM"),
      "GET /registers/coding-faults": .init(span, holdsRecords: false),
      "GET /figures": .init(
        "scope=school:\(World.school)&\(span)&groupBy=none&cohort=local&suppress=false&asOf=\(past)",
        "scope=authority&period=year&on=2026-09-07", holdsRecords: false),
      "GET /figures/children-in-care": .init(
        "year=2026-27&on=2026-09-08&suppress=false&asOf=\(past)", holdsRecords: false),
      "GET /figures/missing-out-on-education": .init("on=2026-09-07", holdsRecords: false),
      "GET /schools": .init("", "cluster=east&locality=l&officer=o&on=2026-09-07&after=900100&limit=5"),
      "GET /areas/{kind}/{code}": .init(path: ["kind": "cluster", "code": "east"]),
      "GET /arrangements/{number}": .init(path: ["number": child.arrangement]),
      "GET /authorities/{code}/calendars/{year}": .init(path: ["code": "881"]),
      "GET /areas/{kind}": .init(path: ["kind": "cluster"]),
      "PUT /areas/{kind}/{code}": .init(path: ["kind": "cluster"], body: #"{"name":"West"}"#),
      "GET /term-dates": .init("year=2026-27"),
      "PUT /authorities/{code}/calendars/{year}": .init(path: ["code": "881"], body: calendar),
      "PUT /dialects/{name}": .init(body: dialect),
      "POST /schools/{urn}/quarantine/discard": .init(body: #"{"reason":"not-on-roll","why":"Sent twice"}"#),
      "GET /schools/{urn}/differences": .init("after=0", holdsRecords: false),
      "GET /pupil-changes": .init("after=0"), "GET /double-registrations": .init("after=0"),
      "POST /pupil-changes/accept": .init(body: #"{"numbers":[1],"reason":"Seen"}"#),
      "POST /pupil-changes/reject": .init(body: #"{"numbers":[1],"reason":"Seen"}"#),
      "GET /schools/{urn}/waiting-entries": .init("before=9", holdsRecords: false),
      "GET /schools/{urn}/withdrawals": .init("after=0", holdsRecords: false),
      "POST /schools/{urn}/withdrawals": .init(
        body: #"{"entries":[{"pupil":"\#(child.id)"}],"reason":"Sent by mistake"}"#),
      "POST /row-checks": .init("school=\(World.school)"),
      "GET /audit/anchor": .init("head=120.9f86d081884c7d659a2feaa0&reader=notifier", holdsRecords: false),
      "POST /audit/chain/acknowledgements": .init(body: #"{"breaks":["1"],"reason":"Seen"}"#),
      "POST /sweeps": .init("again=true"), "GET /matches": .init("after=0"),
      "POST /matches/{number}/same": .init(body: #"{"reason":"One child"}"#),
      "POST /matches/{number}/different": .init(body: #"{"reason":"Two children"}"#),
      "GET /person-pairs": .init("", "state=open&pupil=\(child.id)&after=0", holdsRecords: false),
      "POST /person-pairs": .init(body: #"{"person":"\#(child.person)","other":"c000000000","reason":"Seen"}"#),
      "POST /person-pairs/{number}/same": .init(body: #"{"reason":"One person"}"#),
      "POST /person-pairs/{number}/different": .init(body: #"{"reason":"Two people"}"#),
      "POST /person-pairs/{number}/undo": .init(body: #"{"reason":"By mistake"}"#),
      "GET /disposals/{number}": .init(holdsRecords: false),
      "GET /export": .init("table=pupils&format=jsonl&after=0"),
      "GET /audit": .init("subject=\(child.id)&after=0&verify=page"),
      "GET /events": .init("after=0&limit=10"), "POST /parked/{id}/retry": .init(path: ["id": "1"]),
      "POST /parked/{id}/discard": .init(path: ["id": "1"]),
    ]
  }

  private static let contacts = #","contacts":[{"givenName":"Ada","familyName":"Tarn"}]"#
  private static let dialect =
    #"{"title":"Own","columns":{"upn":["a"],"date":["b"],"session":["c"],"code":["d"]}}"#
  private static let calendar = #"{"terms":[{"first":"2026-09-02","last":"2026-10-23"}]}"#
  private static let findings = "kind=unexplained-absence&state=open&on=2026-09-07&concern=virtual-school&after=0"

  @Test func foreignCallersAreKeptOut() async throws {
    try await World.run { world in try await Self.fill(world).foreignCallersAreKeptOut() }
  }

  @Test func ownCallersAreLetIn() async throws {
    try await World.run { world in try await Self.fill(world).ownCallersAreLetIn() }
  }

  @Test func queriesAreAsDescribed() async throws {
    try await World.run { world in try await Self.fill(world).queriesAreAsDescribed() }
  }

  @Test func staleEditsAreRefused() async throws {
    try await World.run { world in try await Self.fill(world).staleEditsAreRefused() }
  }
  @Test func formsRefuseUnknownFields() async throws {
    try await World.run { world in try await Self.fill(world).formsRefuseUnknownFields() }
  }

  @Test func writesAreDoneOnce() async throws {
    try await World.run { world in
      try await Self.fill(world).writesAreDoneOnce(
        questions: ["POST /pupils/search"],
        // Nothing is parked, broken, due for disposal or put before an officer here; what the walk named was settled by a
        // request before it. The stories of each area do these.
        refused: [
          "POST /parked/{id}/retry", "POST /parked/{id}/discard", "POST /audit/chain/acknowledgements",
          "POST /disposals", "POST /disposals/{number}/approve", "POST /disposals/{number}/withdraw",
          "POST /disposals/{number}/reverse", "POST /schools/{urn}/arrangements", "POST /schools/{urn}/returns",
          "PUT /pupils/{id}/marks/{date}/{session}", "POST /pupils/{id}/siblings",
          "DELETE /pupils/{id}/siblings/{sibling}", "POST /schools/{urn}/marks",
          "POST /schools/{urn}/quarantine/{number}/discard", "POST /visits/{number}/cancel",
          "POST /visits/{number}/record", "POST /schools/{urn}/amendments", "POST /pupil-changes/accept",
          "POST /pupil-changes/reject", "POST /matches/{number}/same", "POST /matches/{number}/different",
          "POST /person-pairs", "POST /person-pairs/{number}/same", "POST /person-pairs/{number}/different",
          "POST /person-pairs/{number}/undo",
          "POST /arrangements/{number}/end",
        ])
    }
  }

  /// Figures of more than their schools are not for callers bound to schools, however the group is named.
  @Test(arguments: [Role.school, .attendanceOfficer, .legalOfficer, .manager])
  func figuresOfMoreThanTheirSchoolsAreClosed(_ role: Role) async throws {
    try await World.run { world in
      try await world.open()
      try await world.open(Self.theirs)
      for scope in ["authority", "phase:primary", "school:\(World.school)"] {
        let path = "/figures?scope=\(scope)&\(Self.span)"
        let answer = try await world.send(.get, path, as: role, schools: [Self.theirs])
        #expect(answer.status == 403, "\(scope): \(answer.status)")
      }
      let own = "/figures?scope=school:\(Self.theirs)&\(Self.span)"
      #expect(try await world.send(.get, own, as: role, schools: [Self.theirs]).status == 200)
    }
  }
}
