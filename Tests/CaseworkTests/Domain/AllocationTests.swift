import Contracts
import Foundation
import Rulebook
import SchoolFiles
import Testing

@testable import CaseworkDomain

/// Tables of allocation by need, continuity, published spans, the day by which education is arranged, and files of marks.
@Suite("Allocation by need and other tables") struct AllocationTests {
  private static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)
  private static let rule = Caseload.Rule.standard[0].value

  private static func officer(
    _ name: String, _ weight: Int, open: Int = 1, last: Int? = nil, barred: Bool = false
  ) -> CaseAllocation.Candidate {
    .init(
      officer: name, weightOfWholeTime: Fraction(weight, over: 2), open: open,
      lastGiven: last.map { day.adding(days: -$0) }, isBarred: barred)
  }

  @Test(
    "A case goes to the sibling's officer, else to the named one below thirty, else to the lightest of the cluster",
    arguments: [
      // Weights are in halves: 59 is 29.5, 60 is 30.
      ([officer("a", 59), officer("b", 2)], Set<String>(), "a", "a", CaseAllocation.Ground.named),
      ([officer("a", 60), officer("b", 2)], [], "a", "b", .cluster),
      ([officer("a", 60), officer("b", 70), officer("c", 70, barred: true)], [], "c", "a", .cluster),
      ([officer("a", 60), officer("b", 2), officer("f", 90)], ["f"], "a", "f", .family),
      ([officer("a", 1), officer("f", 1, barred: true)], ["f"], "a", "a", .named),
      ([officer("a", 60), officer("b", 4, open: 3), officer("c", 4, open: 2)], [], "a", "c", .cluster),
      ([officer("a", 60), officer("b", 4, last: 3), officer("c", 4, last: 9)], [], "a", "c", .cluster),
      ([officer("a", 60), officer("b", 4, last: 9), officer("c", 4)], [], "a", "c", .cluster),
      ([officer("a", 1, barred: true)], [], "a", nil, .nobody), ([], [], "a", nil, .nobody),
    ] as [([CaseAllocation.Candidate], Set<String>, String, String?, CaseAllocation.Ground)])
  func allocation(
    candidates: [CaseAllocation.Candidate], family: Set<String>, named: String, expected: String?,
    ground: CaseAllocation.Ground
  ) {
    // Someone of another cluster is never taken.
    let found = CaseAllocation(
      family: family, named: named, cluster: ["a", "b", "c"], candidates: candidates + [Self.officer("z", 0)],
      rule: Self.rule)
    #expect(found.officer == expected && found.ground == ground)
    #expect(!found.ranked.contains { $0.isBarred })
  }

  private func need(_ urn: String, _ counts: [Int], before: Int?) throws -> StatutoryShare.Need {
    .init(school: try URN(urn), persistent: counts[0], severe: counts[1], formal: counts[2], before: before)
  }

  @Test("Hours are shared by PA + 2 SA + 3 formal cases, from the floor of the meetings up, moved by a quarter at most")
  func statutoryTime() throws {
    let rule = StatutoryShare.Rule.standard[0].value
    let share = StatutoryShare(
      [
        try need("900101", [10, 5, 0], before: nil), try need("900102", [0, 0, 0], before: nil),
        try need("900103", [1, 2, 5], before: 400), try need("900104", [10, 0, 0], before: 1_000),
      ], minutes: 6_000, floor: 180, rule: rule)
    // Weights 20, 0, 20, 10 of 50.
    #expect(share.shares.map(\.weight) == [20, 0, 20, 10])
    #expect(share.shares.map(\.minutes) == [2_400, 180, 500, 1_200])
    #expect(share.shares.map(\.ground) == [.need, .floor, .limitedUp, .need])
    #expect(share.leftMinutes == 6_000 - 4_280)
    let down = StatutoryShare([try need("900101", [0, 0, 0], before: 1_000)], minutes: 600, floor: 180, rule: rule)
    #expect(down.shares.map(\.minutes) == [750] && down.shares[0].ground == .limitedDown && down.leftMinutes == -150)
  }

  @Test("The median stay of officers with a school, the same officer named again being one")
  func continuity() throws {
    func stay(_ spells: [(String, String)]) throws -> String? {
      Continuity.medianMonths(
        try spells.map { ($0.0, try #require(Day(iso: $0.1))) }, today: Self.day)?.oneDecimal
    }
    #expect(try stay([]) == nil)
    #expect(try stay([("a", "2027-01-01")]) == nil)
    #expect(try stay([("a", "2025-12-01")]) == "12.0")
    #expect(try stay([("a", "2025-12-01"), ("a", "2026-06-01")]) == "12.0")
    // 182 and 183 days.
    #expect(try stay([("a", "2025-12-01"), ("b", "2026-06-01")]) == "6.0")
    // 365, 92 and 92 days.
    #expect(try stay([("a", "2025-05-31"), ("b", "2026-05-31"), ("c", "2026-08-31")]) == "3.0")
  }

  @Test(
    "Only whole terms that are over are published",
    arguments: [
      ("2026-04-01", "2026-08-31", true), ("2026-01-01", "2026-03-31", true), ("2025-09-01", "2025-12-31", true),
      ("2026-09-01", "2026-12-31", false), ("2026-04-01", "2026-08-30", false), ("2026-04-02", "2026-08-31", false),
      ("2025-09-01", "2026-08-31", false), ("2026-08-31", "2026-08-31", false),
    ])
  func published(first: String, last: String, isPublished: Bool) throws {
    let days = DayRange(first: try #require(Day(iso: first)), last: try #require(Day(iso: last)))
    #expect(PublishedSpan.contains(days, today: Self.day) == isPublished)
  }

  @Test("Education is arranged by the sixth school day of an exclusion, and the fifteenth of another absence")
  func arrangedBy() throws {
    let days = (0..<40).map { Self.day.adding(days: $0) }.filter { $0.weekday < 6 }
    #expect(Section19.dueBy(since: Self.day, .exclusion, days) == Day(iso: "2026-12-07"))
    #expect(Section19.dueBy(since: Self.day, .illness, days) == Day(iso: "2026-12-18"))
    #expect(Section19.dueBy(since: Self.day, .otherwise, Array(days.prefix(14))) == nil)
  }

  @Test("Good rows of a provider's file are read, and each bad one is named with its reason")
  func files() throws {
    let text = """
      Code,Session,Date,Placement,Remark
      /,AM,30/11/2026,20,fine
      \\,pm,2026-11-27,20,
      ,AM,30/11/2026,20,no code
      /,AM,30/11/2027,20,later
      /,noon,30/11/2026,20,
      /,AM,31/11/2026,20,
      /,AM,30/11/2026,twenty,
      Q9,AM,30/11/2026,20,
      """
    let file = try PlacementMarksCSV(Array(text.utf8), today: Self.day)
    #expect(file.marks.map(\.row) == [2, 3] && file.marks[1].session == .pm)
    #expect(
      file.refused.map(\.fault.reason) == [
        "no-code", "future-date", "unknown-session", "unreadable-date", "unknown-placement", "unknown-code",
      ])
    #expect(file.refused.map(\.row) == [4, 5, 6, 7, 8, 9])
    #expect(file.refused.allSatisfy { !$0.fault.fix.isEmpty && !$0.fault.detail.contains("twenty") })
  }

  @Test(
    "A file of which no row can be read is refused as a whole",
    arguments: [
      "", "placement,date,session\n20,2026-11-30,AM\n", "placement,date,session,code,code\n", "%PDF-1.7\n",
      "placement,date,session,code\n1,07/13/2026,AM,/\n",
    ])
  func badFiles(text: String) {
    #expect(throws: PlacementMarksCSV.Failure.self) { try PlacementMarksCSV(Array(text.utf8), today: Self.day) }
  }

  @Test("More rows than a file may have are refused without reading them all")
  func tooMany() {
    let rows = String(repeating: "1,2026-11-30,AM,/\n", count: PlacementMarksCSV.mostRows + 1)
    #expect(throws: PlacementMarksCSV.Failure.tooManyRows) {
      try PlacementMarksCSV(Array(("placement,date,session,code\n" + rows).utf8), today: Self.day)
    }
  }
}
