import CaseFlow
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import Messaging
import Rulebook
import Schemas
import ServiceKit
import Store
import Testing

@testable import CaseworkService

/// The service's figures against `indicators.md`: what each counts, by what it is told, and what leaves the service.
@Suite("Figures of the service, counted and published", .timeLimit(.minutes(5))) struct PublishedFigureTests {
  private static let span = "from=2026-09-01&to=2026-12-31"
  /// After the term: partners may ask.
  private static let later = Date(timeIntervalSince1970: 1_799_660_400)  // 2027-01-11

  private func one(_ answer: JSONValue, _ id: String, _ part: String = "") -> JSONValue {
    answer["figures"].elements.first { $0["id"].word == id && $0["part"].word == part } ?? .null
  }

  @Test("Referrals are told by route, reason, age and sex; each part opens to its cases")
  func referrals() async throws {
    try await CaseworkApplication.callers { officer, _, _, _ in
      let form =
        #"{"route":"R7","contact":"By telephone","barriers":[{"barrier":"anxiety","view":"known"},{"barrier":"money","view":"suspected"}],"safeguarding":{"answer":"no","by":"Officer","sent":[]}}"#
      let made = try await officer.post("/referrals", #"{"pupil":"p000000001","school":"900101","form":\#(form)}"#)
      try await officer.post("/referrals/\(made["id"].word)/send", nil, 200)
      try await officer.queue().write { db in
        try db.execute(sql: "UPDATE roll_pupil SET sex = 'F' WHERE pupil = 'p000000001'")
      }
      let figures = try await officer.get("/figures?\(Self.span)")
      #expect(one(figures, "I07")["numerator"] == 3, "\(figures)")
      for (part, count) in [
        ("route R7", 1), ("route R8", 2), ("reason anxiety", 1), ("reason money", 0), ("reason not known", 2),
        ("age 10", 3), ("sex female", 2), ("sex male", 0), ("sex not known", 1),
      ] { #expect(one(figures, "I07", part)["numerator"].number == count, "\(part)") }
      #expect(one(figures, "I07", "mean age")["value"].word == "10.0")
      for (part, cases) in [("sex%20female", ["c1"]), ("route%20R8", ["c1", "c2"]), ("reason%20anxiety", ["c1"])] {
        let opened = try await officer.get("/figures/cases?\(Self.span)&figure=I07&part=\(part)")
        #expect(opened["cases"].elements.map { $0["id"].word } == cases, "\(part)")
      }
      // Of two that opened a case none came back; the linked referral opened none.
      #expect(one(figures, "I12")["denominator"] == 2 && one(figures, "I12")["numerator"] == 0)
    }
  }

  @Test("A proposal of the register is no referral before somebody accepts it, and one that lapsed is not late")
  func proposals() async throws {
    let service = try Caseworked()
    try await service.enrol()
    try await service.find()
    let days = DayRange(first: try #require(Day(iso: "2026-09-01")), last: try #require(Day(iso: "2026-12-31")))
    func figures() async throws -> [Indicators.Figure] {
      let today = service.clock.today()
      return try await service.store.read { try Indicators(days, of: nil, today: today, in: $0).all(budgetPence: nil) }
    }
    func count(_ figures: [Indicators.Figure], _ id: String, _ part: String) -> [Int?] {
      figures.first { $0.id == id && $0.part == part }.map { [$0.cases.count, $0.of] } ?? []
    }
    #expect(count(try await figures(), "I07", "") == [0, nil])
    try await service.lapse()
    try service.go(to: "2026-12-14")
    #expect(count(try await figures(), "I27", "triage") == [0, 0])
    try await service.find("f2")
    try service.go(to: "2026-12-29")
    #expect(count(try await figures(), "I27", "triage") == [0, 1])
    try await service.act(.accept, [.safeguarding: .text("no")], of: "c2")
    #expect(count(try await figures(), "I27", "triage") == [0, 1])
    #expect(count(try await figures(), "I07", "route R8") == [1, nil])
    #expect(count(try await figures(), "I08", "") == [1, nil])
  }

  @Test("Partners are answered of whole terms that are over, without small numbers, without officers, without cases")
  func published() async throws {
    try await CaseworkApplication.callers(at: Self.later) { officer, manager, _, nurse in
      for (urn, cluster) in [("900101", "north"), ("900102", "south")] {
        try await manager.post(
          "/school-allocations",
          #"{"urn":"\#(urn)","officer":"u-officer","cluster":"\#(cluster)","from":"2026-09-01"}"#)
      }
      #expect(one(try await officer.get("/figures?\(Self.span)"), "I08")["numerator"] == 2)
      let shown = try await nurse.get("/figures?\(Self.span)&budgetPence=25000000")
      for (id, part) in [("I07", ""), ("I08", ""), ("I10", ""), ("I27", "triage")] {
        let line = one(shown, id, part)
        #expect(line["id"].word == id && line["numerator"] == .null && line["value"] == .null, "\(shown)")
      }
      #expect(one(shown, "I07", "mean age")["value"] == .null)
      #expect(one(shown, "I33", "pounds for each open case")["value"] == .null)
      #expect(!shown["figures"].elements.contains { $0["part"].word.hasPrefix("officer") })
      for path in ["/figures", "/figures/clusters"] {
        let refused = try await nurse.get("\(path)?from=2026-09-01&to=2027-01-10", 400)
        #expect(refused["type"].word.contains("span"), "\(refused)")
      }
      _ = try await nurse.get("/figures/cases?\(Self.span)&figure=I08", 403)
      let clusters = try await nurse.get("/figures/clusters?\(Self.span)")["clusters"].elements
      #expect(clusters.count == 2 && clusters.allSatisfy { $0["open"] == .null && $0["referrals"] == .null })
    }
  }

  @Test("A share is left out where what is left of the whole is small")
  func shares() {
    func line(_ count: Int, of whole: Int) -> IndicatorRoutes.Line {
      PublishedFigures.lines([.init(id: "I10", part: "", cases: Array(1...Int64(count)), of: whole)])[0]
    }
    #expect(line(50, of: 60).value == "83.3")
    #expect(line(57, of: 60).value == nil && line(57, of: 60).numerator == nil)
    #expect(line(3, of: 60).value == nil && line(60, of: 60).value == "100.0")
    let routes = [9, 3, 20, 0].enumerated().map { place, count in
      Indicators.Figure(id: "I07", part: "route R\(place + 1)", cases: Array(repeating: 1, count: count))
    }
    // The three would follow from the whole, so the next smallest is left out too.
    #expect(PublishedFigures.lines(routes).map(\.numerator) == [nil, nil, 20, 0])
  }
}
