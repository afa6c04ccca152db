import Foundation
import FuzzTargets
import RegistersDomain
import Seeded
import TestKit
import Testing

/// The targets of `bin/fuzz`, run on their seeds and on some thousand mutations of them; the same seed is the same run.
@Suite("Files that strangers send", .timeLimit(.minutes(10)))
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

  /// Mutations that are all refused, or all read, would prove little of the other.
  @Test func mutationsReachTheReadersAndTheirRefusals() throws {
    let corpus = try Self.corpus(.ctf)
    var (refused, clean, faulty) = (0, 0, 0)
    for seed in UInt64(1)...400 {
      var mutation = Mutation(seed: seed)
      let bytes = mutation.mutated(mutation.generator.pick(corpus), with: corpus)
      guard let file = try? CTFReader.read(bytes, enrolledOn: "2026-09-02") else {
        refused += 1
        continue
      }
      let isFaulty = file.rows.contains { row in
        row.pupil.checked(at: MadeUp.school, today: MadeUp.today).record == nil
      }
      if isFaulty { faulty += 1 } else { clean += 1 }
    }
    #expect(min(refused, clean, faulty) > 20, "\(refused) refused, \(clean) clean, \(faulty) with faults")
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
    for _ in 0...generator.below(3) {
      // Most damage to XML is refused at once; what keeps its shape gets further.
      if bytes.first == UInt8(ascii: "<"), generator.below(4) > 0 {
        leafStep(&bytes)
      } else {
        step(&bytes, corpus)
      }
    }
    return bytes
  }

  /// Takes away, doubles, moves or changes one element that has only a text.
  private mutating func leafStep(_ bytes: inout [UInt8]) {
    let tags = bytes.indices.filter { bytes[$0] == UInt8(ascii: "<") }
    let leaves = zip(tags, tags.dropFirst()).filter { start, end in
      bytes[start + 1] != UInt8(ascii: "/") && end + 1 < bytes.count && bytes[end + 1] == UInt8(ascii: "/")
    }
    guard !leaves.isEmpty else { return }
    let (start, end) = generator.pick(leaves)
    guard let behind = bytes[end...].firstIndex(of: UInt8(ascii: ">")).map({ $0 + 1 }),
      let text = bytes[start..<end].firstIndex(of: UInt8(ascii: ">")).map({ $0 + 1 })
    else { return }
    let leaf = Array(bytes[start..<behind])
    switch generator.below(6) {
    case 0: bytes.removeSubrange(start..<behind)
    case 1: bytes.insert(contentsOf: leaf, at: start)
    case 2:
      bytes.removeSubrange(start..<behind)
      let places = bytes.indices.filter { bytes[$0] == UInt8(ascii: "<") }
      bytes.insert(contentsOf: leaf, at: places.isEmpty ? 0 : generator.pick(places))
    default: bytes.replaceSubrange(text..<end, with: generator.pick(Self.values))
    }
  }

  private static let values = [
    "", " ", "true", "no", "perhaps", "0", "-1", "9999999999999999999", "a, b,, c\nd", "&amp;&#x41;", "=1+1", "'=1",
    "\u{80}", "\u{2028}", "2015-02-30", "A880123000001", String(repeating: "x", count: 999),
    String(repeating: "é", count: 600),
  ].map { Array($0.utf8) }

  private mutating func step(_ bytes: inout [UInt8], _ corpus: [[UInt8]]) {
    let place = generator.below(bytes.count + 1)
    let end = min(bytes.count, place + generator.below(60))
    // Mostly what leaves the shape of a file, so that what lies behind the first check is reached.
    switch generator.below(20) {
    case 0..<10 where place < bytes.count && Self.isOrdinary(bytes[place]):
      bytes[place] = UInt8(33 + generator.below(94))
    case 10, 11: bytes[place..<end].reverse()
    case 12 where place < bytes.count: bytes[place] ^= UInt8(1 << generator.below(8))
    case 13: bytes.replaceSubrange(place..<end, with: [])
    case 14: bytes.insert(contentsOf: bytes[place..<end], at: generator.below(bytes.count + 1))
    case 15:
      let other = generator.pick(corpus)
      let from = generator.below(other.count)
      bytes.insert(contentsOf: other[from..<min(other.count, from + generator.below(200))], at: place)
    case 16: bytes.removeSubrange(place...)
    default: bytes.insert(contentsOf: generator.pick(Self.tokens), at: place)
    }
  }

  private static func isOrdinary(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }
}
