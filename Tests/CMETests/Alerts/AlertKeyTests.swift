import Contracts
import Foundation
import Rulebook
import Store
import Testing

@testable import SealedAlerts

/// Keys with days, their renewal and their files.
@Suite("Keys of alerts")
struct AlertKeyTests {
  private static func day(_ text: String) -> Day { Day(iso: text) ?? Day(ordinal: 0) }
  private static func noon(_ text: String) -> Timestamp { Timestamp(CivilTime.moment(day(text), minutes: 720)) }

  private let torbay, devon: AuthorityCode
  /// Keys until November, from November, with a week in which both are in force; and secrets that never change.
  private let old, new: String

  init() throws {
    torbay = try AuthorityCode("880")
    devon = try AuthorityCode("878")
    old = AlertKeyRing.newLines(first: Self.day("2026-09-01"), last: Self.day("2026-11-07"))
    new = AlertKeyRing.newLines(first: Self.day("2026-11-01"), last: nil)
  }

  private func posts(_ torbayKeys: String, _ devonKeys: String) throws -> (torbay: AlertPost, devon: AlertPost) {
    let rings = (try AlertKeyRing(torbay, text: torbayKeys), try AlertKeyRing(devon, text: devonKeys))
    let directory = try KeyDirectory.signed(rings.0.publicLines + rings.1.publicLines)
    return (AlertPost(keys: rings.0, directory: directory), AlertPost(keys: rings.1, directory: directory))
  }

  private func seal(_ post: AlertPost, on day: String) throws(AlertError) -> Data {
    try post.seal(AlertMessage(AlertID(), .closed), to: devon, after: .beginning, at: Self.noon(day))
  }

  @Test("The newest key in force is used; what was sent with an older one is read while it is of its days")
  func renewal() throws {
    let (torbay, devon) = try posts(old + new, old + new)
    let keys = (devon.keys.sealing.map(\.id), torbay.keys.signing.map(\.id))
    for (day, index) in [("2026-10-01", 0), ("2026-10-31", 0), ("2026-11-01", 1), ("2026-12-01", 1)] {
      let envelope = try seal(torbay, on: day)
      let header = try AlertHeader(of: envelope)
      #expect(header.sealingKey == keys.0[index] && header.signingKey == keys.1[index], "\(day)")
      #expect(devon.refusal(envelope, at: Self.noon(day)) == nil)
    }
    let late = try seal(torbay, on: "2026-10-31")
    #expect(devon.refusal(late, at: Self.noon("2026-11-20")) == nil)
  }

  @Test("A retired key neither signs nor opens what is sent after its last day")
  func retired() throws {
    let (current, devon) = try posts(old + new, old + new)
    let thief = AlertPost(keys: try AlertKeyRing(torbay, text: old), directory: current.directory)
    #expect(throws: AlertError.noKey(.signing)) { try seal(thief, on: "2026-11-08") }
    // With the days of the stolen file made longer.
    let longer = old.replacing("2026-11-07", with: "2027-11-07")
    let bold = AlertPost(keys: try AlertKeyRing(torbay, text: longer), directory: current.directory)
    let envelope = try seal(bold, on: "2026-11-08")
    #expect(devon.refusal(envelope, at: Self.noon("2026-11-08")) == .keyNotInForce(.signing))
    // Dated back, it is too old soon after.
    let backdated = try seal(thief, on: "2026-11-07")
    #expect(devon.refusal(backdated, at: Self.noon("2026-12-08")) == .late)
  }

  @Test("What was sealed to a key that is gone cannot be read")
  func destroyed() throws {
    let (torbay, devon) = try posts(new, old + new)
    let wiped = AlertPost(keys: try AlertKeyRing(self.devon, text: new), directory: devon.directory)
    let early = AlertPost(
      keys: try AlertKeyRing(self.torbay, text: new.replacing("2026-11-01", with: "2026-10-01")),
      directory: try KeyDirectory.signed(
        devon.directoryLines + torbay.keys.publicLines.replacing("2026-11-01", with: "2026-10-01")))
    let envelope = try seal(early, on: "2026-10-20")
    let reader = AlertPost(keys: wiped.keys, directory: early.directory)
    #expect(reader.refusal(envelope, at: Self.noon("2026-10-21")) == .unknownKey(.sealing))
  }

