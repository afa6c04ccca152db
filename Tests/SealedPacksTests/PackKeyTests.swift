import Crypto
import Foundation
import Rulebook
import Testing

@testable import SealedPacks

/// The keys and how one follows another.
@Suite("Keys of sealed packs")
struct PackKeyTests {
  private static func day(_ iso: String) -> Day { Day(iso: iso) ?? Day(ordinal: 0) }

  @Test("On each day the key signs whose first day came last, and older keys stay published")
  func rotation() throws {
    let keys = try MadeUpSeal.signingKeys(["2026-09-01", "2027-09-01"])
    #expect(keys.id(on: Self.day("2026-08-31")) == nil)
    let published = keys.published
    #expect(published.map(\.firstDay) == [Self.day("2026-09-01"), Self.day("2027-09-01")])
    #expect(published.map(\.lastDay) == [Self.day("2027-08-31"), nil])
    for (iso, index) in [("2026-09-01", 0), ("2027-08-31", 0), ("2027-09-01", 1), ("2037-01-01", 1)] {
      #expect(keys.id(on: Self.day(iso)) == published[index].id, "\(iso)")
    }
    let old = try MadeUpSeal()
    #expect(try old.faults(old.file, keys: PackKeySet(published)) == [])
    #expect(try keys.sign(old.with(key: published[1].id)) == nil, "a manifest that names another day's key")
  }

  @Test("A published set is read only when every key in it is what its identifier says")
  func sets() throws {
    let set = PackKeySet(try MadeUpSeal.signingKeys(["2026-09-01", "2027-09-01"]).published)
    let text = String(decoding: try JSONEncoder().encode(set), as: UTF8.self)
    #expect(PackKeySet(json: Data(text.utf8)) == set)
    #expect(text.contains(#""kty":"OKP""#) && !text.contains(String(repeating: "1", count: 64)))
    let (first, second) = (set.keys[0], set.keys[1])
    for changed in [
      text.replacing(first.kid, with: second.kid), text.replacing(first.x, with: "AAAA"),
      text.replacing("Ed25519", with: "X25519"), text.replacing("2026-09-01", with: "soon"), "[]", "",
    ] {
      #expect(PackKeySet(json: Data(changed.utf8)) == nil, "\(changed)")
    }
    // RFC 8037, appendix A.3: the thumbprint of a known key.
    let known = try #require(Data(base64Encoded: "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="))
    #expect(
      PackKey.id(of: try Curve25519.Signing.PublicKey(rawRepresentation: known))
        == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
  }

  @Test("A key file is refused with the line, and never with a key")
  func keyFiles() throws {
    let key = String(repeating: "ab", count: 32)
    for (text, failure) in [
      ("", PackSigningKeys.Failure.empty), ("# nothing\n\n", .empty), ("2026-09-01 \(key)x\n", .malformed(line: 1)),
      ("# one\n2026-13-01 \(key)\n", .malformed(line: 2)), ("2026-09-01 \(key.dropLast(2))", .malformed(line: 1)),
      ("2026-09-01 \(key)\n2026-09-02 \(key)", .malformed(line: 2)),
      ("2026-09-01 \(key)\n2026-09-01 \(String(repeating: "cd", count: 32))", .malformed(line: 2)),
    ] {
      #expect(throws: failure) { _ = try PackSigningKeys(text: text) }
      #expect(!failure.description.contains("ab"))
    }
    let first = try PackSigningKeys.adding(to: "", from: Self.day("2026-09-01"))
    let both = try PackSigningKeys.adding(to: first, from: Self.day("2027-09-01"))
    #expect(try both.hasPrefix(first) && PackSigningKeys(text: both).published.count == 2)
    // As an editor of Windows leaves it.
    let windows = try PackSigningKeys.adding(
      to: first.replacing("\n", with: "\r\n"), from: Self.day("2027-09-01"))
    #expect(try PackSigningKeys(text: windows).published.count == 2)
    #expect(throws: PackSigningKeys.Failure.malformed(line: 2)) {
      _ = try PackSigningKeys.adding(to: first, from: Self.day("2026-09-01"))
    }
    let path = NSTemporaryDirectory() + "pack-keys-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: PackSigningKeys.Failure.unreadable(path: path)) { _ = try PackSigningKeys(path: path) }
    let files = FileManager.default
    #expect(files.createFile(atPath: path, contents: Data(first.utf8), attributes: [.posixPermissions: 0o644]))
    #expect(throws: PackSigningKeys.Failure.open(path: path)) { _ = try PackSigningKeys(path: path) }
    try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    #expect(try PackSigningKeys(path: path).published == PackSigningKeys(text: first).published)
  }

  @Test("What a revoked key signed from a day on is refused; before it, it counts only with something else")
  func revoked() throws {
    let made = try MadeUpSeal()
    let key = try #require(made.keys.published.first)
    func verdict(from iso: String, _ reason: PackKey.Revocation.Reason = .compromised) throws -> PackVerdict {
      let revocation = PackKey.Revocation(on: Self.day("2027-03-01"), from: Self.day(iso), reason: reason)
      let bytes = try #require(key.publicBytes)
      let revoked = PackKey(
        try Curve25519.Signing.PublicKey(rawRepresentation: bytes), firstDay: key.firstDay, lastDay: nil,
        revocation: revocation)
      let published = try JSONEncoder().encode(PackKeySet([revoked]))
      let keys = try #require(PackKeySet(json: published))
      #expect(keys.keys == [revoked], "it is published with its revocation")
      return PackVerifier(keys).verify(PackBytes(try made.file))
    }
    // Signed on 30 November 2026.
    let doubted = try verdict(from: "2026-11-30")
    #expect(!doubted.isSound && !doubted.standsAlone)
    #expect(doubted.faults.map(\.description).first?.contains("revoked on 2027-03-01") == true)
    #expect(doubted.faults.map(\.description).first?.contains("from 2026-11-30 on") == true)
    let earlier = try verdict(from: "2026-12-01")
    #expect(earlier.isSound && !earlier.standsAlone && earlier.revocation?.on == Self.day("2027-03-01"))
    let lost = try verdict(from: "2027-03-01", .lost)
    #expect(lost.isSound && lost.standsAlone)
    #expect(PackVerifier(made.published).verify(PackBytes(try made.file)).standsAlone)
  }
}
