import Contracts
import Foundation
import ServiceKit
import Testing

/// The one list of programs against the tree, the package, the topics, the routes and the documents.
@Suite("The list of programs") struct ProgramsTests {
  private static func names(in folder: String) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: Goldens.repository.appending(path: folder).path))
  }

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: Goldens.repository.appending(path: path), encoding: .utf8)
  }

  @Test("Every folder of Services with a main is on it, and is an executable of the package")
  func folders() throws {
    let folders = try Self.names(in: "Services").filter { folder in
      (try? Self.names(in: "Services/\(folder)").contains("Main")) ?? false
    }
    #expect(folders == Set(Programs.all.map(\.folder) + [Programs.runner]))
    let package = try Self.text("Package.swift")
    for program in Programs.all {
      #expect(program.name == program.folder.lowercased())
      let main = try String(
        contentsOf: Goldens.repository.appending(path: "Services/\(program.folder)/Main/main.swift"), encoding: .utf8)
      #expect(main.contains("\"\(program.name)\""), "\(program.name)")
    }
    let declared = package.matches(of: /service\(\s*"([A-Za-z]+)"/).map { String($0.output.1) }
    #expect(Set(declared) == Set(Programs.all.map(\.folder)))
  }

  @Test("Every topic has its program, and every event type comes from one of them")
  func topics() {
    #expect(Programs.all.map(\.service) == ServiceName.allCases)
    #expect(Set(EventRegistry.all.map(\.type.service)) == Set(Programs.all.map(\.service)))
    #expect(Set(Programs.all.map(\.port)).count == Programs.all.count)
    for program in Programs.all {
      let sources = program.reads.map(\.source)
      #expect(Set(sources).count == sources.count && !sources.contains(program.service), "\(program.name)")
    }
  }

  @Test("The tests that walk all programs walk these")
  func walks() { #expect(OpenAPITests.services.map(\.name) == Programs.all.map(\.name)) }

  /// A program that reads another topic than the list says does not start: see `Messaging`.
  @Test("Routes serve the roles that the list says", arguments: OpenAPITests.services)
  func roles(service: OpenAPITests.Described) async throws {
    let program = try #require(Programs.all.first { $0.name == service.name })
    var roles: Set<Role> = []
    for route in try await service.routes() {
      if case .roles(let allowed, _) = route.policy { roles.formUnion(allowed) }
    }
    #expect(roles == program.roles)
  }

  @Test("Documents have a page for each, and none for another", arguments: ["openapi", "schema"])
  func documents(folder: String) throws {
    let pages = try Self.names(in: "docs/\(folder)").map { $0.split(separator: ".")[0] }
    #expect(Set(pages.map(String.init)) == Set(Programs.all.map(\.name)))
  }

  @Test("Pages for people name each", arguments: ["README.md", "docs/running.md"])
  func pages(path: String) throws {
    let page = try Self.text(path)
    for program in Programs.all { #expect(page.contains(program.name), "\(program.name)") }
    guard path == "docs/running.md" else { return }
    for program in Programs.all { #expect(page.contains("`<authority>.\(program.name)`"), "\(program.name)") }
  }
}
