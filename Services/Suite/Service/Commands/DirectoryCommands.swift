import ArgumentParser
import Foundation
import Rulebook
import SealedAlerts
import Store

/// `suite alert-directory`.
struct AlertDirectoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alert-directory", abstract: "The directory of the keys by which authorities alert each other.",
    discussion: """
      Run it on the machine of the national root, which has no network. What leaves that machine is the signed directory \
      and, once, the root's public key.
      """,
    subcommands: [Root.self, Sign.self, Show.self])

  /// `suite alert-directory root`.
  struct Root: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes the national root's key, unless there is one, and prints its public half.")

    @Option(help: "The file with the secret key, for its owner alone.") var key: String

    func run() throws {
      try DirectoryRoot.make(path: key)
      let root = try DirectoryRoot(path: key)
      print("alerts.root = \(root.publicDigits)")
      print("fingerprint   \(root.fingerprint)")
    }
  }

  /// `suite alert-directory sign`.
  struct Sign: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Signs the next directory: that before, with new lines, and without keys that are revoked.",
      discussion: """
        Compare the fingerprint of each new line with its authority by telephone, on a number that you knew before, and \
        sign only then. A line of the same authority, use and first day takes the place of the one before.
        """)

    @Option(help: "The file with the root's secret key.") var key: String
    @Option(help: "The directory before; none for the first.") var before: String?
    @Option(help: "A file with an authority's lines, as GET /alert-keys gives them; can be given several times.")
    var lines: [String] = []
    @Option(help: "The fingerprint of a key that is revoked; can be given several times.") var revoke: [String] = []
    @Option(help: "The file for the new directory.") var out: String

    func run() throws {
      let root = try DirectoryRoot(path: key)
      let old = try before.map { try root.lines(of: try String(contentsOfFile: $0, encoding: .utf8)) } ?? (0, [])
      var lines = old.1
      for path in self.lines {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for line in text.split(separator: "\n").map(String.init) where !line.hasPrefix("#") {
          lines.removeAll { Self.place($0) == Self.place(line) }
          lines.append(line)
        }
      }
      for fingerprint in revoke {
        let kept = try lines.filter { try !KeyDirectory.fingerprints($0).contains { $0.hasSuffix("  \(fingerprint)") } }
        guard kept.count < lines.count else { throw ValidationError("no key has the fingerprint \(fingerprint)") }
        lines = kept
      }
      let text = try root.sign(lines, number: old.0 + 1, on: CivilTime.day(at: Date()))
      try StateFolder(path: (out as NSString).deletingLastPathComponent).write(Data(text.utf8), to: out)
      print("\(out): directory \(old.0 + 1), \(lines.count) keys")
    }

    /// Authority, use and first day.
    private static func place(_ line: String) -> [Substring] { Array(line.split(separator: " ").prefix(3)) }
  }

  /// `suite alert-directory show`.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Verifies a directory, and prints its keys by what is read aloud to compare them.")

    @Argument(help: "The directory.") var file: String
    @Option(help: "The root's public key, as in alerts.root.") var root: String

    func run() throws {
      let directory = try KeyDirectory(path: file, roots: try DirectoryRoot.publicKeys(root))
      print(
        "directory \(directory.number), signed on \(directory.signed.iso), \(directory.authorities.count) authorities")
      let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").dropFirst().dropLast()
      for line in try KeyDirectory.fingerprints(lines.joined(separator: "\n")) { print(line) }
    }
  }
}
