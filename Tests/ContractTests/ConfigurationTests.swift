import CMEService
import CaseworkService
import Contracts
import EnforcementService
import Foundation
import Letters
import LicensingService
import NotifierService
import RegistersService
import ServiceKit
import Testing

/// `docs/configuration.md` is made from the keys that the programs read. `bin/contracts` writes it.
@Suite("Configuration document") struct ConfigurationTests {
  private static let file = Goldens.repository.appending(path: "docs/configuration.md")

  /// What each program reads beside what every service and its feeds have.
  private static let own: [ServiceName: [ConfigurationKey]] = [
    .registers: RegistersConfig.keys, .notifier: NotifierConfig.keys,
    .casework: LettersConfig.keys + CaseworkConfig.keys,
    .licensing: LettersConfig.keys + LicensingConfig.keys,
    .enforcement: EnforcementConfig.keys, .cme: LettersConfig.keys + CMEConfig.keys,
  ]

  /// Every key that a program reads.
  static func keys(of program: Program) -> [ConfigurationKey] {
    ServiceConfiguration.keys + program.feedKeys + (own[program.service] ?? [])
  }

  private static let parts: [(title: String, keys: [ConfigurationKey])] =
    [(title: "Every service", keys: ServiceConfiguration.keys)]
    + Programs.all.map { (title: $0.folder, keys: $0.feedKeys + (own[$0.service] ?? [])) }

  private static var document: String {
    var lines = [
      "# Configuration", "",
      "Made from the programs' keys by `bin/contracts`; a test fails when it is not current.", "",
      "A program reads its keys from the environment, and from the JSON file that `CONFIG_FILE` names where there is "
        + "one; the environment comes first. In the file the parts of a key are nested: `{\"http\": {\"port\": 8101}}`. "
        + "A key that is missing or cannot be read ends the program's start with one line that names the key and never "
        + "its value. Values of secret keys are never shown.",
    ]
    for part in parts {
      lines += ["", "## \(part.title)", "", "| key | environment | default | meaning |", "|---|---|---|---|"]
      for key in part.keys {
        let fallback = key.fallback.map { $0.isEmpty ? "empty" : "`\($0)`" } ?? "required"
        let meaning = key.meaning + (key.isSecret ? " Secret." : "")
        lines.append("| `\(key.name)` | `\(key.environmentName)` | \(fallback) | \(meaning) |")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test("docs/configuration.md is what the programs read")
  func documentIsCurrent() throws {
    if ProcessInfo.processInfo.environment["UPDATE_CONTRACTS"] == "1" {
      try Data(Self.document.utf8).write(to: Self.file)
      print("wrote docs/configuration.md")
    }
    let found = try? String(contentsOf: Self.file, encoding: .utf8)
    #expect(found == Self.document, "docs/configuration.md is not current: run bin/contracts")
  }

  @Test("Every key is explained, fits into a table and is named once in a program")
  func keys() {
    for part in Self.parts.dropFirst() {
      let keys = ServiceConfiguration.keys + part.keys
      #expect(Set(keys.map(\.environmentName)).count == keys.count, "\(part.title)")
    }
    for key in Self.parts.flatMap(\.keys) {
      #expect(key.meaning.hasSuffix(".") && !key.meaning.contains("|"), "\(key.name)")
      #expect(key.name.wholeMatch(of: /[a-z]+(\.[a-z]+)+|[a-z]+/) != nil, "\(key.name)")
    }
  }
}
