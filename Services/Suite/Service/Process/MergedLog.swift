import Foundation
public import Logging
import ServiceKit
import Store

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One log of all programs: program, level, message. Everything goes to a file, what matters to the terminal too.
public final class MergedLog: Sendable {
  private let terminalLevel: Logger.Level
  private let isColoured: Bool
  private let file: Locked<FileHandle?>

  /// The log file is begun anew when it is larger, bytes; the old one is kept beside it.
  private static let fileLimit = 50_000_000

  /// - Parameters:
  ///   - path: the file; none when `nil` or when it cannot be opened.
  ///   - terminalLevel: the lowest level that the terminal sees.
  public init(path: String?, terminalLevel: Logger.Level) {
    self.terminalLevel = terminalLevel
    isColoured = isatty(STDERR_FILENO) == 1
    file = Locked(path.flatMap(Self.open))
  }

  private static func open(_ path: String) -> FileHandle? {
    let files = FileManager.default
    if let size = try? files.attributesOfItem(atPath: path)[.size] as? Int, size > fileLimit {
      try? files.removeItem(atPath: path + ".old")
      try? files.moveItem(atPath: path, toPath: path + ".old")
    }
    if !files.fileExists(atPath: path) { _ = files.createFile(atPath: path, contents: nil) }
    for name in [path, path + ".old"] { FileMode.close(name) }
    let handle = FileHandle(forWritingAtPath: path)
    _ = try? handle?.seekToEnd()
    return handle
  }

  /// Takes a line that a program wrote: a JSON log line, or any text.
  func take(_ line: String, from program: String) {
    write("\(program) \(line)\n")
    let entry = Entry(line)
    if entry.level >= terminalLevel { show(program, entry) }
  }

  /// Says something of the suite's own.
  public func say(_ message: String, level: Logger.Level = .notice) {
    write("suite \(level.rawValue) \(message)\n")
    if level >= terminalLevel { show("suite", Entry(level: level, message: message)) }
  }

  /// A line of the log as it is shown.
  struct Entry: Hashable {
    var level: Logger.Level = .info
    var message: String

    init(level: Logger.Level, message: String) {
      self.level = level
      self.message = message
    }

    /// Reads a JSON log line; any other text is a message of the level `notice`.
    init(_ line: String) {
      guard line.hasPrefix("{"), let fields = try? JSONDecoder().decode([String: String].self, from: Data(line.utf8)),
        let message = fields["message"]
      else {
        self.init(level: .notice, message: line)
        return
      }
      let hidden: Set = ["level", "message", "time", "service", "authority"]
      let rest = fields.filter { !hidden.contains($0.key) }.sorted { $0.key < $1.key }
      self.init(
        level: fields["level"].flatMap(Logger.Level.init(rawValue:)) ?? .info,
        message: ([message] + rest.map { "\($0.key)=\($0.value)" }).joined(separator: " "))
    }
  }

  private func show(_ program: String, _ entry: Entry) {
    let name = program.padding(toLength: max(16, program.count), withPad: " ", startingAt: 0)
    let level = entry.level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
    let colour =
      switch entry.level {
      case .trace, .debug, .info: "2"
      case .notice: "0"
      case .warning: "33"
      case .error, .critical: "31"
      }
    let text = "\(name) \(level) \(entry.message)"
    StandardError.write(Data((isColoured ? "\u{1B}[\(colour)m\(text)\u{1B}[0m\n" : text + "\n").utf8))
  }

  private func write(_ text: String) {
    // A full disk must not stop the programs: their own stores say what matters.
    file.withLock { try? $0?.write(contentsOf: Data(text.utf8)) }
  }
}
