import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Rulebook
import Schemas
import Testing

@testable import ServiceKit

/// Routes by what they read and answer: what follows from a method's signature, on the wire and in the description.
@Suite("Routes by their types") struct RoutesTests {
  private struct Form: Codable, Sendable {
    let day: Day
    let reason: String
  }

  private struct Answer: Codable, Sendable, Hashable {
    var school: URN?
    var day: Day?
    var most: Int?
    var key: String?
  }

  private struct Line: Listed {
    struct Owner: Codable, Sendable {
      let role: String
      let person: String?
    }

    struct Head: Codable, Sendable { let on: Day }

    static let list = "lines"

    let number: Int64
    let note: String?
    let owner: Owner
    let codes: [String]
    let owners: [Owner]
  }

  private static let officers = Policy.roles(.attendanceOfficer, reach: .shared)
  private static let on = QueryParameter<Day>("on", "The day.")
  private static let school = QueryParameter<URN>("school", "Of one school.").optional
  private static let most = QueryParameter("most", .integer(minimum: 1), "At most.", { Int($0) }).or(7)

  private static func add(to router: ServiceRouter) {
    router.read("/asked", officers, "What is asked", query: [on.about, school.about, most.about]) {
      Answer(school: try $0[school], day: try $0[on], most: try $0[most])
    }
    router.read("/lines", officers, "Lines", query: [.after]) { call in
      let after = try call.after
      let head = Line.Head(on: try #require(Day(iso: "2026-09-07")))
      return Page([after + 1], of: after < 2 ? 1 : 2, head, endsAt: { $0 }) { number in
        Line(
          number: number, note: number == 1 ? nil : "=1+1", owner: .init(role: "manager", person: nil),
          codes: ["I", "M"], owners: [.init(role: "a, b", person: "c")])
      }
    }
    router.write(.post, "/things/{number}", officers, "Change a thing", ifMatch: true, upTo: 1_000, change)
  }

  @Sendable private static func change(_ call: Call, _ form: Form) async throws -> Remembered<Answer> {
    var faults = Faults()
    faults.require(form.day.year == 2026, "/day", "must be of 2026")
    _ = faults.text(form.reason, "/reason", bytes: 1...5)
    try faults.refuse()
    let answer = Answer(day: form.day, most: Int(try call.number("Thing")), key: call.edit.key?.scopedKey)
    return Remembered(json: try Response.encoded(answer), new: answer)
  }

  private func service() async throws -> (TestService, String) {
    let service = try await TestService(Self.add)
    return (service, try await service.token(.attendanceOfficer))
  }

  private func answer(_ response: TestResponse) throws -> Answer {
    try JSONDecoder().decode(Answer.self, from: Data(response.body.readableBytesView))
  }

  private func faults(_ response: TestResponse) throws -> [String] {
    try JSONDecoder().decode(RouterTests.ProblemBody.self, from: Data(response.body.readableBytesView))
      .errors?.map(\.pointer) ?? []
  }

  @Test func parametersAreReadAsTheirTypes() async throws {
    let (service, token) = try await service()
    let day = try #require(Day(iso: "2026-09-07"))
    let whole = try await service.call(.get, "/asked?on=2026-09-07&school=900101&most=3", token: token)
    #expect(try answer(whole) == Answer(school: URN("900101"), day: day, most: 3))
    #expect(try answer(await service.call(.get, "/asked?on=2026-09-07", token: token)) == Answer(day: day, most: 7))
    let wrong = try await service.call(.get, "/asked?school=9&most=0", token: token)
    #expect(try wrong.status == .badRequest && Set(faults(wrong)) == ["on", "school", "most"])
  }

  @Test func pagesHaveALinkAndSheetsComeAsCSV() async throws {
    let (service, token) = try await service()
    let first = try await service.call(.get, "/lines", token: token)
    #expect(
      first.headers[.link] == "</lines?after=1>; rel=\"next\"" && first.headers[.contentType] == "application/json")
    #expect(try await service.call(.get, "/lines?after=2", token: token).headers[.link] == nil)
    let json = #"{"lines":[{"codes":["I","M"],"number":1,"owner":{"role":"manager"},"owners":"#
    #expect(String(buffer: first.body) == json + #"[{"person":"c","role":"a, b"}]}],"next":1,"on":"2026-09-07"}"#)
    let sheet = try await service.call(.get, "/lines?format=csv&after=1", token: token)
    let rows = [
      "number,note,owner.role,owner.person,codes,owners",
      #"2,'=1+1,manager,,I; M,"[{""person"":""c"",""role"":""a, b""}]""#, "",
    ]
    #expect(String(buffer: sheet.body) == rows.joined(separator: "\r\n") && sheet.headers[.link] != nil)
    #expect(sheet.headers[.contentDisposition] == "attachment; filename=\"lines.csv\"")
    let asked = try await service.call(.get, "/lines", token: token, headers: [.accept: "text/csv"])
    #expect(asked.headers[.contentType] == "text/csv; charset=utf-8; header=present")
  }

  @Test func aWriteReadsItsFormItsKeyAndItsPath() async throws {
    let (service, token) = try await service()
    let key = try #require(HTTPField.Name("Idempotency-Key"))
    let good = #"{"day":"2026-09-07","reason":" seen "}"#
    let sent = try await service.call(
      .post, "/things/5", token: token, body: good, headers: [.contentType: "application/json", key: "first-key"])
    #expect(try answer(sent) == Answer(day: Day(iso: "2026-09-07"), most: 5, key: "someone first-key"))
    let fields = try await service.call(.post, "/things/5", token: token, body: #"{"day":"x","other":1}"#)
    #expect(try fields.status == .unprocessableContent && Set(faults(fields)) == ["/day", "/other", "/reason"])
    let values = try await service.call(.post, "/things/5", token: token, body: #"{"day":"2025-09-07","reason":"  "}"#)
    #expect(try values.status == .unprocessableContent && Set(faults(values)) == ["/day", "/reason"])
    #expect(try await service.call(.post, "/things/0", token: token, body: good).status == .notFound)
    let large = try await service.call(.post, "/things/5", token: token, body: String(repeating: " ", count: 1_001))
    #expect(large.status == .contentTooLarge)
  }

  @Test func theDescriptionFollowsFromTheMethod() async throws {
    let (service, _) = try await service()
    let routes = service.built.routes
    let write = try #require(routes.first { $0.path == "/things/{number}" })
    #expect(write.about.takesIdempotencyKey && write.about.takesIfMatch && write.bodyLimitBytes == 1_000)
    #expect(write.about.body == Form.self && write.about.answer == Answer.self)
    let list = try #require(routes.first { $0.path == "/lines" })
    #expect(list.about.sheet && list.about.query.map(\.name) == ["after", "format"])
    let asked = try #require(routes.first { $0.path == "/asked" })
    #expect(asked.about.query.map(\.required) == [true, false, false] && !asked.about.takesIdempotencyKey)
  }
}
