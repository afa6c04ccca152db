import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import ServiceKit

/// `If-Match` holds an edit against what its caller had read.
@Suite("Preconditions") struct PreconditionTests {
  private struct Plain: Codable { var name = "x" }

  /// How many wait changes by itself.
  private struct Partly: PartlyGuarded, Codable {
    var name = "x"
    var waiting = 1
    var guarded: any Encodable { name }
  }

  private func precondition(_ field: String?) -> Precondition {
    var headers: HTTPFields = [:]
    headers[.ifMatch] = field
    return Precondition(
      Request(
        head: .init(method: .put, scheme: nil, authority: nil, path: "/", headerFields: headers),
        body: .init(buffer: ByteBuffer())))
  }

  private func isMet(_ field: String?, by current: (any Encodable)?) throws -> Bool {
    do {
      try precondition(field).require { current }
      return true
    } catch let problem as Problem where problem == .changed {
      return false
    }
  }

  @Test func theTagOfReadingIsTheTagOfEditing() throws {
    let tag = try #require(try Response.json(Partly()).headers[.eTag])
    let plain = Response.entityTag(ByteBuffer(bytes: try Response.encoded(Plain())))
    for (field, current, expected) in [
      (nil, Plain(), true), (nil, nil, true), (plain, Plain(), true), ("\"other\", \(plain)", Plain(), true),
      ("*", Plain(), true), ("*", nil, false), (plain, nil, false), ("W/\(plain)", Plain(), false),
      ("", Plain(), false),
      (plain, Plain(name: "y"), false), (String(plain.dropFirst().dropLast()), Plain(), false),
      (tag, Partly(), true), (tag, Partly(waiting: 2), true), (tag, Partly(name: "y"), false), ("*", Partly(), true),
      (plain, Partly(), false),
    ] as [(String?, (any Encodable)?, Bool)] {
      #expect(try isMet(field, by: current) == expected, "\(field ?? "nothing") \(String(describing: current))")
    }
  }

  /// A strong tag: other bytes have another, though only what waits has changed.
  @Test func otherBytesHaveAnotherTag() throws {
    let tags = try [Partly(), Partly(waiting: 2), Partly(name: "y")].map { try Response.json($0).headers[.eTag] }
    #expect(Set(tags).count == 3)
  }

  @Test func nothingIsReadWithoutTheHeader() throws {
    try precondition(nil).require {
      Issue.record("it was read")
      return nil
    }
  }
}
