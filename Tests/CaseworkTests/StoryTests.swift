import HTTPTypes
import Schemas
import ServiceKit
import ServiceTestKit
import Testing

/// Casework as a school, an officer and a manager see it over HTTP, with a child who has no case yet.
@Suite("A child's way through casework", .timeLimit(.minutes(5))) struct StoryTests {
  private static let referral = """
    {"route":"R1","home":{"adults":[{"id":"c000000003","hasResponsibility":true,"canBeReached":true}],
    "others":"A brother","language":"en","format":"letter"},"steps":[{"kind":"meeting","on":"2026-11-10",
    "who":"Parent","agreed":"A morning club"}],"leadView":"Afternoons are missed",
    "safeguarding":{"answer":"no","by":"Designated lead","sent":[]},
    "voice":{"child":"I feel ill after lunch","adults":[{"adult":"c000000003","view":"We worry"}],"help":"A nurse"},
    "consent":{"answer":"given","why":""},"ask":"support"}
    """

  @Test(
    "A school refers a child with the register's own figures, hears at once what is missing, and is asked once for more"
  )
  func referring() async throws {
    try await Story.people { school, officer, _ in
      let evidence = try await school.get("/children/\(Story.child)/referral-evidence?school=\(Story.school)")
      #expect(evidence["figures"]["possible"] == 20 && evidence["percentage"] == "50.0", "\(evidence)")
      #expect(evidence["pattern"].elements.last?["name"] == "PM" && evidence["pattern"].elements.last?["missed"] == 10)
      let foreign = WebCaller(service: school.service, subject: "u-else", role: .school, schools: ["900102"])
      _ = try await foreign.get("/children/\(Story.child)/referral-evidence?school=\(Story.school)", 404)

      let draft = try await school.send(
        "/referrals", #"{"pupil":"\#(Story.child)","school":"\#(Story.school)","form":{"route":"R1"}}"#, 201)
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
        "/referrals", #"{"pupil":"\#(Story.child)","school":"\#(Story.school)","form":\#(Self.referral)}"#, 201)
      let second = try await officer.get("/referrals?state=draft")
      let other = try #require(second["referrals"].elements.last?["id"].word)
      let linked = try await school.send("/referrals/\(other)/send")
      #expect(linked["duplicate"] == true && linked["case"] == sent["case"])
    }
  }

  private static let plan = """
    {"from":"2026-11-30","lead":"family practitioner","team":["school nurse"],"needs":[{"need":"Lunch","outcome":"Eats",
    "isAttendance":false,"steps":[{"what":"See the nurse","owner":"parent","due":"2026-12-07"}]}]}
    """

  @Test(
    "A case is assessed and planned with an attendance outcome, visited, met about and reviewed with the figures filled in"
  )
  func working() async throws {
    try await Story.people { school, officer, manager in
      let path = try await Story.begin(school, officer, manager)
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

  @Test("A sustained closing that the figures do not bear out needs two people and a reason")
  func closing() async throws {
    try await Story.people { school, officer, manager in
      let path = try await Story.begin(school, officer, manager)
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
    try await Story.people { school, officer, manager in
      let path = try await Story.begin(school, officer, manager)
      try await officer.send("\(path)/family", #"{"pupil":"\#(Story.child)"}"#, 422)
      try await officer.send("\(path)/family", #"{"pupil":"p999999999"}"#, 404)
      let family = try await officer.send("\(path)/family", #"{"pupil":"\#(CaseworkApplication.pupil)"}"#)
      #expect(family["children"].elements.map(\.["case"]) == ["c1"])
      let back = try await officer.get("/cases/c1/family")
      #expect(back["children"].elements.map(\.["pupil"].word) == [Story.child])
      try await officer.send("\(path)/family", by: .delete)
      #expect(try await officer.get("/cases/c1/family")["children"].elements == [])
      #expect(try await officer.get("/pathway")["stages"].elements.count == 6)
    }
  }
}
