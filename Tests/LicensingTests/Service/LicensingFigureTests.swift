import Contracts
import Foundation
import HTTPTypes
import Rulebook
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import LicensingDomain
@testable import LicensingService

/// Figures that open to their cases, what an officer sees of a child, and record sheets.
@Suite("Figures and suitability of licensing", .timeLimit(.minutes(5))) struct LicensingFigureTests {
  private static func act(_ name: String, _ facts: String = "{}") -> String {
    #"{"act":"\#(name)","reason":"A reason","facts":\#(facts)}"#
  }

  @Test("Issued, on time and active, as JSON and CSV, and the case behind them; late applications are a share")
  func figures() async throws {
    try await LicensingApplication.run { service in
      func officer(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws -> String {
        let answer = try await service.send(method, path, as: "u-officer", .licensingOfficer, body: body)
        #expect(answer.status == 200, "\(path): \(answer.status) \(answer.text)")
        return answer.text
      }
      let entered = try await officer(.post, "/work-permits", RouteWalkTests.permitForm())
      let id = try #require(entered.firstMatch(of: /"id":"(c\d+)"/)?.1)
      for name in ["complete", "grant"] { _ = try await officer(.post, "/work-permits/\(id)/acts", Self.act(name)) }
      let period = "from=2026-11-01&to=2026-12-31"
      let csv = try await officer(.get, "/figures?\(period)&format=csv")
      for line in [
        "I25,work-permit,issued,1,,", "I25,work-permit,active,1,,", "I25,work-permit,on-time,1,1,100.0",
        "I25,work-permit,refused,0,,", "I25,chaperone-approval,on-time,0,0,",
      ] { #expect(csv.contains(line), "\(line) is not in \(csv)") }
      let cases = try await officer(.get, "/figures/cases?\(period)&kind=work-permit&measure=on-time")
      #expect(cases.contains(#""id":"\#(id)""#) && cases.contains(#""within":true"#))
      // The made-up licences are for 30 days ahead and were received in time; a form of today is not late either.
      #expect(csv.contains("I26,performance-licence,late,"))
      let none = try await officer(.get, "/figures?from=2025-01-01&to=2025-12-31&format=csv")
      #expect(none.contains("I25,work-permit,issued,0,,"))
      let long = try await service.send(
        .get, "/figures?from=2020-01-01&to=2026-12-31", as: "u-officer", .licensingOfficer)
      #expect(long.status == 422)
      let days = try await officer(.get, "/children/p000000001/days?from=2026-11-30&to=2026-12-06")
      #expect(days.contains(#""date":"2026-12-05""#) && days.contains(#""workMinutes":180"#), "\(days)")
      let suitability = try await officer(.get, "/children/p000000001/suitability")
      #expect(suitability == #"{"openEnforcement":false,"persistentAbsence":false,"pupil":"p000000001"}"#)
    }
  }

  @Test("A holder's record against the licence: what differs, and what breaks a rule")
  func recordSheet() throws {
    let (first, second) = (MadeUp.day(2026, 12, 5), MadeUp.day(2026, 12, 12))
    let licence = try MadeUpForms.licence([first, second])
    func day(_ day: Day, _ from: Int, _ to: Int, _ chaperone: String) throws -> LicenceApplication.PlannedDay {
      .init(
        atPlace: try #require(MadeUp.span(day, from, to)), parts: [], breaks: [], children: 1,
        chaperones: [.init(chaperone: chaperone)])
    }
    let sheet = RecordSheet(days: [
      try day(first, 590, 850, "party-8"), try day(first.adding(days: 1), 600, 840, "party-9"),
    ])
    let lines = sheet.differences(from: licence, today: MadeUp.day(2026, 12, 20))
    #expect(
      lines == [
        .init(on: first, differences: [.arrivedEarlier, .leftLater, .otherChaperone]),
        .init(on: first.adding(days: 1), differences: [.dayNotLicensed]), .init(on: second, differences: [.noRecord]),
      ])
    #expect(RecordSheet(days: licence.days).differences(from: licence, today: MadeUp.day(2027, 1, 1)) == [])
  }
}
