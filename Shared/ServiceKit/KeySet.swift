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

  /// Reads a JWK set from a file, or from an address that begins with `https:` or, for tests, `http:`. How long it may
  /// take is its caller's to say.
  static func read(_ place: String) async throws -> String {
    guard place.hasPrefix("https:") || place.hasPrefix("http:") else {
      return try String(contentsOfFile: place, encoding: .utf8)
    }
    let answer = try await OutgoingHTTP.answer(
      to: HTTPClientRequest(url: place), within: .seconds(5), atMost: TrustedKeys.maximumBytes)
    guard answer.status == .ok else { throw Unavailable(status: answer.status.code) }
    return String(buffer: answer.body)
  }
}
