import Crypto
public import Foundation
public import Rulebook

/// How a document is set.
public enum LetterFormat: String, Hashable, Sendable, Codable, CaseIterable {
  case letter
  /// The words of the letter in letters of 18 points.
  case largePrint = "large-print"
  case easyRead = "easy-read"
}

/// The words of a kind of letter in one language and format, in force on some days.
///
/// A file of lines `key: value`, a line `---`, and the words as Mustache and HTML (see ``Letter``). `id`, `version` and
/// `title` are required; `language` is `en` and `format` is `letter` unless stated; `from` and `to` are the first and
/// the last day of issue for which it is used. A changed template takes a new version.
public struct LetterTemplate: Hashable, Sendable {
  /// The largest file, bytes.
  public static let mostBytes = 65_536

  public let id: String
  /// Counted from 1. Of several in force the highest is used.
  public let version: Int
  /// A tag of BCP 47, for example `en` or `pl`.
  public let language: String
  public let format: LetterFormat
  public let from: Day?
  public let to: Day?
  /// The heading of the document.
  public let title: String
  /// What stands behind the heading.
  public let words: String
  /// The line of the file on which the words begin.
  public let firstLine: Int
  /// SHA-256 of the file.
  public let digest: Data
  /// The file's name; `nil` for the words that the program came with.
  public let file: String?

  /// Reads a template; its words are not checked yet.
  ///
  /// - Throws: ``TemplateFaults``.
  public init(_ text: String, file: String? = nil) throws(TemplateFaults) {
    func fault(_ line: Int, _ text: String) -> TemplateFaults {
      TemplateFaults([.init(file: file, line: line, text: text)])
    }
    guard text.utf8.count <= Self.mostBytes else { throw fault(1, "The file has more than \(Self.mostBytes) bytes.") }
    // A line end of Windows is one character of Swift.
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    guard let end = lines.firstIndex(of: "---") else { throw fault(1, "A line --- must stand before the words.") }
    var header: [String: String] = [:]
    for (index, line) in lines[..<end].enumerated() {
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count == 2, Self.keys.contains(parts[0]), header.updateValue(parts[1], forKey: parts[0]) == nil else {
        throw fault(index + 1, "Expected one of \(Self.keys.sorted().joined(separator: ", ")), once, and its value.")
      }
    }
    func day(_ key: String) throws(TemplateFaults) -> Day? {
      guard let value = header[key] else { return nil }
      guard let day = Day(iso: value) else { throw fault(1, "\(key) is not a date. Write it as 2026-09-01.") }
      return day
    }
    guard let id = header["id"], let title = header["title"], let version = header["version"].flatMap({ Int($0) }),
      1...9_999 ~= version
    else { throw fault(1, "id, title and version (1 to 9999) are required.") }
    guard !title.unicodeScalars.contains(where: "{}<>[]".unicodeScalars.contains) else {
      throw fault(1, "The title is plain text.")
    }
    guard let format = LetterFormat(rawValue: header["format"] ?? "letter") else {
      throw fault(1, "format is letter, large-print or easy-read.")
    }
    let language = header["language"] ?? "en"
    guard language.wholeMatch(of: /[a-z]{2,3}(-[A-Za-z0-9]{2,8})*/) != nil else {
      throw fault(1, "language is a tag such as en or pl.")
    }
    (self.id, self.title, self.version, self.format, self.language) = (id, title, version, format, language)
    from = try day("from")
    to = try day("to")
    words = lines[(end + 1)...].joined(separator: "\n")
    firstLine = end + 2
    digest = Data(SHA256.hash(data: Data(text.utf8)))
    self.file = file
  }

  private static let keys: Set = ["id", "version", "language", "format", "from", "to", "title"]

  /// Whether it is used for what is issued on a day.
  public func applies(on day: Day) -> Bool { from.map { $0 <= day } ?? true && to.map { day <= $0 } ?? true }
}

/// What is wrong with templates: every fault, with its place.
public struct TemplateFaults: Error, Hashable, Sendable, CustomStringConvertible {
  public struct Fault: Hashable, Sendable, CustomStringConvertible {
    /// `nil` for the words that the program came with.
    public let file: String?
    /// Counted from 1 at the beginning of the file.
    public let line: Int
    public let text: String

    public var description: String { "\(file ?? "built-in template"), line \(line): \(text)" }
  }

  public let faults: [Fault]

  init(_ faults: [Fault]) { self.faults = faults }

  public var description: String { faults.map(\.description).joined(separator: "\n") }
}
