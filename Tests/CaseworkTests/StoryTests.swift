import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import Schemas
import ServiceKit
import ServiceTestKit
import Store
import Testing

@testable import CaseworkService

/// Casework as a school, an officer and a manager see it over HTTP, with a child who has no case yet.
@Suite("A child's way through casework", .timeLimit(.minutes(5))) struct StoryTests {
  private static let child = "p000000003"
  private static let school = CaseworkApplication.school

  private static let referral = """
    {"route":"R1","home":{"adults":[{"id":"c000000003","hasResponsibility":true,"canBeReached":true}],
    "others":"A brother","language":"en","format":"letter"},"steps":[{"kind":"meeting","on":"2026-11-10",
    "who":"Parent","agreed":"A morning club"}],"leadView":"Afternoons are missed",
    "safeguarding":{"answer":"no","by":"Designated lead","sent":[]},
    "voice":{"child":"I feel ill after lunch","adults":[{"adult":"c000000003","view":"We worry"}],"help":"A nurse"},
    "consent":{"answer":"given","why":""},"ask":"support"}
    """

  private static func json(_ text: String) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  /// One person who calls.
  private struct Person {
    let service: BuiltProgram
    let subject: String
    let role: Role
    var schools: [String]?

    func get(_ path: String, _ status: Int = 200) async throws -> JSONValue {
      let answer = try await service.send(.get, path, as: subject, role, schools: schools)
      #expect(answer.status == status, "\(path): \(answer.text)")
      return try StoryTests.json(answer.text)
    }

    @discardableResult
    func send(
      _ path: String, _ body: String? = nil, by method: HTTPRequest.Method = .post, _ status: Int = 200
    ) async throws -> JSONValue {
      let answer = try await service.send(method, path, as: subject, role, schools: schools, body: body)
      #expect(answer.status == status, "\(path): \(answer.text)")
      return try StoryTests.json(answer.text)
    }

    func act(_ act: String, on path: String, facts: String = "{}", _ status: Int = 200) async throws -> JSONValue {
      try await send("\(path)/acts", #"{"act":"\#(act)","reason":"A reason","facts":\#(facts)}"#, status)
    }
  }

  private static func people(
    _ body: @Sendable @escaping (_ school: Person, _ officer: Person, _ manager: Person) async throws -> Void
  ) async throws {
    try await CaseworkApplication.run { service in
      try await body(
        Person(service: service, subject: "u-lead", role: .school, schools: [school]),
        Person(service: service, subject: "u-officer", role: .attendanceOfficer),
        Person(service: service, subject: "u-manager", role: .manager))
    }
  }

  @Test(
    "A school refers a child with the register's own figures, hears at once what is missing, and is asked once for more"
  )
  func referring() async throws {
    try await Self.people { school, officer, _ in
      let evidence = try await school.get("/children/\(Self.child)/referral-evidence?school=\(Self.school)")
      #expect(evidence["figures"]["possible"] == 20 && evidence["percentage"] == "50.0", "\(evidence)")
      #expect(evidence["pattern"].elements.last?["name"] == "PM" && evidence["pattern"].elements.last?["missed"] == 10)
      let foreign = Person(service: school.service, subject: "u-else", role: .school, schools: ["900102"])
      _ = try await foreign.get("/children/\(Self.child)/referral-evidence?school=\(Self.school)", 404)

      let draft = try await school.send(
        "/referrals", #"{"pupil":"\#(Self.child)","school":"\#(Self.school)","form":{"route":"R1"}}"#, 201)
      #expect(draft["state"] == "draft" && draft["missing"].elements.count == 8, "\(draft)")
      let id = draft["id"].word
      let blank = try await school.send("/referrals/\(id)/send", nil, 409)
      #expect(blank["type"].word.contains("safeguarding-blank"))
      let changed = try await school.send("/referrals/\(id)", Self.referral, by: .put)
      #expect(changed["missing"].elements.map(\.["id"].word) == ["steps", "barriers"], "\(changed)")
      let sent = try await school.send("/referrals/\(id)/send")
      #expect(sent["state"] == "received" && sent["duplicate"] == false && sent["missing"].elements.count == 2)
      _ = try await foreign.get("/referrals/\(id)", 404)
      try await school.send("/referrals/\(id)/return", #"{"reason":"More"}"#, 403)

      try await officer.send("/referrals/\(id)/return", #"{"reason":"Say what the barriers are"}"#)
      try await school.send("/referrals/\(id)/send")
      let again = try await officer.send("/referrals/\(id)/return", #"{"reason":"More"}"#, 409)
      #expect(again["type"].word.contains("returned-before"))
      let matters = try await officer.get("/referrals/\(id)/matters")
      #expect(matters["cases"].elements.map(\.["state"]) == ["received"] && matters["reReferral"] == false)
      try await school.send(
        "/referrals", #"{"pupil":"\#(Self.child)","school":"\#(Self.school)","form":\#(Self.referral)}"#, 201)
      let second = try await officer.get("/referrals?state=draft")
      let other = try #require(second["referrals"].elements.last?["id"].word)
      let linked = try await school.send("/referrals/\(other)/send")
      #expect(linked["duplicate"] == true && linked["case"] == sent["case"])
    }
  }

  /// From a referral by the family to a case that is assessed.
  private static func begin(_ school: Person, _ officer: Person, _ manager: Person) async throws -> String {
    let made = try await officer.send(
      "/referrals",
      #"{"pupil":"\#(child)","school":"\#(Self.school)","form":{"route":"R7","contact":"By telephone"}}"#, 201)
    #expect(made["state"] == "complete")
    let sent = try await officer.send("/referrals/\(made["id"].word)/send")
    let path = "/cases/\(sent["case"].word)"
    _ = try await officer.act("accept", on: path, facts: #"{"safeguarding":"no"}"#)
    try await manager.send(
      "\(path)/allocation",
      #"{"owner":{"role":"attendance-officer","person":"u-officer"},"reason":"Named officer"}"#)
    _ = try await officer.act("contact", on: path, facts: #"{"contact":"telephone"}"#)
    return path
  }

  private static let plan = """
    {"from":"2026-11-30","lead":"family practitioner","team":["school nurse"],"needs":[{"need":"Lunch","outcome":"Eats",
    "isAttendance":false,"steps":[{"what":"See the nurse","owner":"parent","due":"2026-12-07"}]}]}
    """

  @Test(
    "A case is assessed and planned with an attendance outcome, visited, met about and reviewed with the figures filled in"
  )
  func working() async throws {
    try await Self.people { school, officer, manager in
      let path = try await Self.begin(school, officer, manager)
      let unplanned = try await officer.act("plan", on: path, 409)
      #expect(unplanned["errors"].elements.map(\.["pointer"].word) == ["assessment-complete", "attendance-outcome"])
      try await officer.send(
        "\(path)/assessments",
        """
        {"author":"other-agency","lead":"health visitor","opened":"2026-11-02","completed":"2026-11-20",
        "guidance":"Working together 2026","health":"","parenting":"","home":"","education":"","strengths":"",
        "worries":"","needs":["Lunch"],"analysis":""}
        """)
      try await officer.send("\(path)/plans", Self.plan)
      let without = try await officer.act("plan", on: path, 409)
      #expect(without["errors"].elements.map(\.["pointer"].word) == ["attendance-outcome"])
      let plan = try await officer.send(
        "\(path)/plans", Self.plan.replacing(#""isAttendance":false"#, with: #""isAttendance":true"#))
      _ = try await officer.act("plan", on: path)

      try await officer.send(
        "\(path)/visits",
        """
        {"on":"2026-12-01","purpose":"First visit","risk":"low","assessment":"","isAlone":true,"isSafeToContact":true}
        """, 422)
      let meeting = try await officer.send(
        "\(path)/meetings",
        """
        {"on":"2026-11-30","place":"School","purpose":"Plan","type":"team-around-the-family","invited":["Parent"]}
        """)
      try await officer.send(
        "\(path)/minutes",
        #"{"meeting":\#(meeting["number"].text),"on":"2026-11-30","present":["Parent"],"decisions":[]}"#)
      try await officer.send(
        "\(path)/consents", #"{"agency":"Health","answer":"given","person":"c000000003","on":"2026-11-30"}"#)
      try await officer.send(
        "\(path)/plan-steps",
        #"{"plan":\#(plan["number"].text),"need":1,"step":1,"on":"2026-11-30","evidence":"Card seen"}"#)
      let records = try await officer.get("\(path)/records")
      #expect(records["nextTeamMeeting"] == "2027-01-11" && records["agencies"].elements == ["Health"])
      #expect(records["steps"].elements == [] && records["needsManager"] == false)

      let review = try await officer.send(
        "\(path)/reviews",
        """
        {"outcome":"continue","childView":"Better","adultViews":[{"adult":"c000000003","view":"Calmer"}],"changes":"",
        "reason":"Six weeks"}
        """)
      #expect(review["record"]["sinceStart"]["possible"] == 0 && review["record"]["stepsDone"] == 1, "\(review)")
      #expect(review["next"] == "2027-01-11")
      let figures = try await officer.get("\(path)/figures")
      let referral = figures["windows"].elements.first { $0["window"] == "referral" }
      #expect(referral?["figures"].elements.map(\.["present"]) == [10], "\(figures)")
      _ = try await officer.act("move-stage", on: path, facts: #"{"level":4}"#)
      let load = try await manager.get("/caseload")
      #expect(load["officers"].elements.map(\.["byStage"].elements) == [[0, 0, 0, 1, 0, 0]], "\(load)")
    }
  }

  @Test("A contract is offered to one parent at a time, agreed, written to that parent alone, and ends with the case")
  func contracts() async throws {
    try await Self.people { school, officer, manager in
      let path = try await Self.begin(school, officer, manager)
      let words = """
        {"requirements":["Come by nine"],"support":["A club"],"childView":"Good","parentView":"Good","consequences":"We meet"}
        """
      func offer(_ target: String, last: String) -> String {
        """
        {"parent":"c000000003","target":"\(target)","first":"2026-12-01","last":"\(last)","words":\(words),
        "reason":"Agreed to meet"}
        """
      }
      let wrong = try await officer.send("\(path)/contracts", offer("101", last: "2026-12-31"), 409)
      #expect(wrong["errors"].elements.map(\.["pointer"].word) == ["target-possible", "period-allowed"])
      let offered = try await officer.send("\(path)/contracts", offer("90", last: "2027-03-25"))
      #expect(offered["baseline"]["attended"]["possible"] == 20, "\(offered)")
      try await officer.send("\(path)/contracts", offer("95", last: "2027-03-25"), 409)
      let contract = "/contracts/\(offered["id"].word)"
      _ = try await officer.act("agree", on: contract, facts: #"{"agreement":"signed"}"#)
      _ = try await officer.act("begin", on: contract)
      let early = try await officer.act("find-met", on: contract, 409)
      #expect(early["errors"].elements.map(\.["pointer"].word) == ["period-over", "result-met"])
      let terms = try await officer.get("\(contract)/terms")
      #expect(terms["result"] == "not-measurable" && terms["baselinePercentage"] == "50.0", "\(terms)")

      func letter(to person: String) -> String {
        """
        {"contract":"\(offered["id"].word)","child":"Ada Made-Up","writer":{"name":"An Officer","role":"Officer",
        "contact":"01632 960000"},"recipients":[{"id":"\(person)","name":"A Parent","address":["2 Made-up Street"]}]}
        """
      }
      try await officer.send("\(path)/letters/contract", letter(to: "c000000004"), 422)
      let issued = try await officer.send("\(path)/letters/contract", letter(to: "c000000003"))
      let number = try #require(issued["documents"].elements.first?.word)
      let page = try await officer.service.send(
        .get, "\(path)/letters/\(number)", as: "u-officer", .attendanceOfficer)
      #expect(page.text.contains("I, A Parent, agree") && page.text.contains("90%"))

      _ = try await officer.act("close", on: path, facts: #"{"closing":"declined"}"#)
      try await manager.send("\(path)/second", #"{"agrees":true}"#)
      let ended = try await officer.get(contract)
      #expect(ended["summary"]["state"] == "ended")
      try await officer.send(
        "\(path)/meetings",
        "{\"type\":\"other\",\"on\":\"2026-12-01\",\"place\":\"School\",\"purpose\":\"Plan\",\"invited\":[\"Parent\"]}",
        409)
      let closing = """
        {"reason":"You did not want our help","staying":"The school's own help","child":"Ada Made-Up","writer":{"name":"An Officer",
        "role":"Officer","contact":"01632 960000"},"recipients":[{"id":"c000000003","name":"A Parent",
        "address":["2 Made-up Street"]}]}
        """
      try await officer.send("\(path)/letters/closing", closing)
      let gain = try await manager.get("/gain?from=2026-11-01&to=2026-12-31")
      #expect(gain["closing"]["measured"] == 1 && gain["closing"]["mean"] == .null, "\(gain)")
    }
  }

  @Test(
    "Nobody is written to, or offered a contract, whom registers says not to contact, nor anybody who is no contact")
  func unsafeContacts() async throws {
    try await Self.people { school, officer, manager in
      let evidence = try await school.get("/children/\(Self.child)/referral-evidence?school=\(Self.school)")
      #expect(evidence["adults"].elements.map(\.["canBeReached"]) == [true, false], "\(evidence)")
      let path = try await Self.begin(school, officer, manager)
      func offer(_ parent: String) -> String {
        """
        {"parent":"\(parent)","target":"90","first":"2026-12-01","last":"2027-03-25","words":{"requirements":["Come"],
        "support":["A club"],"childView":"Good","parentView":"Good","consequences":"We meet"},"reason":"Agreed to meet"}
        """
      }
      let unsafe = try await officer.send("\(path)/contracts", offer("c000000008"), 409)
      #expect(unsafe["type"].word.contains("not-safe-to-contact"))
      try await officer.send("\(path)/contracts", offer("c000000004"), 422)
      let meeting = try await officer.send(
        "\(path)/meetings",
        #"{"type":"school","on":"2026-12-01","place":"School","purpose":"Plan","invited":["Parent"]}"#)
      func invitation(_ person: String) -> String {
        """
        {"meeting":\(meeting["number"].text),"child":"Ada Made-Up","writer":{"name":"An Officer","role":"Officer",
        "contact":"01632 960000"},"recipients":[{"id":"\(person)","name":"A Parent","address":["2 Made-up Street"]}]}
        """
      }
      let refused = try await officer.send("\(path)/letters/meeting-invitation", invitation("c000000008"), 409)
      #expect(refused["type"].word.contains("not-safe-to-contact"))
      try await officer.send("\(path)/letters/meeting-invitation", invitation("c000000003"))
    }
  }

  @Test("A sustained closing that the figures do not bear out needs two people and a reason")
  func closing() async throws {
    try await Self.people { school, officer, manager in
      let path = try await Self.begin(school, officer, manager)
      let refused = try await officer.act("close", on: path, facts: #"{"closing":"sustained"}"#, 409)
      #expect(refused["errors"].elements.map(\.["pointer"].word) == ["closing-figures"])
      try await officer.send(
        "\(path)/acts",
        """
        {"act":"close","reason":"The family moved on","facts":{"closing":"sustained"},"overriding":["closing-figures"]}
        """)
      let closed = try await manager.send("\(path)/second", #"{"agrees":true}"#)
      #expect(closed["summary"]["state"] == "closed")
    }
  }

  @Test("The register of a sibling's case is seen from a case; the pathway says by which stages the authority works")
  func families() async throws {
    try await Self.people { school, officer, manager in
      let path = try await Self.begin(school, officer, manager)
      try await officer.send("\(path)/family", #"{"pupil":"\#(Self.child)"}"#, 422)
      try await officer.send("\(path)/family", #"{"pupil":"p999999999"}"#, 404)
      let family = try await officer.send("\(path)/family", #"{"pupil":"\#(CaseworkApplication.pupil)"}"#)
      #expect(family["children"].elements.map(\.["case"]) == ["c1"])
      let back = try await officer.get("/cases/c1/family")
      #expect(back["children"].elements.map(\.["pupil"].word) == [Self.child])
      try await officer.send("\(path)/family", by: .delete)
      #expect(try await officer.get("/cases/c1/family")["children"].elements == [])
      #expect(try await officer.get("/pathway")["stages"].elements.count == 6)
    }
  }
}

extension JSONValue {
  /// As it is written in JSON.
  fileprivate var text: String { (try? String(json: self)) ?? "" }
}
