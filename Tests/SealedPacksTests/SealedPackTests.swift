import Crypto
import Foundation
import Rulebook
import Seeded
import TestKit
import Testing

@testable import SealedPacks

/// Whatever is changed in a sealed pack is found, and said exactly.
@Suite("Sealed packs")
struct SealedPackTests {
  @Test("A pack is sound, and the same inputs give the same bytes")
  func sound() throws {
    let made = try MadeUpSeal()
    let verdict = PackVerifier(made.published).verify(PackBytes(try made.file))
    #expect(verdict == PackVerdict(manifest: made.manifest, faults: []) && verdict.isSound)
    #expect(try made.file == MadeUpSeal().file)
    #expect(try MadeUpSeal([]).faults(MadeUpSeal([]).file) == [])
  }

  @Test("Every single bit of a pack counts")
  func everyBit() throws {
    let made = try MadeUpSeal()
    let file = try made.file
    let verifier = PackVerifier(made.published)
    for bit in 0..<file.count * 8 {
      var changed = file
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!verifier.verify(PackBytes(changed)).isSound, "bit \(bit)")
    }
    print("sealed packs: \(file.count * 8) bits changed, one at a time")
  }

  @Test("Random changes of a larger pack are found: bits, bytes moved, pieces left out and put in")
  func randomChanges() throws {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    let parts = (0..<20).map { index in
      (name: "part-\(index)", bytes: Data((0..<generator.within(1...2_000)).map { _ in UInt8(generator.below(256)) }))
    }
    let made = try MadeUpSeal(parts)
    let file = try made.file
    let verifier = PackVerifier(made.published)
    for _ in 0..<1_000 {
      var changed = file
      let place = generator.below(file.count)
      let length = generator.within(1...min(200, file.count - place))
      switch generator.below(4) {
      case 0: changed[place] ^= 1 << UInt8(generator.below(8))
      case 1: changed.removeSubrange(place..<place + length)
      case 2: changed.insert(contentsOf: file[place..<place + length], at: generator.below(file.count))
      default: changed.replaceSubrange(place..<place + length, with: file.reversed()[0..<length])
      }
      if changed != file { #expect(!verifier.verify(PackBytes(changed)).isSound) }
    }
  }

  @Test("A changed byte names its part", arguments: MadeUpSeal.parts.indices)
  func changedPart(index: Int) throws {
    let made = try MadeUpSeal()
    var parts = made.parts
    parts[index].bytes[3] ^= 1
    #expect(try made.faults(made.file(nil, parts)) == [.digest(parts[index].name)])
    parts[index].bytes.append(0)
    let found = parts[index].bytes.count
    #expect(
      try made.faults(made.file(nil, parts)) == [.length(parts[index].name, stated: found - 1, found: found)])
  }

  @Test("A part that is left out, put in, repeated or moved is named")
  func changedParts() throws {
    let made = try MadeUpSeal()
    let (first, second, third) = (made.parts[0], made.parts[1], made.parts[2])
    #expect(try made.faults(made.file(nil, [first, third])) == [.missing(second.name)])
    #expect(try made.faults(made.file(nil, [])) == made.parts.map { .missing($0.name) })
    let other = (name: "04-other.txt", bytes: Data("Other".utf8))
    #expect(try made.faults(made.file(nil, made.parts + [other])) == [.added("04-other.txt")])
    #expect(try made.faults(made.file(nil, made.parts + [first])) == [.repeated(first.name)])
    #expect(
      try made.faults(made.file(nil, [first, third, second])) == [
        .order(place: 2, found: third.name, stated: second.name)
      ])
    let hidden = (name: SealedPack.manifestName, bytes: try made.manifest.canonical())
    #expect(try made.faults(made.file(nil, made.parts + [hidden])) == [.repeated(SealedPack.manifestName)])
  }

  @Test("Nobody but the keys can say what a pack is")
  func signatures() throws {
    let made = try MadeUpSeal()
    #expect(try made.faults(made.file(made.with(number: "880-CP-2627-000002-V"))) == [.notSigned])
    #expect(try made.faults(made.file(signature: Data(count: 64))) == [.notSigned])
    let others = PackKeySet(try MadeUpSeal.signingKeys(["2020-01-01", "2020-01-02"]).published.suffix(1))
    #expect(try made.faults(made.file, keys: others) == [.unknownKey(made.manifest.key)])
    #expect(try made.faults(made.file, keys: PackKeySet([])) == [.unknownKey(made.manifest.key)])
    // A key that signs for a day that is not its own.
    let early = try MadeUpSeal(on: MadeUpSeal.day)
    let dated = early.with(day: Day(iso: "2026-08-31"))
    let key = try Curve25519.Signing.PrivateKey(rawRepresentation: Data(repeating: 0x11, count: 32))
    let file = try early.file(dated, signature: try key.signature(for: dated.canonical()))
    #expect(early.faults(file) == [.keyNotInUse(dated.key, on: dated.day)])
    // What a key signed as something else is no pack.
    let sentence = Data(#"{"format":"another"}"#.utf8)
    let another = SealedPack.file(manifest: sentence, signature: try key.signature(for: sentence), parts: [])
    #expect(early.faults(another) == [.unknownFormat])
  }

  @Test("A pack that ends anywhere before its end, or goes on behind it, is told so")
  func lengths() throws {
    let made = try MadeUpSeal()
    let file = try made.file
    let verifier = PackVerifier(made.published)
    for count in 0..<file.count {
      let verdict = verifier.verify(PackBytes(file.prefix(count)))
      #expect(!verdict.isSound, "\(count)")
      let isTold = verdict.faults.contains { fault in
        switch fault {
        case .truncated(let place, _): place == count
        case .noManifest: true
        default: false
        }
      }
      #expect(isTold, "\(count): \(verdict.faults)")
    }
    #expect(made.faults(file + Data([0])) == [.trailing(at: file.count)])
    let third = try made.file(nil, Array(made.parts.prefix(2))).count
    #expect(third < file.count)
    let start = try #require(file.range(of: Data("<p>Made up".utf8))).lowerBound
    #expect(made.faults(file.prefix(start + 4)) == [.truncated(at: start + 4, part: "03-letter.html")])
  }

  @Test("A manifest is read only in the one form in which it is written")
  func canonical() throws {
    let made = try MadeUpSeal()
    let bytes = try made.manifest.canonical()
    #expect(SealedManifest(canonical: bytes) == made.manifest)
    #expect(String(decoding: bytes.prefix(19), as: UTF8.self) == #"{"authority":"880","#)
    let text = String(decoding: bytes, as: UTF8.self)
    for changed in [
      text + "\n", text.replacing("{\"authority", with: "{ \"authority"),
      text.replacing("\"number\"", with: "\"numbe\\u0072\""),
      text.replacing("{\"authority\":\"880\",", with: "{\"authority\":\"880\",\"authority\":\"880\","),
      text.replacing("\"parts\"", with: "\"other\":1,\"parts\""), text.replacing("u-lawyer", with: "u-läwyer"),
      text.replacing("01-information.pdf", with: "../information.pdf"),
      text.replacing("02-register.csv", with: "01-information.pdf"),
    ] {
      #expect(changed != text && SealedManifest(canonical: Data(changed.utf8)) == nil, "\(changed)")
    }
  }
}

