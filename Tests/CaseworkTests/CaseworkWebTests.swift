import HTTPTypes
import Schemas
import ServiceKit
import ServiceTestKit
import Testing

/// What people do over HTTP.
@Suite("Casework over HTTP", .timeLimit(.minutes(5))) struct CaseworkWebTests {
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
        answers.append(try JSONValue.read(answer.text))
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
      #expect(try JSONValue.read(tasks.text)["tasks"].elements.map { $0["case"] } == ["c2"], "\(tasks.text)")
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
