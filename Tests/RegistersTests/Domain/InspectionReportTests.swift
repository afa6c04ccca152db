import Foundation
import Rulebook
import Testing

@testable import RegistersDomain

@Suite struct InspectionReportTests {
  private static func check(_ json: String) throws -> InspectionReport {
    try JSONDecoder().decode(InspectionSubmission.self, from: Data(json.utf8)).checked(today: MadeUp.day("2026-09-21"))
  }

  private static let met = #"[{"name":"codes","outcome":"met"}]"#

  /// Bodies that are refused, with the pointers of their faults.
  static let refused: [(body: String, pointers: [String])] = [
    ("{\"visitedOn\":\"2026-09-22\",\"checks\":\(met)}", ["/visitedOn"]),
    ("{\"visitedOn\":\"2025-01-06\",\"checks\":\(met)}", ["/visitedOn"]),
    (#"{"visitedOn":"2026-09-21","checks":[]}"#, ["/checks"]),
    (#"{"visitedOn":"2026-09-21","checks":[{"name":"tidiness","outcome":"met"}]}"#, ["/checks/0/name"]),
    (
      #"{"visitedOn":"2026-09-21","checks":[{"name":"codes","outcome":"met"},{"name":"codes","outcome":"not-met"}]}"#,
      ["/checks/1/name"]
    ),
    (
      #"{"visitedOn":"2026-09-21","checks":[{"name":"codes","outcome":"met","note":"a\u0007"}]}"#, ["/checks/0/note"]
    ),
    (
      """
      {"visitedOn":"2026-09-21","checks":\(met),"actions":[{"action":"Train","owner":" ","dueOn":"2026-09-20"},
       {"action":"\(String(repeating: "x", count: 501))","owner":"Head","dueOn":"2026-10-20"}]}
      """, ["/actions/0/dueOn", "/actions/0/owner", "/actions/1/action"]
    ),
  ]

  @Test(arguments: refused) func refuses(_ example: (body: String, pointers: [String])) throws {
    let refusal = try #require(throws: Faults.self) { try Self.check(example.body) }
    #expect(refusal.all.map(\.pointer) == example.pointers)
  }

  @Test func aCheckThatIsNotToldWasNotSeen() throws {
    let report = try Self.check(
      #"{"visitedOn":"2026-09-21","checks":[{"name":"codes","outcome":"not-met","note":"B without\nprovision"}]}"#)
    #expect(report.checks.map(\.name) == RegisterInspection.checks(on: report.visitedOn).map(\.value.name))
    let codes = try #require(report.checks.first { $0.name == "codes" })
    #expect(codes.outcome == .notMet && codes.note == "B without\nprovision")
    #expect(report.checks.filter { $0.outcome == .notSeen }.count == report.checks.count - 1)
    #expect(report.actions.isEmpty)
  }

  /// The list begins with the regulations of 2024; each check has its own name and says where the law is.
  @Test func theListIsDatedAndSourced() {
    #expect(RegisterInspection.checks(on: MadeUp.day("2024-08-18")).isEmpty)
    let checks = RegisterInspection.checks(on: MadeUp.day("2024-08-19"))
    #expect(
      checks.map(\.value.name) == [
        "taken-twice", "same-time", "closing-time", "amendments", "codes", "evidence", "reasons-established",
        "admission-register", "kept-six-years",
      ])
    #expect(checks.allSatisfy { $0.source.contains("2024") && !$0.value.requirement.isEmpty })
    #expect(checks.first { $0.value.name == "closing-time" }?.source.contains("ATT-1") == true)
  }
}
