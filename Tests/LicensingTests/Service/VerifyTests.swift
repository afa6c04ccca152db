import Foundation
import HTTPTypes
import Letters
import Rulebook
import Schemas
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import LicensingDomain
@testable import LicensingService

/// What whoever holds a document sees.
@Suite("Checking a document by its code", .timeLimit(.minutes(5))) struct VerifyTests {
  private func act(_ name: String, _ facts: String = "{}") -> String {
    #"{"act":"\#(name)","reason":"A reason","facts":\#(facts)}"#
  }

  @Test("Valid, then suspended at once, then valid again; nothing about the child; a wrong code tells nothing")
  func permit() async throws {
    try await LicensingApplication.run { service in
      func officer(_ path: String, _ body: String, _ role: Role = .licensingOfficer) async throws -> String {
        let answer = try await service.send(.post, path, as: "u-\(role)", role, body: body)
        #expect(answer.status == 200, "\(path): \(answer.status) \(answer.text)")
        return answer.text
      }
      let entered = try await officer("/work-permits", RouteWalkTests.permitForm())
      let id = try #require(entered.firstMatch(of: /"id":"(c\d+)"/)?.1)
      for name in ["complete", "grant"] { _ = try await officer("/work-permits/\(id)/acts", act(name)) }
      let letter = #"""
        {"letter":"permit","child":"Ada Made-Up","recipients":[{"id":"party-1","name":"A Shop","address":["1 Street"]}]}
        """#
      let issued = try await officer("/work-permits/\(id)/letters", letter)
      let number = try #require(issued.firstMatch(of: /"documents":\["([^"]+)"/)?.1)
      let page = try await service.send(.get, "/work-permits/\(id)/letters/\(number)", as: "u-m", .manager).text
      let code = try #require(page.firstMatch(of: /code=([0-9A-Z-]+)</)?.1)
      #expect(page.contains("<strong>\(code)</strong>") && page.contains("https://licensing.test/verify?code="))
      #expect(page.contains("QR code"), "qrencode is installed by bin/lib/setup.sh")

      func check(_ code: some StringProtocol) async throws -> (status: Int, text: String) {
        let answer = try await service.openly(.get, "/verify?code=\(code)")
        for canary in ["Ada", "Made-Up", "p000000001", "2011", "A Shop", "900101"] {
          #expect(!answer.text.contains(canary), "\(canary)")
        }
        return answer
      }
      let valid = try await check(code)
      #expect(valid.status == 200 && valid.text.contains("<h1>Valid</h1>") && valid.text.contains(String(number)))
      #expect(valid.text.contains("Saturday, school weeks") && valid.text.contains("09:00 to 12:00"))
      #expect(try await check(code.lowercased().replacing("-", with: "")).text.contains("<h1>Valid</h1>"))
      _ = try await officer("/work-permits/\(id)/acts", act("suspend", #"{"ground":"welfare"}"#))
      let suspended = try await check(code)
      #expect(suspended.text.contains("<h1>Not valid</h1>") && !suspended.text.contains("welfare"))
      _ = try await officer("/work-permits/\(id)/acts", act("resume"), .manager)
      #expect(try await check(code).text.contains("<h1>Valid</h1>"))
      _ = try await officer("/work-permits/\(id)/acts", act("amend"))
      #expect(try await check(code).text.contains("<h1>Not valid</h1>"), "a new permit replaces the old paper")

      for wrong in ["AAAAA-AAAAA-AAAAA-AAAAA", "x", "%3Cscript%3E", "%00", String(repeating: "A", count: 2000)] {
        let answer = try await check(wrong)
        #expect(answer.text.contains("<h1>Not known</h1>") && !answer.text.contains("script"), "\(answer.status)")
      }
      #expect(try await service.openly(.get, "/verify").text.contains("<form"))
      // More at once than would be let through while they are answered.
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<VerifyRoutes.perMinute * 5 {
          group.addTask { try await service.openly(.get, "/verify").status }
        }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(statuses.contains(429), "one place may not ask without end")
    }
  }

  @Test("A code is read as people write it, and nothing else is one")
  func codes() async {
    let mark = await CheckMark.make(at: nil)
    #expect(CheckMark.code(mark.code) == mark.code && mark.code.count == 23)
    #expect(CheckMark.code("o1234 i1234 l1234 abcde") == "01234-11234-11234-ABCDE")
    for wrong in ["", "U1234-11234-11234-ABCDE", "01234-11234-11234-ABCD", "éééééééééééééééééééé"] {
      #expect(CheckMark.code(wrong) == nil)
    }
    var seen: Set<String> = []
    for _ in 0..<100 { seen.insert(await CheckMark.make(at: nil).code) }
    #expect(seen.count == 100)
  }
}
