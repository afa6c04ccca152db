import Contracts
import Foundation
import Schemas
import Testing

/// `docs/contracts` is made from the registry. `bin/contracts` writes it; this test fails when it differs.
@Suite("Documents") struct DocumentTests {
  private static let folder = Goldens.repository.appending(path: "docs/contracts")

  @Test("docs/contracts is what the registry says")
  func documentsAreCurrent() throws {
    let documents = try ContractDocuments.all()
    if ProcessInfo.processInfo.environment["UPDATE_CONTRACTS"] == "1" {
      try? FileManager.default.removeItem(at: Self.folder)
      for (path, text) in documents {
        let file = Self.folder.appending(path: path)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
      print("wrote \(documents.count) files to docs/contracts")
    }
    for (path, text) in documents {
      let found = try? String(contentsOf: Self.folder.appending(path: path), encoding: .utf8)
      #expect(found == text, "docs/contracts/\(path) is not current: run bin/contracts")
    }
    let files = try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path).filter { $0.contains(".") }
    #expect(Set(files) == Set(documents.map(\.path)))
  }

  @Test("The AsyncAPI document lists every type once, in its owner's channel")
  func asyncAPI() throws {
    let text = try #require(try ContractDocuments.all().first { $0.path == "asyncapi.json" }).text
    let document = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    for definition in EventRegistry.all {
      let channels = ServiceName.allCases.filter {
        document[[.key("channels"), .key($0.rawValue), .key("messages"), .key(definition.fileName)]] != nil
      }
      #expect(channels == [definition.type.service])
      let message = document[[.key("components"), .key("messages"), .key(definition.fileName)]]
      #expect(message?[[.key("name")]] == .string(definition.type.name))
      #expect(message?[[.key("x-classification")]] == .string(definition.classification.rawValue))
    }
  }
}
