import Foundation
import ServiceKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Tells the stories in the terminal.
struct Narrator: Sendable {
  private let isTerminal = isatty(STDOUT_FILENO) == 1
  private let began = ContinuousClock.now
  private let told = Locked<[String]>([])

  /// Every line that was told, in order, as plain text.
  var lines: [String] { told.withLock { $0 } }

  /// Begins a chapter.
  func chapter(_ title: String) {
    line("")
    line(title, "\u{1B}[1m")
  }

  /// Says something.
  func say(_ text: String) { line("  " + text) }

  /// Says what was checked and is so.
  func right(_ text: String) { line("  ✓ " + text) }

  /// Says what is not as it should be.
  func wrong(_ text: String) { line("  ✗ " + text) }

  /// Says something below what was said.
  func detail(_ text: String) { line("    " + text, "\u{1B}[2m") }

  /// Seconds since the demo began, to one decimal.
  var elapsed: String { String(format: "%.1f s", Self.seconds(ContinuousClock.now - began)) }

  static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }

  static func millis(_ duration: Duration) -> String { String(format: "%.0f ms", seconds(duration) * 1_000) }

  /// A number with commas between thousands.
  static func grouped(_ number: Int) -> String {
    var digits = String(number)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
  }

  private func line(_ text: String, _ style: String = "") {
    told.withLock { $0.append(text) }
    let shown = isTerminal && !style.isEmpty ? "\(style)\(text)\u{1B}[0m" : text
    FileHandle.standardOutput.write(Data((shown + "\n").utf8))
  }
}
