import Foundation
import HTTPTypes
import ServiceKit

/// The folder where the demo leaves letters and court packs for a person to open.
final class LetterFolder: Sendable {
  let path: String
  private let tell: Narrator
  private let waiting = Locked<[(name: String, source: String, client: ServiceClient)]>([])
  private let count = Locked(0)

  init(path: String, tell: Narrator) {
    self.path = path
    self.tell = tell
  }

  /// How many files there are.
  var files: Int { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).count }

  /// Saves a letter's page now; its PDF follows once the program has printed it.
  ///
  /// - Parameters:
  ///   - source: the path of the document at the program.
  ///   - words: what the page must say.
  /// - Throws: ``SuiteError/unexpected(_:)`` when it does not say so.
  func save(_ name: String, from source: String, of person: StagePerson, saying words: [String]) async throws {
    let page = try await person.client.call(.get, source)
    guard page.isSuccess else { throw SuiteError.unexpected("GET \(source) was answered \(page.status)") }
    let text = String(decoding: page.body, as: UTF8.self)
    for word in words where !text.contains(word) {
      throw SuiteError.unexpected("the letter \(name) does not say \(word)")
    }
    let number = count.withLock { count in
      count += 1
      return count
    }
    let name = (number < 10 ? "0" : "") + "\(number)-\(name)"
    try write(page.body, "\(name).html")
    waiting.withLock { $0.append((name, source, person.client)) }
    tell.right("letter \(name): " + (words.isEmpty ? "issued" : "it says " + words.joined(separator: ", ")))
  }

  /// Writes a file.
  ///
  /// - Returns: where it is.
  @discardableResult
  func write(_ data: Data, _ name: String) throws -> String {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let file = "\(path)/\(name)"
    guard FileManager.default.createFile(atPath: file, contents: data, attributes: [.posixPermissions: 0o600]) else {
      throw SuiteError.unexpected("\(file) cannot be written")
    }
    return file
  }

  /// Waits until every letter is printed, and saves the PDFs.
  func savePDFs(_ stage: Stage) async throws {
    let letters = waiting.withLock { letters in
      defer { letters = [] }
      return letters
    }
    for letter in letters {
      let pdf = try await stage.wait(for: "the PDF of \(letter.name)") {
        let answer = try await letter.client.call(.get, letter.source + "?format=pdf")
        if answer.isSuccess { return answer.body }
        guard answer.status == 409 else {
          throw SuiteError.unexpected("GET \(letter.source)?format=pdf was answered \(answer.status)")
        }
        return nil
      }
      try write(pdf, "\(letter.name).pdf")
    }
  }
}
