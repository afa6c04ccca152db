import Foundation
import Rulebook
import Store
import Testing

@testable import SealedAlerts

/// The directory of all authorities, as the national root signs it.
@Suite("The directory of keys") struct DirectoryTests {
  private let lines: [String]
  private let text: String
  private let root = DirectoryRoot.made

  init() throws {
    let rings = try ["880", "878"].map {
      try AlertKeyRing(AuthorityCode($0), text: AlertKeyRing.newLines(first: TwoAuthorities.first, last: nil))
    }
    lines = rings.flatMap { $0.publicLines.split(separator: "\n").map(String.init) }
    text = try root.sign(lines, number: 3, on: TwoAuthorities.first)
  }

  private func fault(_ text: String, roots: [Data]? = nil) -> AlertKeyFault? {
    do {
      _ = try KeyDirectory(text: text, roots: roots ?? [root.publicKey])
      return nil
    } catch { return error }
  }

  @Test("What the root signed is read, with its number and day; the order of lines does not matter")
  func reading() throws {
    let directory = try KeyDirectory(text: text, roots: [root.publicKey])
    #expect(directory.number == 3 && directory.signed == TwoAuthorities.first)
    #expect(directory.authorities.map(\.text) == ["878", "880"])
    #expect(
      try root.sign(lines.reversed(), number: 3, on: TwoAuthorities.first).split(separator: "\n").dropLast()
        == text.split(separator: "\n").dropLast())
    let (number, kept) = try root.lines(of: text)
    #expect(number == 3 && Set(kept) == Set(lines))
  }

  @Test("A changed, cut, lengthened or foreign directory is refused, whatever byte it is")
  func changed() throws {
    var bytes = Array(text.utf8)
    for index in bytes.indices {
      bytes[index] ^= 1
      if fault(String(decoding: bytes, as: UTF8.self)) == nil { Issue.record("byte \(index) was changed unseen") }
      bytes[index] ^= 1
    }
    #expect(fault(String(text.dropLast())) == .unsigned && fault(text + "\n") == .unsigned)
    #expect(fault(text + "# more\n") == .unsigned && fault("") == .unsigned && fault("\n\n\n") == .unsigned)
    let path = NSTemporaryDirectory() + "root-\(UUID().uuidString).key"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try DirectoryRoot.make(path: path)
    let other = try DirectoryRoot(path: path)
    #expect(FileMode.read(path) == 0o600)
    #expect(fault(text, roots: [other.publicKey]) == .unsigned && fault(text, roots: []) == .unsigned)
    #expect(fault(text, roots: [other.publicKey, root.publicKey]) == nil, "two while the root changes")
  }

  @Test("Lines that are none, or stand there twice, are not signed; a number counts from 1")
  func signing() {
    func refusal(_ lines: [String], number: Int = 1) -> AlertKeyFault? {
      do {
        _ = try root.sign(lines, number: number, on: TwoAuthorities.first)
        return nil
      } catch { return error }
    }
    #expect(refusal(lines + [lines[0]]) == .repeated)
    #expect(refusal(["880 sealing 2026-09-01 - 0a"]) == .malformed(line: 2))
    #expect(refusal(lines, number: 0) == .malformed(line: 1))
  }

  @Test("A revoked key is a line that is gone: what it signed is refused, whenever it was signed")
  func revocation() throws {
    let authorities = try TwoAuthorities()
    let all = [authorities.torbay, authorities.devon].map(\.keys.publicLines).joined()
    let stolen = try #require(all.split(separator: "\n").first { $0.hasPrefix("880 signing") })
    let after = try KeyDirectory.signed(all.replacing("\(stolen)\n", with: ""), number: 2)
    let envelope = try authorities.seal(.notHere)
    let devon = AlertPost(keys: authorities.devon.keys, directory: after)
    #expect(authorities.devon.refusal(envelope, at: authorities.moment) == nil)
    #expect(devon.refusal(envelope, at: authorities.moment) == .unknownKey(.signing))
  }

  @Test("Fingerprints are the same on both sides, and differ from key to key")
  func fingerprints() throws {
    let read = try KeyDirectory.fingerprints(lines.joined(separator: "\n"))
    #expect(read.count == 6 && Set(read).count == 6)
    #expect(read.allSatisfy { $0.split(separator: " ").count == 12 })
    #expect(root.fingerprint.split(separator: " ").map(\.count) == Array(repeating: 4, count: 8))
  }
}
