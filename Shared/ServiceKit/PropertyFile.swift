import Foundation

/// A file of properties, one a line: `name=value`. The value is everything behind the first `=` to the end of the line,
/// so that a password may hold any character but a line's end. Empty lines, and lines that begin with `#`, are passed over.
enum PropertyFile {
  /// The largest file that is read, bytes.
  private static let limit = 65_536

  /// - Parameter path: no file when empty.
  /// - Throws: ``ConfigurationError`` that names the line and never what it holds.
  static func read(_ path: String, key: ConfigurationKey) throws(ConfigurationError) -> [String: String] {
    guard !path.isEmpty else { return [:] }
    guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: limit + 1) ?? Data(),
      let text = String(data: data, encoding: .utf8)
    else { throw ConfigurationError(key: key.name, reason: "the file cannot be read, or is not UTF-8") }
    guard data.count <= limit else {
      throw ConfigurationError(key: key.name, reason: "the file has more than \(limit) bytes")
    }
    return try parse(text, key: key)
  }

  /// - Throws: ``ConfigurationError`` as ``read(_:key:)``.
  static func parse(_ text: String, key: ConfigurationKey) throws(ConfigurationError) -> [String: String] {
    var properties: [String: String] = [:]
    for (index, bytes) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
    {
      let line = Substring(bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes)
      if line.allSatisfy(\.isWhitespace) || line.hasPrefix("#") { continue }
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].wholeMatch(of: /[a-z][a-z0-9_.]*/) != nil else {
        throw ConfigurationError(
          key: key.name, reason: "line \(index + 1) is not name=value. Write one librdkafka property a line")
      }
      guard properties.updateValue(String(parts[1]), forKey: String(parts[0])) == nil else {
        throw ConfigurationError(key: key.name, reason: "line \(index + 1) sets \(parts[0]) a second time")
      }
    }
    return properties
  }
}
