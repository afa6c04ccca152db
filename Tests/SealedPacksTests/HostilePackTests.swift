import Foundation
import Seeded
import TestKit
import Testing

@testable import SealedPacks

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
