import Foundation
import TestKit

/// The Swift sources of the checkout, as text.
struct SourceTree: Sendable {
  struct File: Sendable {
    /// From the top of the checkout.
    let path: String
    let lines: [Substring]
  }

  let files: [File]

  /// Reads the folders of the product and its tests.
  init() throws {
    let top = projectFolder.standardizedFileURL.path
    files = try ["Services", "Shared", "Tests", "Benchmarks"].flatMap { folder in
      let all = FileManager.default.enumerator(atPath: "\(top)/\(folder)")?.compactMap { $0 as? String } ?? []
      return try all.filter { $0.hasSuffix(".swift") }.sorted().map { path in
        try File(path: "\(folder)/\(path)", text: String(contentsOfFile: "\(top)/\(folder)/\(path)", encoding: .utf8))
      }
    }
  }

  /// Files that a test makes up, to see that a check finds what it must.
  init(_ files: [File]) { self.files = files }
}

extension SourceTree.File {
  init(path: String, text: String) {
    self.init(path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
  }

  /// The modules it imports.
  var imports: [Substring] {
    lines.compactMap { line in
      let words = line.split(separator: " ").drop { $0 == "public" || $0 == "@testable" || $0 == "internal" }
      return words.first == "import" ? words.dropFirst().first : nil
    }
  }

  func isIn(_ folder: String) -> Bool { path.hasPrefix(folder + "/") }
  var isTest: Bool { isIn("Tests") }
}

/// A rule of the codebase and what breaks it.
struct TidyRule: Sendable, CustomStringConvertible {
  let name: String
  let breaches: @Sendable (SourceTree) -> [String]
  /// A file that breaks the rule.
  let planted: SourceTree.File
  /// How many breaches the file has.
  var finds = 1

  var description: String { name }
}
