import ArgumentParser
import Foundation
import Rulebook
import SealedPacks
import ServiceKit

/// `suite verify-pack`.
struct VerifyPackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-pack", abstract: "Verifies a court pack with nothing but its file and the published keys.",
    discussion: """
      The keys are what enforcement publishes at /keys/court-packs, kept as a file. Exits 0 for a sound pack; otherwise it \
      says what does not match and exits 1. It exits 2 for a pack that matches and was signed by a key that was revoked \
      since: whoever has the key could have written an earlier day, so that something else must show when it was signed.
      """)

  @Argument(help: "The court pack.") var file: String
  @Option(help: "The published keys, a JSON Web Key set.") var key: String

  func run() throws {
    guard let data = try? Self.contents(key), let keys = PackKeySet(json: data) else {
      throw ValidationError("--key must be a file with the published keys, a JSON Web Key set")
    }
    let verdict = PackVerifier(keys).verify(path: file)
    if let manifest = verdict.manifest { for line in Self.lines(manifest) { print(line) } }
    for fault in verdict.faults { print(fault) }
    if verdict.isSound, let revocation = verdict.revocation { print(Self.words(revocation)) }
    print(verdict.standsAlone ? "sound" : verdict.isSound ? "sound if it was there before" : "not sound")
    if !verdict.standsAlone { throw ExitCode(verdict.isSound ? 2 : 1) }
  }

  /// What is printed of a key that was revoked after the day of the pack.
  static func words(_ revocation: PackKey.Revocation) -> String {
    let revoked = "signed by a key that was revoked on \(revocation.on.iso)"
    return switch revocation.reason {
    case .lost: "\(revoked), because the secret key was lost: what it signed stands"
    case .compromised:
      "\(revoked): it counts only where something else, such as the court's stamp, shows that the pack was there "
        + "before \(revocation.from.iso)"
    }
  }

  /// At most what a set of keys may have.
  private static func contents(_ path: String) throws(PackFault) -> Data {
    let file = try PackFile(path: path)
    guard file.count <= PackKeySet.mostBytes else { throw .tooLarge }
    return Data(file.read(at: 0, count: file.count))
  }

  /// What is printed of a manifest that a key vouches for.
  static func lines(_ manifest: SealedManifest) -> [String] {
    [
      "court pack \(manifest.number), \(manifest.route), authority \(manifest.authority)",
      "signed on \(manifest.day.iso) by \(manifest.signer) with the key \(manifest.key)",
    ] + manifest.parts.map { "  \($0.sha256)  \($0.name) (\($0.document), \($0.bytes) bytes)" }
  }
}

/// `suite pack-key`.
struct PackKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack-key", abstract: "Makes a key file for court packs, or adds a new key to one.",
    discussion: """
      A key that follows another begins on a day to come, so that it is published before it signs: restart enforcement \
      before that day.
      """)

  @Option(help: "The key file.") var out: String
  @Option(help: "The first day on which the key signs, YYYY-MM-DD; today for a new file, tomorrow for a new key.")
  var from: String?

  func run() throws {
    let before = FileManager.default.contents(atPath: out).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let today = CivilTime.day(at: Date())
    guard let first = from.map({ Day(iso: $0) }) ?? today.adding(days: before.isEmpty ? 0 : 1) else {
      throw ValidationError("--from must be a day, for example 2026-09-01")
    }
    let text = try PackSigningKeys.adding(to: before, from: first)
    try StateFolder(path: (out as NSString).deletingLastPathComponent).write(Data(text.utf8), to: out)
    print("\(out) holds \(try PackSigningKeys(text: text).published.count) keys; keep it apart from the store")
  }
}
