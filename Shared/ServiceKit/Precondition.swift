import Foundation
import HTTPTypes
public import Hummingbird
import NIOCore

/// What a request's `If-Match` demands: that what it edits is still as the caller read it.
///
/// It is compared with the present representation first thing in the transaction of the edit, so that nothing can come
/// between: `Transactions.onlyIf(_:key:_:)` of Messaging does so.
public struct Precondition: Sendable {
  /// For edits that no request asks for.
  public static let none = Precondition(tags: nil)

  private let tags: [String]?

  private init(tags: [String]?) { self.tags = tags }

  /// What the request demands; nothing when it has no `If-Match`.
  public init(_ request: Request) {
    tags = request.headers[.ifMatch].map { field in
      field.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  /// - Parameter current: the representation that the resource's `GET` answers with now; `nil` when there is none. Not
  ///   called when the request demands nothing.
  /// - Throws: `Problem` 412 unless the caller had read it; what `current` throws.
  public func require(_ current: () throws -> (any Encodable)?) throws {
    guard let tags else { return }
    guard let value = try current() else { throw Problem.changed }
    try require(tags) { given in
      guard let guarded = value as? any PartlyGuarded else {
        return given == Response.entityTag(ByteBuffer(bytes: try Response.encoded(value)))
      }
      return given.hasPrefix("\"\(try guarded.guardedTag).")
    }
  }

  /// Strong comparison (RFC 9110, 13.1.1): a weak tag never matches.
  private func require(_ tags: [String], _ matches: (String) throws -> Bool) throws {
    guard try tags.contains(where: { try $0 == "*" || matches($0) }) else { throw Problem.changed }
  }
}

extension Problem {
  /// Somebody else's edit came between reading and editing.
  public static let changed = Problem(
    "changed", "Someone else changed this after you read it", .preconditionFailed,
    detail: "Read it again, check your change against what is there now, and send it with the new ETag.")
}

/// A representation that also shows what changes by itself, such as how many messages wait: only a change of what
/// people edit makes an `If-Match` stale.
public protocol PartlyGuarded: Encodable {
  /// What people edit.
  var guarded: any Encodable { get }
}

extension PartlyGuarded {
  var guardedTag: String {
    get throws {
      let tag = Response.entityTag(ByteBuffer(bytes: try Response.encoded(guarded)))
      return String(tag.dropFirst().dropLast())
    }
  }

  /// A strong tag in two parts: of what is guarded, and of all bytes.
  func entityTag(of bytes: [UInt8]) throws -> String {
    let whole = Response.entityTag(ByteBuffer(bytes: bytes))
    return "\"\(try guardedTag).\(whole.dropFirst().dropLast())\""
  }
}
