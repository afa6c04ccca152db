import Contracts
import Foundation
import Testing

/// The documents for people: what they point at exists.
@Suite("Prose") struct ProseTests {
  private static func documents() throws -> [String] {
    let manager = FileManager.default
    let pages = try manager.subpathsOfDirectory(atPath: Goldens.repository.appending(path: "docs").path)
    return ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
      + pages.filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }.sorted()
  }

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: Goldens.repository.appending(path: path), encoding: .utf8)
  }

  @Test("Every relative link leads to a file")
  func links() throws {
    var seen = 0
    for page in try Self.documents() {
      let folder = Goldens.repository.appending(path: page).deletingLastPathComponent()
      for match in try Self.text(page).matches(of: /\]\(([^)#]+)(#[^)]*)?\)/) where !match.output.1.contains(":") {
        seen += 1
        let target = folder.appending(path: String(match.output.1)).standardizedFileURL.path
        #expect(FileManager.default.fileExists(atPath: target), "\(page) points at \(match.output.1)")
      }
    }
    #expect(seen > 20)
  }

  @Test("Every command named is there and can be run")
  func commands() throws {
    var seen: Set<String> = []
    for page in try Self.documents() {
      for match in try Self.text(page).matches(of: /\bbin\/[a-z]+(?:-[a-z]+)*/) { seen.insert(String(match.output)) }
    }
    for command in seen {
      let path = Goldens.repository.appending(path: command).path
      #expect(FileManager.default.isExecutableFile(atPath: path), "\(command)")
    }
    #expect(seen.contains("bin/demo") && seen.contains("bin/test"))
  }

  @Test("docs/events-by-process.md names every event type and no other")
  func processes() throws {
    let types = Set(EventRegistry.all.map { "\($0.type.service.rawValue).\($0.type.fact)" })
    let services = ServiceName.allCases.map(\.rawValue)
    let named = try Self.text("docs/events-by-process.md").matches(of: /`([a-z]+\.[a-z-]+)`/)
      .map { String($0.output.1) }.filter { name in services.contains { name.hasPrefix("\($0).") } }
    #expect(Set(named) == types)
  }

  @Test("Every decision is in the list")
  func decisions() throws {
    let list = try Self.text("docs/decisions/README.md")
    let files = try Self.documents().filter { $0.contains("decisions/0") }
    #expect(!files.isEmpty)
    for file in files { #expect(list.contains("(\(file.split(separator: "/").last ?? ""))"), "\(file)") }
  }
}
