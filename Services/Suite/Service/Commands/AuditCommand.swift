import ArgumentParser
import Foundation
import HTTPTypes
import ServiceKit
import Store

/// `suite audit`.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Verifies the whole audit log of every program.",
    discussion: "Exits 1 unless all are sound. With --acknowledge the breaks found are acknowledged in these words.")

  @OptionGroup var stateOption: StateOption
  @Option(help: "What happened and who was told; nothing of a child. It stays in the audit logs.")
  var acknowledge: String?

  /// How a log stands, as far as it is printed.
  private struct Chain: Codable, Sendable {
    struct Break: Codable, Sendable {
      let name: String
      let acknowledgedBy: Int64?
    }
    let sound: Bool
    let entries: Int64
    let breaks: [Break]
  }

  private struct Acknowledgement: Encodable {
    let breaks: [String]
    let reason: String
  }

  func run() async throws {
    let folder = stateOption.folder
    let state = try folder.readState()
    let provider = try LocalProvider(
      folder: folder, clock: SystemClock(offsetSeconds: Double(state.clockOffsetSeconds)))
    var allSound = true
    for program in state.programs {
      guard let address = program.address, let authority = program.authority else { continue }
      let client = ServiceClient(base: address) { try await provider.token(role: .operator, authority: authority) }
      do {
        let chain = try await verify(client)
        allSound = allSound && chain.sound
        print("\(program.name): \(chain.entries) entries, \(chain.sound ? "sound" : "broken")")
        for found in chain.breaks {
          print("  \(found.name)" + (found.acknowledgedBy.map { ", acknowledged by entry \($0)" } ?? ""))
        }
      } catch {
        allSound = false
        print("\(program.name): not verified. \(error)")
      }
    }
    if !allSound { throw ExitCode(1) }
  }

  private func verify(_ client: ServiceClient) async throws -> Chain {
    let path = "/audit/chain/checks"
    let chain = try ServiceClient.read(Chain.self, try await client.call(.post, path), "POST \(path)")
    let standing = chain.breaks.filter { $0.acknowledgedBy == nil }.map(\.name)
    guard let acknowledge, !standing.isEmpty else { return chain }
    return try await client.send(
      Chain.self, .post, "/audit/chain/acknowledgements",
      json: Acknowledgement(breaks: standing, reason: acknowledge))
  }
}

/// `suite audit-key`.
struct AuditKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit-key", abstract: "Makes a key file for an audit log, or adds a new key to one.",
    discussion: "Programs use the newest key for new entries from their next start; the others verify older entries.")

  @Option(help: "The key file.") var out: String

  func run() throws {
    let before = FileManager.default.contents(atPath: out).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let text = try AuditKeys.adding(to: before)
    try StateFolder(path: (out as NSString).deletingLastPathComponent).write(Data(text.utf8), to: out)
    print("\(out) holds \(text.split(separator: "\n").count { !$0.hasPrefix("#") }) keys; keep it apart from the store")
  }
}
