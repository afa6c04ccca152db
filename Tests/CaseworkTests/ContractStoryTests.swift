import HTTPTypes
import Schemas
import ServiceKit
import ServiceTestKit
import Testing

/// What is agreed with a parent, and with whom nothing may be, as an officer and a manager see it over HTTP.
@Suite("A parent's way through casework", .timeLimit(.minutes(5))) struct ContractStoryTests {
  @Test("A contract is offered to one parent at a time, agreed, written to that parent alone, and ends with the case")
  func contracts() async throws {
    try await Story.people { school, officer, manager in
      let path = try await Story.begin(school, officer, manager)
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
    try await Story.people { school, officer, manager in
      let evidence = try await school.get("/children/\(Story.child)/referral-evidence?school=\(Story.school)")
      #expect(evidence["adults"].elements.map(\.["canBeReached"]) == [true, false], "\(evidence)")
      let path = try await Story.begin(school, officer, manager)
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
}
