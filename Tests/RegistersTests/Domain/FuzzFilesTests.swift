import Foundation
import FuzzTargets
import Seeded
import TestKit
import Testing

/// The targets of `bin/fuzz`, run on their seeds and on some thousand mutations of them; the same seed is the same run.
@Suite("Files that strangers send", .timeLimit(.minutes(2)))
struct FuzzFilesTests {
  static func corpus(_ target: FuzzTarget) throws -> [[UInt8]] {
    let folder = projectFolder.appending(path: "Tests/Fuzz/Corpus/\(target.rawValue)")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return try files.sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
  }

  @Test(arguments: FuzzTarget.allCases)
  func theSeedsKeepEveryProperty(target: FuzzTarget) throws {
    let corpus = try Self.corpus(target)
    #expect(corpus.count >= 2)
    for bytes in corpus { #expect(target.broken(by: bytes) == nil) }
  }

  static let rounds = 1_000

  @Test(arguments: FuzzTarget.allCases)
  func mutationsOfTheSeedsKeepEveryProperty(target: FuzzTarget) throws {
    let corpus = try Self.corpus(target)
    for seed in UInt64(1)...UInt64(Self.rounds) {
      var mutation = Mutation(seed: seed)
      let bytes = mutation.mutated(mutation.generator.pick(corpus), with: corpus)
      if let property = target.broken(by: bytes) {
        Issue.record("\(target.rawValue), seed \(seed): \(property)")
        return
      }
    }
  }

  /// A mutation that changed nothing much would prove nothing: most must still be read, and many must have faults.
  @Test func mutationsReachBothTheReadersAndTheirRefusals() throws {
    let corpus = try Self.corpus(.ctf)
    var changed = 0
    for seed in UInt64(1)...200 {
      var mutation = Mutation(seed: seed)
      let start = mutation.generator.pick(corpus)
      if mutation.mutated(start, with: corpus) != start { changed += 1 }
    }
    #expect(changed > 150)
  }
}

/// Small damage as files come by it, and as an enemy does it.
struct Mutation {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private static let tokens: [[UInt8]] =
    [
      "\"", "\"\"", ",", "\r\n", "\n", "\r", "=", "'", "'=", "-", "\t", " ", "\u{FEFF}", "<", ">", "&", "&#0;", "&#1;",
      "&amp;", "&x;", "]]>", "<![CDATA[", "<!--", "-->", "<!DOCTYPE a>", "<?x?>", "<Pupil>", "</Pupil>", "<Contact>",
      "</Contact>", "<UPN>", "</UPN>", "<Address>", "<AddressAsPupil>true</AddressAsPupil>", "<x:Pupil/>", "{", "}",
      "[",
      "]", ":", "null", "1e999", "\\u0000", "\\ud800", "true", "\u{2028}", "\u{85}", "\u{7F}", "é", "e\u{301}",
    ].map { Array($0.utf8) } + [[0], [1], [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]]

  mutating func mutated(_ start: [UInt8], with corpus: [[UInt8]]) -> [UInt8] {
    var bytes = start
    for _ in 0...generator.below(4) { step(&bytes, corpus) }
    return bytes
  }

  private mutating func step(_ bytes: inout [UInt8], _ corpus: [[UInt8]]) {
    let place = generator.below(bytes.count + 1)
    let end = min(bytes.count, place + generator.below(60))
    switch generator.below(7) {
    case 0 where place < bytes.count: bytes[place] ^= UInt8(1 << generator.below(8))
    case 1: bytes.replaceSubrange(place..<end, with: [])
    case 2: bytes.insert(contentsOf: bytes[place..<end], at: generator.below(bytes.count + 1))
    case 3:
      let other = generator.pick(corpus)
      let from = generator.below(other.count)
      bytes.insert(contentsOf: other[from..<min(other.count, from + generator.below(200))], at: place)
    case 4: bytes.removeSubrange(place...)
    default: bytes.insert(contentsOf: generator.pick(Self.tokens), at: place)
    }
  }
}
