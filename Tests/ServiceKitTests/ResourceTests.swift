import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Schemas
import ServiceKit
import Testing

/// What HTTP asks of resources: tags, HEAD, methods, links to the next page, the description.
@Suite("Resources") struct ResourceTests {
  private func tagged(_ service: TestService, _ path: String, _ tag: String? = nil, _ method: HTTPRequest.Method = .get)
    async throws -> TestResponse
  {
    var headers: HTTPFields = [:]
    headers[.ifNoneMatch] = tag
    return try await service.call(method, path, token: try await service.token(.attendanceOfficer), headers: headers)
  }

  @Test func anAnswerIsTaggedByItsBytes() async throws {
    let service = try await TestService()
    let first = try await tagged(service, "/schools/100001")
    let tag = try #require(first.headers[.eTag])
    #expect(tag.wholeMatch(of: #/"[A-Za-z0-9_-]{22}"/#) != nil)
    #expect(try await tagged(service, "/schools/100001").headers[.eTag] == tag)
    #expect(try await tagged(service, "/schools/100002").headers[.eTag] != tag)
    #expect(first.headers[.cacheControl] == "no-store")
  }

  @Test(
    arguments: [
      ("TAG", true), ("W/TAG", true), ("\"other\", TAG", true), ("*", true), ("\"other\"", false), ("", false),
      ("TA", false), ("W/\"other\",W/\"another\"", false),
    ])
  func whatTheCallerHasIsNotSentAgain(pattern: String, matches: Bool) async throws {
    let service = try await TestService()
    let whole = try await tagged(service, "/schools/100001")
    let tag = try #require(whole.headers[.eTag])
    let answer = try await tagged(service, "/schools/100001", pattern.replacing("TAG", with: tag))
    #expect(answer.status == (matches ? .notModified : .ok))
    #expect(answer.headers[.eTag] == tag)
    #expect(answer.body == (matches ? ByteBuffer() : whole.body))
    #expect((answer.headers[.contentType] == nil) == matches)
    // What was not sent was read all the same.
    #expect(service.reads.withLock { $0 } == 2)
  }

  @Test func onlyASuccessfulGetIsTagged() async throws {
    let service = try await TestService()
    let token = try await service.token(.attendanceOfficer)
    let posted = try await service.call(.post, "/forms", token: token, body: #"{"name":"x","days":[]}"#)
    #expect(posted.status == .ok && posted.headers[.eTag] == nil)
    let refused = try await service.call(.get, "/schools/100001", headers: [.ifNoneMatch: "*"])
    #expect(refused.status == .unauthorized && refused.headers[.eTag] == nil)
    #expect(try await tagged(service, "/day?day=never", "*").status == .badRequest)
  }

  @Test func headIsGetWithoutABody() async throws {
    let service = try await TestService()
    let get = try await tagged(service, "/schools/100001")
    let head = try await tagged(service, "/schools/100001", nil, .head)
    #expect(head.status == .ok && head.body.readableBytes == 0)
    #expect(head.headers[.eTag] == get.headers[.eTag] && head.headers[.contentType] == "application/json")
    for (path, status) in [("/nothing", 404), ("/forms", 405)] {
      let answer = try await tagged(service, path, nil, .head)
      #expect(answer.status.code == status && answer.body.readableBytes == 0)
      #expect(answer.headers[.contentType] == "application/problem+json")
    }
    #expect(try await service.call(.head, "/schools/100001").status == .unauthorized)
  }

  @Test(
    arguments: [
      (.delete, "/schools/100001", "GET, HEAD"), (.post, "/schools/100001/", "GET, HEAD"), (.get, "/forms", "POST"),
      (.put, "/health/live", "GET, HEAD"),
    ] as [(HTTPRequest.Method, String, String)])
  func anotherMethodIsAProblemThatNamesThoseThereAre(
    method: HTTPRequest.Method, path: String, allowed: String
  ) async throws {
    let response = try await TestService().call(method, path)
    _ = try RouterTests().expectProblem(response, 405, "method-not-allowed")
    #expect(response.headers[.allow] == allowed)
  }

  @Test(arguments: ["/schools", "/schools/1/2", "/form", "/"])
  func anotherPathIsNotFoundWhateverTheMethod(path: String) async throws {
    let service = try await TestService()
    for method in [HTTPRequest.Method.get, .post, .delete] {
      _ = try RouterTests().expectProblem(try await service.call(method, path), 404, "http-404")
    }
  }

  @Test func aPageLinksToTheNext() async throws {
    let service = try await TestService()
    let name = try #require(HTTPField.Name("Link"))
    #expect(try await tagged(service, "/lists/100001").headers[name] == #"</lists/100001?after=2>; rel="next""#)
    let second = try await tagged(service, "/lists/100001?kind=a%26b&after=2&x=%3E")
    #expect(second.headers[name] == #"</lists/100001?kind=a%26b&x=%3E&after=4>; rel="next""#)
    #expect(try await tagged(service, "/lists/100001?after=4").headers[name] == nil)
    let hostile = try await tagged(service, #"/lists/100001?x=>;rel="prev""#)
    #expect(hostile.headers[name] == #"</lists/100001?x=%3E%3Brel=%22prev%22&after=2>; rel="next""#)
    for bad in ["-1", "x", "", "9223372036854775808", "1.5"] {
      #expect(try await tagged(service, "/lists/100001?after=\(bad)").status == .badRequest)
    }
  }

  @Test func theServiceDescribesItself() async throws {
    let service = try await TestService()
    let answer = try await service.call(.get, "/openapi.json")
    #expect(answer.status == .ok && answer.headers[.contentType] == "application/json")
    let served = try JSONDecoder().decode(JSONValue.self, from: Data(answer.body.readableBytesView))
    #expect(served == (try OpenAPI.document(of: "test", routes: service.built.routes)))
    let again = try await service.call(
      .get, "/openapi.json", headers: [.ifNoneMatch: try #require(answer.headers[.eTag])])
    #expect(again.status == .notModified)
  }

  @Test(
    arguments: [
      ("/lists/{urn}", [], nil),
      ("/things/{thing}", [], .unknownParameter(name: "thing", route: "GET /things/{thing}")),
      ("/things/{thing}", ["thing"], nil), ("/pupils/{id}", [], nil),
      ("/things/{id}", [], .unknownParameter(name: "id", route: "GET /things/{id}")),
      ("/pupils/{id}", ["other"], .strayParameter(name: "other", route: "GET /pupils/{id}")),
    ] as [(String, [String], OpenAPI.Failure?)])
  func parametersOfThePathMustBeExplained(path: String, explained: [String], failure: OpenAPI.Failure?) throws {
    let about = About("Something", path: explained.map { .init($0, .string(), "A thing.") })
    #expect(fails(path, about) == failure)
  }

  @Test func aRouteMustHaveASummary() throws {
    #expect(fails("/things", About("")) == .noSummary(route: "GET /things"))
  }

  @Test func aRouteMayTellOfFurtherProblemsThatThereAre() throws {
    #expect(fails("/things", About("Things", problems: [429, 422])) == nil)
    #expect(fails("/things", About("Things", problems: [418])) == .unknownProblem(status: 418, route: "GET /things"))
  }

  private func fails(_ path: String, _ about: About) -> OpenAPI.Failure? {
    let route = ServiceRouter.Route(method: "GET", path: path, policy: .open, bodyLimitBytes: 1, about: about)
    do {
      _ = try OpenAPI.document(of: "test", routes: [route])
      return nil
    } catch {
      return error as? OpenAPI.Failure
    }
  }
}
