import ArgumentParser
import Foundation
import GRDB
import Rulebook
import ServiceKit
import SuiteDomain
import Testing

@testable import SuiteService

@Suite("Stories of three authorities", .serialized)
struct NationalStoryTests {
  @Test("Stories 9 and 10 go as they should, and the third learns nothing")
  func stories() async throws {
    let path = NSTemporaryDirectory() + "national-\(UUID())/state"
    defer { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
    try await AlertDemoCommand.parse(["--state", path]).run()
    let times = try Self.times(StateFolder(path: path))
    #expect(times.count == 2)
    print("alert raised → received by the other: \(times) ms")
  }

  /// How long each alert took from being raised to being received, milliseconds, by the programs' own histories.
  private static func times(_ folder: StateFolder) throws -> [Int64] {
    func began(_ authority: String, _ isReceived: Bool) throws -> [String: Int64] {
      let rows = try DatabaseQueue(path: folder.storePath(authority: authority, service: "cme")).read {
        try Row.fetchAll(
          $0,
          sql: """
            SELECT a.id, e.at_millis FROM alert a JOIN case_entry e ON e.case_number = a.case_number AND e.number = 1
            WHERE (a.received IS NOT NULL) = ?
            """, arguments: [isReceived])
      }
      return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }
    let received = try began("383", true)
    return try began("880", false).compactMap { id, raised in received[id].map { $0 - raised } }.sorted()
  }
}