  @Test("An authority without a key in force gets no alert")
  func noKey() throws {
    let (torbay, _) = try posts(old + new, old)
    #expect(throws: AlertError.noKey(.sealing)) { try seal(torbay, on: "2026-11-30") }
  }

  @Test("A file is made once, and renewed with an overlap; the secret for blind questions stays")
  func making() throws {
    let path = NSTemporaryDirectory() + "alert-\(UUID().uuidString).keys"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try AlertKeyRing.make(path: path, first: Self.day("2026-09-01"))
    let made = try AlertKeyRing(torbay, path: path)
    try AlertKeyRing.make(path: path, first: Self.day("2026-10-01"))
    #expect(try AlertKeyRing(torbay, path: path).publicLines == made.publicLines)
    try AlertKeyRing.renew(path: path, first: Self.day("2026-12-01"), overlap: 14)
    let renewed = try AlertKeyRing(torbay, path: path)
    #expect(renewed.sealing.map(\.term.last) == [Self.day("2026-12-15"), nil])
    #expect(renewed.signing.map(\.term.first) == [Self.day("2026-09-01"), Self.day("2026-12-01")])
    #expect(renewed.matching.map(\.id) == made.matching.map(\.id) && renewed.matching[0].term.last == nil)
    #expect(renewed.sealing[0].id == made.sealing[0].id)
    #expect(FileMode.read(path) == 0o600)
    #expect(throws: AlertKeyFault.unreadable(path: "/nowhere/keys")) {
      try AlertKeyRing.make(path: "/nowhere/keys", first: Self.day("2026-09-01"))
    }
  }

  @Test("A file of secret keys is refused unless its owner alone can read it; texts of refusals hold no key")
  func files() throws {
    let path = NSTemporaryDirectory() + "alert-\(UUID().uuidString).keys"
    defer { try? FileManager.default.removeItem(atPath: path) }
    for (mode, isRefused) in [(0o600, false), (0o640, true), (0o604, true)] {
      _ = FileManager.default.createFile(atPath: path, contents: Data(new.utf8), attributes: [.posixPermissions: mode])
      if isRefused {
        #expect(throws: AlertKeyFault.open(path: path)) { try AlertKeyRing(torbay, path: path) }
      } else {
        #expect(try AlertKeyRing(torbay, path: path).publicLines.hasPrefix("880 sealing 2026-11-01 - "))
      }
      try FileManager.default.removeItem(atPath: path)
    }
    #expect(throws: AlertKeyFault.unreadable(path: path)) { try AlertKeyRing(torbay, path: path) }
    let lines = new.split(separator: "\n").map(String.init)
    let faults: [(String, AlertKeyFault)] = [
      ("# none\n", .missing(.sealing)), (lines[0], .missing(.signing)), (new + "sealing", .malformed(line: 4)),
      (new + "sealing 2026-11-01 2026-10-01 " + String(repeating: "0a", count: 32), .malformed(line: 4)),
      (new + "sealing 2026-11-01 - " + String(repeating: "0a", count: 31), .malformed(line: 4)),
      (new + "sealing 2026-11-01 - xyz", .malformed(line: 4)), (new + "opening 2026-11-01 - 0a", .malformed(line: 4)),
      (new + String(repeating: lines[1] + "\n", count: 16), .tooMany),
      (new + String(repeating: "\n", count: 10_001), .tooMany),
    ]
    for (text, fault) in faults { #expect(throws: fault) { try AlertKeyRing(torbay, text: text) } }
    let ring = try AlertKeyRing(torbay, text: new)
    let windows = new.replacing("\n", with: "\r\n")
    #expect(try AlertKeyRing(torbay, text: windows).publicLines == ring.publicLines)
    #expect(throws: AlertKeyFault.malformed(line: 4)) { try AlertKeyRing(torbay, text: windows + "sealing") }
    for line in ["88 ", "abc ", ""] {
      #expect(throws: AlertKeyFault.malformed(line: 1)) {
        try KeyDirectory.fingerprints(line + ring.publicLines.dropFirst(4))
      }
    }
  }
}

extension AlertPost {
  /// Its own public keys as the directory has them.
  fileprivate var directoryLines: String { keys.publicLines }
}
