import Crypto
import Foundation
import Rulebook

@testable import SealedPacks

/// A sealed pack of made-up parts, and the keys that it is signed with.
struct MadeUpSeal {
  static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)

  let keys: PackSigningKeys
  let parts: [(name: String, bytes: Data)]
  let manifest: SealedManifest
  let signature: Data

  init(_ parts: [(name: String, bytes: Data)] = MadeUpSeal.parts, on day: Day = day) throws {
    struct NoKey: Error {}
    self.parts = parts
    keys = try Self.signingKeys(["2026-09-01"])
    guard let key = keys.id(on: day) else { throw NoKey() }
    manifest = SealedManifest(
      number: "880-CP-2627-000001-X", authority: "880", route: "s444-1", day: day, signer: "u-lawyer", key: key,
      parts: parts.map { SealedPack.part($0.name, document: "exhibit", mediaType: "text/csv", $0.bytes) })
    guard let signature = try keys.sign(manifest) else { throw NoKey() }
    self.signature = signature
  }

  static let parts: [(name: String, bytes: Data)] = [
    ("01-information.pdf", Data("Made-up information".utf8)), ("02-register.csv", Data("date,session,code\r\n".utf8)),
    ("03-letter.html", Data("<p>Made up</p>".utf8)),
  ]

  var published: PackKeySet { PackKeySet(keys.published) }
  var file: Data { get throws { try file() } }

  /// The file, or one with something in it changed.
  func file(
    _ manifest: SealedManifest? = nil, signature: Data? = nil, _ parts: [(name: String, bytes: Data)]? = nil
  ) throws -> Data {
    SealedPack.file(
      manifest: try (manifest ?? self.manifest).canonical(), signature: signature ?? self.signature,
      parts: parts ?? self.parts)
  }

  /// What is found in a file.
  func faults(_ file: Data, keys: PackKeySet? = nil) -> [PackFault] {
    PackVerifier(keys ?? published).verify(PackBytes(file)).faults
  }

  func with(
    number: String? = nil, day: Day? = nil, key: String? = nil, parts: [SealedManifest.Part]? = nil
  ) -> SealedManifest {
    SealedManifest(
      number: number ?? manifest.number, authority: manifest.authority, route: manifest.route, day: day ?? manifest.day,
      signer: manifest.signer, key: key ?? manifest.key, parts: parts ?? manifest.parts)
  }

  /// Keys of fixed bytes, one for each first day.
  static func signingKeys(_ days: [String]) throws -> PackSigningKeys {
    try PackSigningKeys(
      text: days.enumerated().map { index, day in
        "\(day) \(String(repeating: String(index + 1), count: 64))\n"
      }.joined())
  }
}
