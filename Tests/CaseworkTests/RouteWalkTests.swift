import HTTPTypes
import ServiceKit
import ServiceTestKit
import Testing

/// Every route of casework, called by those it is not for and by those it is for.
@Suite("Every route of casework", .timeLimit(.minutes(5))) struct RouteWalkTests {
  private static let act =
    #"{"act":"close","reason":"Moved","facts":{"closing":"moved"},"overriding":[],"evidence":[],"owner":{"role":"manager"}}"#

  private static let record =
    #"{"invited":["Parent"],"on":"2026-12-07","place":"School","purpose":"Plan","type":"team-around-the-family"}"#
  private static let plan = """
    {"from":"2026-12-01","lead":"practitioner","team":["nurse"],"needs":[{"need":"Sleep","outcome":"Up by seven",
    "isAttendance":true,"steps":[{"what":"See the nurse","owner":"parent","due":"2026-12-14"}]}]}
    """
  private static let assessment = """
    {"author":"casework","lead":"practitioner","opened":"2026-11-30","guidance":"Working together 2026","health":"",
    "parenting":"","home":"","education":"","strengths":"","worries":"","needs":[],"analysis":""}
    """
  private static let terms = """
    {"requirements":["Come by nine"],"support":["A club"],"childView":"Good","parentView":"Good","consequences":"We meet"}
    """
  static let form = """
    {"route":"R1","contact":"By telephone","home":{"adults":[{"id":"c000000001","hasResponsibility":true,
    "canBeReached":true}],"others":"","language":"en","format":"letter"},"steps":[],"barriers":[{"barrier":"health",
    "view":"none"}],"safeguarding":{"answer":"no","by":"Lead","sent":[]},"voice":{"child":"Good","adults":[],"help":""},
    "consent":{"answer":"given","why":""},"sessions":[{"date":"2026-11-27","session":"PM"}]}
    """
  private static let people = """
    "child":"Ada Made-Up","writer":{"name":"An Officer","role":"Attendance officer","contact":"01632 960000"},
    "recipients":[{"id":"c000000001","name":"A Parent","address":["2 Made-up Street"]}]
    """

  static let letter = """
    {"reason":"First contact","child":"Ada Made-Up","school":"Made-up Primary","writer":{"name":"An Officer",
    "role":"Attendance officer","contact":"01632 960000"},"figures":{"first":"2026-09-01","last":"2026-11-27",
    "possible":100,"missed":12,"unauthorised":3},"answerBy":"2026-12-11","recipients":[{"id":"k1","name":"A Parent",
    "address":["2 Made-up Street"]},{"id":"k2","name":"Another Parent","address":["3 Made-up Street"]}]}
    """

  private static func walk(
    preparing prepare: @Sendable @escaping (BuiltProgram) async throws -> Void = { _ in },
    _ body: @Sendable @escaping (RouteWalk) async throws -> Void
  ) async throws {
    try await CaseworkApplication.run { service in
      try await prepare(service)
      try await body(
        RouteWalk(
          service, school: CaseworkApplication.school, otherSchool: CaseworkApplication.theirs,
          path: ["id": "c1", "number": "2"],
          rows: [
            "GET /audit/anchor": .init("head=120.9f86d081884c7d659a2feaa0&reader=notifier", holdsRecords: false),
            "POST /audit/chain/acknowledgements": .init(body: #"{"breaks":["1"],"reason":"Seen"}"#),
            "GET /events": .init("after=0&limit=10"), "POST /parked/{id}/retry": .init(path: ["id": "1"]),
            "POST /parked/{id}/discard": .init(path: ["id": "1"]),
            "GET /audit": .init("subject=\(CaseworkApplication.pupil)&after=0&verify=page"),
            "GET /export": .init("table=cases&format=jsonl&after=0"),
            "GET /pupils/{id}/subject-access": .init(path: ["id": CaseworkApplication.pupil]),
            "GET /cases": .init("", "state=all&after=0"), "GET /cases/{id}": .init("", "asAt=2026-12-01T00:00:00Z"),
            "GET /cases/{id}/history": .init("", "after=1"),
            "POST /cases/{id}/acts": .init(body: act),
            "POST /cases/{id}/allocation": .init(
              body: #"{"owner":{"role":"attendance-officer","person":"u-officer"},"reason":"Named officer"}"#),
            "POST /cases/{id}/second": .init(body: #"{"agrees":false,"reason":"Not yet"}"#),
            "POST /cases/{id}/decisions/{number}/uphold": .init(
              body: #"{"reason":"Still needed","evidence":[],"overriding":[]}"#),
            "POST /cases/{id}/letters/first-contact": .init(body: letter),
            "GET /cases/{id}/letters/{document}": .init(
              path: ["document": "880-CA-2627-000001-K"], "", "format=html", holdsRecords: false),
            "POST /cases/{id}/letters/meeting-invitation": .init(body: #"{"meeting":3,\#(people)}"#),
            "POST /cases/{id}/letters/meeting-notes": .init(body: #"{"minutes":4,\#(people)}"#),
            "POST /cases/{id}/letters/contract": .init(body: #"{"contract":"c3",\#(people)}"#),
            "POST /cases/{id}/letters/review": .init(body: #"{"review":1,"changes":"None",\#(people)}"#),
            "POST /cases/{id}/letters/closing": .init(body: #"{"reason":"Better","staying":"The club",\#(people)}"#),
            "POST /cases/{id}/visits": .init(
              body: """
                {"on":"2026-12-03","purpose":"First visit","risk":"low","assessment":"Known","isAlone":true,
                "isSafeToContact":true}
                """),
            "POST /cases/{id}/visit-outcomes": .init(
              body: #"{"visit":1,"on":"2026-11-30","outcome":"seen","childSeen":true,"next":"Plan"}"#),
            "POST /cases/{id}/meetings": .init(body: record),
            "POST /cases/{id}/minutes": .init(
              body: """
                {"meeting":3,"on":"2026-11-30","present":["Parent"],"decisions":[{"what":"Call","owner":"officer",
                "due":"2026-12-07"}]}
                """),
            "POST /cases/{id}/consents": .init(
              body: #"{"agency":"Health","answer":"given","person":"c000000001","on":"2026-11-30"}"#),
            "POST /cases/{id}/assessments": .init(body: assessment), "POST /cases/{id}/plans": .init(body: plan),
            "POST /cases/{id}/plan-steps": .init(
              body: #"{"plan":7,"need":1,"step":1,"on":"2026-11-30","evidence":"Seen"}"#),
            "POST /cases/{id}/contacts": .init(
              body: """
                {"on":"2026-11-30","person":"c000000001","way":"telephone","outcome":"reached","note":"Spoke of Monday",
                "next":"Call again","isSafeToContact":true,"conditions":""}
                """),
            "POST /cases/{id}/handovers": .init(
              body: #"{"on":"2026-11-30","to":"u-next","summary":"A plan stands","next":[],"contact":"By telephone"}"#),
            "POST /cases/{id}/reviews": .init(
              body: """
                {"outcome":"continue","childView":"Good","adultViews":[{"adult":"c000000001","view":"Good"}],"changes":"",
                "reason":"Due"}
                """),
            "POST /cases/{id}/contracts": .init(
              body: """
                {"parent":"c000000009","target":"92.5","first":"2026-12-01","last":"2027-03-25","words":\(terms),
                "reason":"Agreed to meet"}
                """),
            "POST /cases/{id}/family": .init(body: #"{"pupil":"p000000003"}"#),
            "GET /contracts": .init("", "state=all&after=0"),
            "GET /contracts/{id}": .init(path: ["id": "c3"], "", "asAt=2026-12-01T00:00:00Z"),
            "GET /contracts/{id}/history": .init(path: ["id": "c3"], "", "after=1"),
            "GET /contracts/{id}/why": .init(path: ["id": "c3"], holdsRecords: false),
            "GET /contracts/{id}/terms": .init(path: ["id": "c3"]),
            "POST /contracts/{id}/acts": .init(path: ["id": "c3"], body: #"{"act":"decline","reason":"Not now"}"#),
            "POST /contracts/{id}/allocation": .init(
              path: ["id": "c3"],
              body: #"{"owner":{"role":"attendance-officer","person":"u-officer"},"reason":"Named officer"}"#),
            "POST /contracts/{id}/second": .init(path: ["id": "c3"], body: #"{"agrees":true}"#),
            "POST /contracts/{id}/decisions/{number}/uphold": .init(
              path: ["id": "c3"], body: #"{"reason":"Still so"}"#),
            "GET /children/{id}/referral-evidence": .init(
              path: ["id": CaseworkApplication.pupil], "school=\(CaseworkApplication.school)"),
            "GET /referrals": .init("", "state=draft&after=0"), "GET /referrals/{id}": .init(path: ["id": "r1"]),
            "GET /referrals/{id}/matters": .init(path: ["id": "r1"]),
            "POST /referrals": .init(
              body:
                #"{"pupil":"\#(CaseworkApplication.pupil)","school":"\#(CaseworkApplication.school)","form":\#(form)}"#),
            "PUT /referrals/{id}": .init(path: ["id": "r1"], body: form),
            "POST /referrals/{id}/send": .init(path: ["id": "r1"]),
            "POST /referrals/{id}/return": .init(path: ["id": "r1"], body: #"{"reason":"More, please"}"#),
            "GET /gain": .init("from=2026-09-01&to=2027-07-31", holdsRecords: false),
            "GET /caseload": .init(holdsRecords: false), "GET /pathway": .init("on=2026-12-01", holdsRecords: false),
            "POST /caseload/posts": .init(
              body: #"{"officer":"u-officer","wholeTime":"0.6","from":"2026-09-01"}"#, holdsRecords: false),
            "GET /tasks": .init("", "mine=false&dueBy=2027-01-01&kind=second&after=0"),
            "GET /tasks/figures": .init(holdsRecords: false),
            "GET /children/{id}/chronology": .init(path: ["id": CaseworkApplication.pupil]),
          ].merging(BookRows.all) { first, _ in first },
          ofTheSchool: [CaseworkApplication.pupil, "finding-of-900101", "Reason of 900101"]))
    }
  }

  @Test func foreignCallersAreKeptOut() async throws { try await Self.walk { try await $0.foreignCallersAreKeptOut() } }
  @Test func ownCallersAreLetIn() async throws { try await Self.walk { try await $0.ownCallersAreLetIn() } }
  @Test func queriesAreAsDescribed() async throws {
    // A list that is not there is never asked in which form it comes.
    try await Self.walk { service in
      let made = try await service.send(.post, "/coordinated-lists", as: "u-manager", .manager, body: BookRows.list)
      #expect(made.status == 201, "\(made.text)")
    } _: {
      try await $0.queriesAreAsDescribed()
    }
  }
  @Test("An officer who must not know of a child is shown nothing of it by any route, and changes nothing")
  func barredOfficers() async throws {
    try await Self.walk { service in
      for officer in ["u-barred", "u-barred-manager"] {
        let bar = try await service.send(
          .post, "/officer-bars", as: "u-manager", .manager,
          body: """
            {"officer":"\(officer)","child":"\(CaseworkApplication.pupil)","urn":"900101","from":"2026-11-01",
            "ground":"relative"}
            """)
        #expect(bar.status == 201, "\(bar.text)")
      }
    } _: {
      let texts = [CaseworkApplication.pupil, "finding-of-900101", "Reason of 900101", #""c1""#]
      try await $0.nothingIsShown(to: "u-barred", as: .attendanceOfficer, of: texts)
      try await $0.nothingIsShown(to: "u-barred-manager", as: .manager, of: texts)
    }
  }
  @Test func writesAreDoneOnce() async throws {
    try await Self.walk {
      try await $0.writesAreDoneOnce(
        refused: Set<String>([
          "POST /parked/{id}/retry", "POST /parked/{id}/discard", "POST /audit/chain/acknowledgements",
          // The case waits for a second person who is another than the first.
          "POST /cases/{id}/second", "POST /cases/{id}/letters/first-contact",
          "POST /cases/{id}/decisions/{number}/uphold", "POST /cases/{id}/allocation",
          // The case has no plan to review yet and is open; only a manager allocates, and nothing of a contract waits.
          "POST /cases/{id}/reviews", "POST /cases/{id}/letters/review", "POST /cases/{id}/letters/closing",
          "POST /contracts/{id}/allocation", "POST /contracts/{id}/second",
          "POST /contracts/{id}/decisions/{number}/uphold",
        ]).union(BookRows.refused))
    }
  }
  @Test func staleEditsAreRefused() async throws { try await Self.walk { try await $0.staleEditsAreRefused() } }
  @Test func formsRefuseUnknownFields() async throws { try await Self.walk { try await $0.formsRefuseUnknownFields() } }
}
