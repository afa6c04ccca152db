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
