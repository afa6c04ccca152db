import ArgumentParser
import Foundation
import Rulebook
import ServiceKit
import SuiteDomain
import Testing

@testable import SuiteService

@Suite("The demo", .serialized)
struct DemoTests {
  @Test("its world has a tenth session on the last day, whatever the seed", arguments: 1...5 as ClosedRange<UInt64>)
  func world(seed: UInt64) throws {
    let world = try DemoWorld(seed: seed)
    #expect(world.sessions.count == DemoWorld.threshold)
    #expect(world.sessions.last?.day == world.lastDay)
    for session in world.sessions {
      #expect(world.childsBook.code(world.child, session.day, .am)?.text == session.code.text)
    }
  }

  @Test("its story goes as it should with another seed than the usual one")
  func story() async throws {
    let path = NSTemporaryDirectory() + "demo-\(UUID())/state"
    defer { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
    let command = try DemoCommand.parse(["--check", "--seed", "11", "--state", path])
    try await command.run()
  }
}