/// Files that were made to hurt the verifier.
@Suite("Hostile packs")
struct HostilePackTests {
  /// Counts what is read.
  private final class Counted: PackSource {
    let bytes: PackBytes
    private(set) var read = 0
    private(set) var reads = 0

    init(_ data: Data) { bytes = PackBytes(data) }

    var count: Int { bytes.count }

    func read(at offset: Int, count: Int) -> [UInt8] {
      let found = bytes.read(at: offset, count: count)
      read += found.count
      reads += 1
      return found
    }
  }

  /// Verifies, and sees that it cost no more than a few readings of the file.
  private func faults(_ data: Data) throws -> [PackFault] {
    let source = Counted(data)
    let verdict = PackVerifier(try MadeUpSeal().published).verify(source)
    #expect(source.read <= 3 * data.count + 64 && source.reads <= 1_000 + data.count / 1_000)
    #expect(!verdict.isSound && verdict.faults.count <= 3 * SealedPack.mostParts)
    return verdict.faults
  }

  private func header(_ name: String, bytes: Int) -> Data {
    Data(PackZip.localHeader(.init(name: name, bytes: bytes, crc: 0, offset: 0)))
  }

  @Test("What is no pack is refused at once")
  func noPack() throws {
    #expect(try faults(Data()) == [.noManifest, .truncated(at: 0, part: nil)])
    #expect(try faults(Data("A letter, and no pack at all".utf8)) == [.noManifest, .malformed(at: 0)])
    #expect(try faults(header("manifest.json", bytes: 0xFFFF_FFFF)).first == .noManifest)
    let endless = Data((0..<400).flatMap { header("part-\($0)", bytes: 0) })
    #expect(try faults(endless).first == .noManifest)
    let large = header("manifest.json", bytes: 300 << 10) + Data(count: 300 << 10) + header("manifest.sig", bytes: 64)
    #expect(try faults(large + Data(count: 64)).first == .noManifest)
    #expect(PackVerifier(PackKeySet([])).verify(Endless()).faults == [.tooLarge])
  }

  /// Says that it has no end; must not be read.
  private struct Endless: PackSource {
    let count = Int.max

    func read(at offset: Int, count: Int) -> [UInt8] {
      Issue.record("what is too large was read")
      return []
    }
  }

  @Test("Names that could not be of a pack are never repeated")
  func names() throws {
    let made = try MadeUpSeal()
    for name in ["../../etc/passwd", "\u{1B}[2J", "Ä", "a\nb", String(repeating: "a", count: 81)] {
      let file = try made.file
      let start = try #require(file.range(of: Data("PK\u{1}\u{2}".utf8))).lowerBound
      let changed = file.prefix(start) + header(name, bytes: 0) + file[start...]
      let found = try faults(Data(changed))
      #expect(found == [.malformed(at: start)])
      #expect(!found.map(\.description).joined().contains(name))
    }
  }

  @Test("Random files and random continuations of a good beginning")
  func random() throws {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    let made = try MadeUpSeal()
    let file = try made.file
    for _ in 0..<2_000 {
      let beginning = generator.below(2) == 0 ? Data() : file.prefix(generator.below(file.count))
      let end = (0..<generator.below(2_000)).map { _ in UInt8(generator.below(256)) }
      _ = try faults(beginning + Data(end))
    }
  }

  @Test("Only an ordinary file is read")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "packs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let made = try MadeUpSeal()
    let path = folder.appending(path: "pack.zip").path
    try made.file.write(to: URL(filePath: path))
    #expect(PackVerifier(made.published).verify(try PackFile(path: path)).isSound)
    let pipe = folder.appending(path: "pipe").path
    #expect(mkfifo(pipe, 0o600) == 0)
    for other in [folder.path, pipe, "/dev/zero", folder.appending(path: "nothing").path] {
      #expect(throws: PackFault.unreadable) { _ = try PackFile(path: other) }
    }
  }
}

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
}
