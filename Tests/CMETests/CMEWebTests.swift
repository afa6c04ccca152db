import CMEDomain
import Foundation
import HTTPTypes
import ServiceKit
import ServiceTestKit
import Testing

@testable import CMEService

/// What people do over HTTP.
@Suite("Cme over HTTP", .timeLimit(.minutes(5))) struct CMEWebTests {
  private static let officer = "u-officer"

  private func post(
    _ service: BuiltProgram, _ path: String, _ body: String, as role: Role = .cmeOfficer
  ) async throws -> (status: Int, text: String) {
    let answer = try await service.send(
      .post, path, as: role == .manager ? "u-manager" : Self.officer, role, body: body)
    return (answer.status, answer.text)
  }

  @Test("A report opens one search for a child; what is no trigger, and nobody's child, are refused")
  func reporting() async throws {
    try await CMEApplication.run { service in
      let report = #"{"pupil":"p000000003","trigger":"T9","reason":"Seen in town"}"#
      let opened = try await post(service, "/searches", report)
      #expect(opened.status == 200 && opened.text.contains(#""state":"suspected""#), "\(opened.text)")
      let again = try await post(service, "/searches", report)
      #expect(again.status == 409 && again.text.contains("case-open"), "\(again.text)")
      let wrong = try await post(service, "/searches", report.replacing("T9", with: "T14"))
      #expect(wrong.status == 422 && wrong.text.contains("/trigger"), "\(wrong.text)")
      let nobody = try await post(service, "/searches", report.replacing("p000000003", with: "p000000009"))
      #expect(nobody.status == 404)
    }
  }

  @Test("The safeguarding questions are answered whole; a risk is referred the same day, too much unknown reviewed")
  func safeguarding() async throws {
    try await CMEApplication.run { service in
      let path = "/cases/c1/safeguarding"
      let some = try await post(service, path, #"{"answers":[{"question":"refuge","answer":"no"}],"reason":"Asked"}"#)
      #expect(some.status == 422 && some.text.contains("baby-siblings"), "\(some.text)")
      #expect(!some.text.contains("young-unseen"), "the child is older, and the program knows it")
      let wrong = try await post(service, path, #"{"answers":[{"question":"age","answer":"maybe"}],"reason":"Asked"}"#)
      #expect(
        wrong.status == 422 && wrong.text.contains("/answers/0/question") && wrong.text.contains("/answers/0/answer"))
      let unknown: [SafeguardingQuestion: String] = [
        .refuge: "unknown", .travel: "unknown", .harm: "unknown", .socialCare: "yes",
      ]
      let answer = try await post(service, path, CMERouteWalkTests.screening(unknown))
      #expect(answer.status == 200 && answer.text.contains(#""referBy":"2026-11-30""#), "\(answer.text)")
      #expect(answer.text.contains(#""reviewBy":"2026-12-01""#), "\(answer.text)")
      let tasks = try await service.send(.get, "/tasks?dueBy=2026-12-01", as: "u-manager", .manager)
      #expect(tasks.text.contains("Refer the child to social care or the police"), "\(tasks.text)")
      #expect(tasks.text.contains("Review the unknown safeguarding answers"), "\(tasks.text)")
    }
  }

  @Test("The enquiries show what is due and what is missing, and refuse what is no enquiry")
  func enquiring() async throws {
    try await CMEApplication.run { service in
      let path = "/cases/c1/checks"
      let faults = [
        (#"{"item":14,"part":"authority","askedOn":"2026-11-30"}"#, "/item"),
        (#"{"item":1,"part":"authority","askedOn":"2026-11-30"}"#, "/part"),
        (#"{"item":1,"part":"school","askedOn":"2026-12-01"}"#, "/askedOn"),
        (#"{"item":1,"part":"school","askedOn":"2026-11-30","result":"perhaps"}"#, "/result"),
      ]
      for (body, pointer) in faults {
        let refused = try await post(service, path, body)
        #expect(refused.status == 422 && refused.text.contains(pointer), "\(refused.text)")
      }
      let made = try await post(
        service, path, #"{"item":5,"part":"authority","askedOn":"2026-11-30","result":"not-found"}"#)
      #expect(made.status == 200 && made.text.contains(#""certificate":"no-return-expected""#), "\(made.text)")
      #expect(made.text.contains(#""by":"2026-12-28""#), "asked again in four weeks: \(made.text)")
      let said = try await post(
        service, "/cases/c1/statement",
        #"{"ground":"h","finding":"not-found","unavoidable":true,"daysShown":false,"schoolOfficer":""}"#)
      #expect(said.status == 200 && said.text.contains("unavoidable cause is believed"), "\(said.text)")
      #expect(said.text.contains("No officer of the school has agreed") && !said.text.contains("certificate\":\""))
      let ground = try await post(
        service, "/cases/c1/statement",
        #"{"ground":"a","finding":"not-found","unavoidable":true,"daysShown":false,"schoolOfficer":""}"#)
      #expect(ground.status == 422 && ground.text.contains("/ground"))
    }
  }

  @Test("An alert is raised once, an alert of another authority is opened for officers alone and answered in its order")
  func alerting() async throws {
    try await CMEApplication.run { service in
      let raised = try await post(service, "/cases/c1/alerts", CMERouteWalkTests.alert)
      #expect(raised.status == 200 && raised.text.contains(#""state":"raised""#), "\(raised.text)")
      let own = CMERouteWalkTests.alert.replacing(#""authority":"878""#, with: #""authority":"880""#)
      let refused = try await post(service, "/cases/c1/alerts", own)
      #expect(refused.status == 422 && refused.text.contains("/authority"), "\(refused.text)")
      let unknown = CMERouteWalkTests.alert.replacing(#""authority":"878""#, with: #""authority":"886""#)
      #expect(try await post(service, "/cases/c2/alerts", unknown).status == 409)
      let opened = try await service.send(.get, "/alerts/c3", as: "u-manager", .manager)
      #expect(opened.status == 200 && opened.text.contains("Canaryna"), "\(opened.text)")
      let sent = try await service.send(.get, "/alerts/c4", as: "u-manager", .manager)
      #expect(sent.status == 200 && !sent.text.contains("Canaryna"), "\(sent.text)")
      let early = try await post(service, "/alerts/c3/not-here", #"{"reason":"Nobody knows the child"}"#)
      #expect(early.status == 409 && early.text.contains("not-from-here"), "\(early.text)")
      let receipt = #"{"known":true,"officer":"R Kite","reason":"Known here"}"#
      #expect(try await post(service, "/alerts/c3/acknowledgement", receipt).status == 200)
      #expect(try await post(service, "/alerts/c4/acknowledgement", receipt).status == 404)
      let sighted = try await post(service, "/alerts/c3/sighting", #"{"provision":"Academy","reason":"On roll"}"#)
      #expect(sighted.status == 200 && sighted.text.contains(#""state":"sighted""#), "\(sighted.text)")
      let keys = try await service.send(.get, "/alert-keys", as: "u-operator", .operator)
      #expect(keys.status == 200 && keys.text.contains("880 sealing 2026-10-31 - "), "\(keys.text)")
      let renewed = try await service.send(
        .post, "/alert-keys", as: "u-operator", .operator, body: #"{"first":"2026-12-14"}"#)
      #expect(renewed.text.contains("880 sealing 2026-10-31 2026-12-28 "), "\(renewed.text)")
      #expect(renewed.text.contains("880 signing 2026-12-14 - "), "\(renewed.text)")
      #expect(renewed.text.contains("880 matching 2026-10-31 - "), "\(renewed.text)")
    }
  }

  @Test("The collection keeps small counts back, and the share located is of what was closed")
  func figures() async throws {
    try await CMEApplication.run { service in
      let collection = try await service.send(.get, "/collection", as: "u-manager", .manager)
      #expect(collection.text.contains(#""low":true"#) && !collection.text.contains(#""total""#), "\(collection.text)")
      let path = "/figures/located?from=2026-09-01&to=2026-12-31"
      let before = try await service.send(.get, path, as: "u-manager", .manager)
      #expect(before.text.contains(#""located":0"#) && !before.text.contains("percent"), "\(before.text)")
      let close = #"{"act":"close","reason":"Found","facts":{"outcome":"abroad","evidence":"ticket"}}"#
      #expect(try await post(service, "/cases/c1/acts", close).status == 200)
      let after = try await service.send(.get, path, as: "u-manager", .manager)
      #expect(after.text.contains(#""located":1"#) && after.text.contains(#""percent":"100.0""#), "\(after.text)")
      let turned = try await service.send(
        .get, "/figures/located?from=2026-12-31&to=2026-09-01", as: "u-manager", .manager)
      #expect(turned.status == 422)
    }
  }
}
