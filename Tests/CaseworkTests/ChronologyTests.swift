import Contracts
import Foundation
import Messaging
import Rulebook
import ServiceKit
import Store
import Testing

@testable import CaseKit

/// What happened to a child, a page at a time.
@Suite("A child's chronology") struct ChronologyTests {
  private func pages(
    _ service: Caseworked, at schools: Set<String>? = nil, asAt moment: Timestamp? = nil, limit: Int
  ) async throws -> [[String]] {
    try await service.store.read { db in
      var (pages, cursor): ([[String]], ChronologyCursor?) = ([], nil)
      repeat {
        let page = try Chronology.page(
          of: service.pupil, at: schools, before: cursor, asAt: moment, limit: limit, in: db)
        pages.append(page.lines.map { "\($0.on.iso) \($0.what)" })
        // As a caller would send it.
        cursor = try page.next.map { try #require(ChronologyCursor("\($0)")) }
      } while cursor != nil && pages.count < 20
      return pages
    }
  }

  @Test("The newest page comes first, each page is in order, and no event is lost or shown twice between two pages")
  func everything() async throws {
    let service = try Caseworked()
    try await service.enrol()
    try await service.find()
    try await service.accept()
    let now = Timestamp(service.clock.now())
    let monday = try #require(Day(iso: "2026-11-30"))
    try await service.transactions.write(by: .program(.casework)) { unit in
      // Seven on one day at one moment, and one that is about an earlier day and was heard of last.
      for number in 1...7 {
        try Chronology.note(
          "note \(number)", "n\(number)", of: service.pupil, at: service.school, on: monday, recorded: now, in: unit.db)
      }
      try Chronology.note(
        "late", "n8", of: service.pupil, at: service.school, on: monday.adding(days: -30), recorded: now, in: unit.db)
    }
    let whole = try await pages(service, limit: 100)
    #expect(whole.count == 1 && whole[0].first == "2026-10-31 late" && whole[0].contains("2026-11-30 acted accept"))
    #expect(whole[0].filter { $0.contains("note") } == (1...7).map { "2026-11-30 note \($0)" })
    for limit in 1...4 {
      let parts = try await pages(service, limit: limit)
      #expect(parts.reversed().flatMap { $0 } == whole[0], "pages of \(limit)")
      #expect(parts[0].last == whole[0].last)
    }
  }

  @Test("A past moment shows what was on record then; who is bound to other schools sees nothing")
  func before() async throws {
    let service = try Caseworked()
    try await service.enrol()
    let first = Timestamp(service.clock.now())
    let later = Timestamp(millis: first.millis + 1)
    try await service.transactions.write(by: .program(.casework)) { unit in
      for (what, at) in [("first", first), ("later", later)] {
        try Chronology.note(
          what, what, of: service.pupil, at: service.school, on: unit.today, recorded: at, in: unit.db)
      }
    }
    #expect(try await pages(service, asAt: first, limit: 9) == [["2026-11-30 first"]])
    #expect(try await pages(service, asAt: later, limit: 9) == [["2026-11-30 first", "2026-11-30 later"]])
    #expect(try await pages(service, at: ["900999"], limit: 9) == [[]])
    #expect(try await pages(service, at: [service.school.text], limit: 9).flatMap { $0 }.count == 2)
  }

  @Test(
    "What is no place in a chronology is none",
    arguments: ["", "1", "1-2-3", "1-2-3-4-5", "1-2-3-x", "-1-2-3-4", "1--2-3-4", "9223372036854775808-1-1-1"])
  func notAPlace(text: String) { #expect(ChronologyCursor(text) == nil) }
}
