import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Where an issuer's published keys are read from.
enum KeySet {
  /// The issuer did not give its keys.
  struct Unavailable: Error {
    let status: UInt
  }

  /// Reads a JWK set from a file, or from an address that begins with `https:` or, for tests, `http:`.
  ///
  /// - Parameter limit: for all of it, from the connection to the last byte.
  static func read(_ place: String, within limit: Duration = .seconds(5)) async throws -> String {
    guard place.hasPrefix("https:") || place.hasPrefix("http:") else {
      return try String(contentsOfFile: place, encoding: .utf8)
    }
    let answer = try await OutgoingHTTP.answer(
      to: HTTPClientRequest(url: place), within: limit, atMost: TrustedKeys.maximumBytes)
    guard answer.status == .ok else { throw Unavailable(status: answer.status.code) }
    return String(buffer: answer.body)
  }
}
