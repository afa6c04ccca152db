import Foundation
import NotifierDomain
import ServiceKit
import TestKit
import Testing

@testable import NotifierService

/// Signing keys at rest.
@Suite struct SecretSealTests {
  @Test func aSealedSecretOpensOnlyWithItsFileAndItsRow() async throws {
    try await withFolder { folder in
      let path = folder.appending(path: "store.key").path
      let seal = try SecretSeal(path: path, mayCreate: true)
      let secret = Data("a secret of thirty-two bytes ...".utf8)
      let sealed = try seal.seal(secret, for: "sub_a")
      #expect(sealed.range(of: secret) == nil)
      #expect(try SecretSeal(path: path, mayCreate: false).open(sealed, for: "sub_a") == secret)
      #expect(throws: SecretSeal.Failure.cannotOpen) { try seal.open(sealed, for: "sub_b") }
      let other = try SecretSeal(path: folder.appending(path: "other.key").path, mayCreate: true)
      #expect(throws: SecretSeal.Failure.cannotOpen) { try other.open(sealed, for: "sub_a") }
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test func aMissingOrBrokenKeyFileIsRefused() async throws {
    try await withFolder { folder in
      let path = folder.appending(path: "store.key").path
      #expect(throws: SecretSeal.Failure.keyFileMissing(path: path)) { try SecretSeal(path: path, mayCreate: false) }
      try Data("short".utf8).write(to: URL(filePath: path))
      #expect(throws: SecretSeal.Failure.keyFileUnusable(path: path)) { try SecretSeal(path: path, mayCreate: true) }
    }
  }

  @Test func aKeyNeverPrintsItself() {
    for algorithm in SigningAlgorithm.allCases {
      let key = SigningKey.generate(algorithm)
      let text = "\(key) \(String(reflecting: key))"
      #expect(!text.contains(key.rawBytes.base64EncodedString()))
    }
  }
}
