import ArgumentParser
import Foundation
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
    let times = try AlertTrial.times(StateFolder(path: path))
    #expect(times.count == 2)
    print("alert raised → received by the other: \(times) ms")
  }
}
