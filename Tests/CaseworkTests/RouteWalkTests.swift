import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit
import ServiceTestKit
import Store
import TestKit
import Testing

@testable import CaseworkService

/// The service as the program builds it, with an accepted case at each of two schools: what an accepted case rests on has
/// changed, and closing the first waits for a second person.
enum CaseworkApplication {
  static let school = "900101"
  static let theirs = "900102"
  static let pupil = "p000000001"
  static let now = Date(timeIntervalSince1970: 1_796_032_800)  // 2026-11-30

  /// - Parameter moment: when it is asked; what it knows is of ``now``.
  static func run(
    at moment: Date = now, _ body: @Sendable @escaping (BuiltProgram) async throws -> Void
  ) async throws {
    try await BuiltProgram.run(
      "casework", at: moment,
      preparing: { path, _ in
        try await fill(path)
        return ["LETTERS_SENDER": "Made-up Council;1 Made-up Street"]
      }, build: { try await Casework.build($0, $1) }, body)
  }

  private static func fill(_ path: String) async throws {
    let store = try Store(
      path: path, owner: "880.casework", migrations: MessagingSchema.migrations + CaseworkSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    let outbox = Outbox(service: .casework, authority: "880", store: store)
    let transactions = Transactions(store: store, outbox: outbox, clock: ManualClock(now))
    let desks = CaseworkDesks(pathways: .sixStages)
    let handler = RollHandler(CaseworkSchema.roll, desks.reader)
    let officer = Actor<AttendanceCase.Role>.person("u-officer", .attendanceOfficer)
    for (number, name) in [school, theirs].enumerated() {
      let (school, pupil) = (try URN(name), try #require(PupilID("p00000000\(number + 1)")))
      let third = try #require(PupilID("p00000000\(number + 3)"))
      let finding = "finding-of-\(name)"
      let events: [any EventData] =
        try [
          Made.school(school), Made.calendar(of: school), Made.enrolment(of: pupil, at: school),
          Made.enrolment(of: third, at: school),
          ContactsRecorded(
            pupil: third,
            contacts: [Made.parent("c00000000\(number + 3)", isSafe: true), Made.parent("c000000008", isSafe: false)]),
        ] + Made.marks(of: [pupil, third], at: school, "2026-11-16", "2026-11-27", "/", "O")
      try await transactions.write(by: .program(.registers)) { unit in
        for event in events { try handler.handle(Made.event(event, about: school, at: unit.at), in: unit) }
        try handler.finish(in: unit)
        _ = try Findings.raise(finding, of: pupil, at: school, in: unit.db)
        try Chronology.note(
          "persistent absence found", finding, of: pupil, at: school, on: unit.today, recorded: unit.at, in: unit.db)
        var stored = try desks.cases.open(
          .init(.act(.propose), reason: "", evidence: [finding]), about: pupil.text, pupil, at: school,
          by: .program, in: unit)
        let accept = Intent<AttendanceCase>(
          .act(.accept), stating: .init([.safeguarding: .text("no")]), reason: "Reason of \(name)")
        try desks.cases.move(&stored, .attempt(accept), by: officer, in: unit)
        try Findings.lapse(finding, in: unit.db)
        try desks.cases.factsChanged(of: pupil, in: unit)
      }
    }
    for (number, name) in [school, theirs].enumerated() {
      let (school, pupil) = (try URN(name), try #require(PupilID("p00000000\(number + 1)")))
      let parent = try #require(PersonID("c00000000\(number + 1)"))
      try await transactions.write(by: .program(.casework)) { unit in
        let caller = unit.caller
        _ = try Referrals.insert(.init(route: .school), about: pupil, at: school, .draft, by: caller, in: unit.db)
        let offer = Intent<AttendanceContract>(
          .act(.offer),
          stating: .init([
            .target: .text("90"), .firstDay: .text("2026-12-01"), .lastDay: .text("2027-03-25"),
          ]), reason: "Reason of \(name)")
        let contract = try desks.contracts.open(
          offer, about: ContractTerms.subject(Int64(number + 1), parent), pupil, at: school,
          by: .person("u-officer", .attendanceOfficer), in: unit)
        try ContractTerms(
          contract: contract.id, caseNumber: Int64(number + 1), parent: parent, target: "90",
          words: .init(
            requirements: ["Come by nine"], support: ["A breakfast club"], childView: "Good", parentView: "Good",
            consequences: "We meet again", counselling: nil)
        ).insert(in: unit.db)
      }
    }
    for (number, name) in [school, theirs].enumerated() {
      let (school, pupil) = (try URN(name), try #require(PupilID("p00000000\(number + 1)")))
      try await transactions.write(by: .program(.casework)) { unit in
        let notice = Intent<Section19>(
          .act(.notice), stating: .init([.ground: .text("illness"), .since: .text("2026-11-02")]),
          reason: "Reason of \(name)")
        _ = try desks.section19.open(
          notice, about: pupil.text, pupil, at: school, by: .person("u-officer", .attendanceOfficer), in: unit)
      }
    }
    try store.close()
  }

}

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

/// What people do over HTTP.
@Suite("Casework over HTTP", .timeLimit(.minutes(5))) struct CaseworkWebTests {
  private static func json(_ text: String) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  private static let allocation =
    #"{"owner":{"role":"attendance-officer","person":"u-officer"},"reason":"Named officer"}"#

  @Test("A case is allocated once for each key, by who read it last, and its history, why and past can be asked")
  func acting() async throws {
    try await CaseworkApplication.run { service in
      let read = try await service.send(.get, "/cases/c1", as: "u-manager", .manager)
      #expect(read.status == 200 && read.text.contains(#""acts":["allocate","move-stage""#), "\(read.text)")
      var headers: HTTPFields = [.ifMatch: read.headers[.eTag] ?? ""]
      headers[try #require(HTTPField.Name("Idempotency-Key"))] = "allocate-c1-once"
      let refused = try await service.send(
        .post, "/cases/c1/allocation", as: "u-officer", .attendanceOfficer, body: Self.allocation)
      #expect(refused.status == 403)
      var answers: [String] = []
      for _ in 0..<2 {
        let answer = try await service.send(
          .post, "/cases/c1/allocation", as: "u-manager", .manager, headers: headers, body: Self.allocation)
        #expect(answer.status == 200, "\(answer.text)")
        answers.append(answer.text)
      }
      #expect(Set(answers).count == 1 && answers[0].contains(#""state":"allocated""#), "\(answers)")
      headers[try #require(HTTPField.Name("Idempotency-Key"))] = "allocate-c1-again"
      let stale = try await service.send(
        .post, "/cases/c1/allocation", as: "u-manager", .manager, headers: headers, body: Self.allocation)
      #expect(stale.status == 412)
      let history = try await service.send(.get, "/cases/c1/history", as: "u-manager", .manager)
      #expect(history.text.contains("acted allocate") && history.text.contains("reconsidered"), "\(history.text)")
      let why = try await service.send(.get, "/cases/c1/why", as: "u-manager", .manager)
      #expect(
        why.text.contains(#""fact":"finding","now":false,"then":true"#) && why.text.contains("CW-2"), "\(why.text)")
      let before = try await service.send(.get, "/cases/c1?asAt=2020-01-01T00:00:00Z", as: "u-manager", .manager)
      #expect(before.status == 404)
    }
  }

  @Test("The first contact by letter is a document for each parent and the act, once for each key")
  func writing() async throws {
    try await CaseworkApplication.run { service in
      let path = "/cases/c1/letters/first-contact"
      let early = try await service.send(.post, path, as: "u-officer", .attendanceOfficer, body: RouteWalkTests.letter)
      #expect(early.status == 409 && early.text.contains("not-from-here"))
      _ = try await service.send(.post, "/cases/c1/allocation", as: "u-manager", .manager, body: Self.allocation)
      let headers: HTTPFields = [try #require(HTTPField.Name("Idempotency-Key")): "letter-of-c1"]
      var answers: [JSONValue] = []
      for _ in 0..<2 {
        let answer = try await service.send(
          .post, path, as: "u-officer", .attendanceOfficer, headers: headers, body: RouteWalkTests.letter)
        #expect(answer.status == 200, "\(answer.text)")
        answers.append(try Self.json(answer.text))
      }
      #expect(answers[0] == answers[1] && answers[0]["state"] == "assessing")
      guard case .string(let number)? = answers[0]["documents"].elements.first else {
        Issue.record("no document")
        return
      }
      #expect(answers[0]["documents"].elements.count == 2)
      let page = try await service.send(.get, "/cases/c1/letters/\(number)", as: "u-manager", .manager)
      #expect(page.status == 200 && page.text.contains("A Parent") && !page.text.contains("3 Made-up Street"))
      let elsewhere = try await service.send(.get, "/cases/c2/letters/\(number)", as: "u-manager", .manager)
      #expect(elsewhere.status == 404)
      let history = try await service.send(.get, "/cases/c1/history", as: "u-manager", .manager)
      #expect(history.text.contains(number))
    }
  }

  @Test("Closing waits for a second person; tasks and figures say what is to be done and what is late")
  func closing() async throws {
    try await CaseworkApplication.run { service in
      let close = #"{"act":"close","reason":"Moved away","facts":{"closing":"moved"}}"#
      let proposed = try await service.send(
        .post, "/cases/c1/acts", as: "u-officer", .attendanceOfficer, body: close)
      #expect(proposed.status == 200 && proposed.text.contains("Agree or disagree: Close the case"), "\(proposed.text)")
      let answer = #"{"agrees":true}"#
      let same = try await service.send(.post, "/cases/c1/second", as: "u-officer", .manager, body: answer)
      #expect(same.status == 409 && same.text.contains("same-person"))
      let figures = try await service.send(.get, "/tasks/figures", as: "u-manager", .manager)
      #expect(figures.text.contains(#""openCases":6"#) && figures.text.contains(#""openTasks":9"#), "\(figures.text)")
      let closed = try await service.send(.post, "/cases/c1/second", as: "u-manager", .manager, body: answer)
      #expect(closed.status == 200 && closed.text.contains(#""open":false"#), "\(closed.text)")
      let tasks = try await service.send(.get, "/tasks?dueBy=2026-12-02", as: "u-manager", .manager)
      #expect(try Self.json(tasks.text)["tasks"].elements.map { $0["case"] } == ["c2"], "\(tasks.text)")
      let wrong = try await service.send(
        .post, "/cases/c2/acts", as: "u-officer", .attendanceOfficer, body: #"{"act":"contact","reason":"Wrote"}"#)
      #expect(wrong.status == 409 && wrong.text.contains("not-from-here"))
      let unmet = try await service.send(
        .post, "/cases/c2/acts", as: "u-officer", .attendanceOfficer,
        body: #"{"act":"close","reason":"Done","facts":{"closing":"just so"}}"#)
      #expect(unmet.status == 409 && unmet.text.contains("closing-known") && unmet.text.contains("CW-11"))
    }
  }
}
