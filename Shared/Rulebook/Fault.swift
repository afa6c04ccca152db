import Foundation

/// What is wrong in what somebody sent, where, and what to do: the one shape of a fault. Texts never repeat a value that
/// was sent, nor anything of a person.
///
/// As JSON it is `pointer` and `detail`, as a problem lists it; the answer about a row has the rest beside the row.
public struct Fault: Error, Hashable, Sendable, Codable {
  /// Where: a JSON pointer, or the name of a column, header or parameter; empty for the whole.
  public let pointer: String
  /// What is wrong, or what the value must be.
  public let detail: String
  /// A slug, one for each kind of fault of a row; empty for a request.
  public private(set) var reason = ""
  /// What to do; empty where the detail says it.
  public private(set) var fix = ""

  /// Where in its row.
  public var column: String { pointer }

  private enum CodingKeys: CodingKey { case pointer, detail }

  public init(_ pointer: String, _ detail: String) {
    self.pointer = pointer
    self.detail = detail
  }

  /// A fault of a row.
  public init(_ reason: String, _ column: String, _ detail: String, _ fix: String) {
    self.init(column, detail)
    self.reason = reason
    self.fix = fix
  }
}

/// Collects everything that is wrong with what was sent, so that it is refused once and with all of it.
public struct Faults: Error, Hashable, Sendable {
  public private(set) var all: [Fault] = []

  public init() {}

  /// Notes a fault unless something is right.
  public mutating func require(_ isRight: Bool, _ pointer: String, _ detail: String) {
    if !isRight { note(pointer, detail) }
  }

  public mutating func note(_ pointer: String, _ detail: String) { all.append(Fault(pointer, detail)) }

  /// A text without the spaces around it; a fault is noted unless it has so many bytes.
  public mutating func text(_ text: String?, _ pointer: String, bytes: ClosedRange<Int>) -> String {
    let text = (text ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    let limits = bytes.lowerBound == 0 ? "at most" : "\(bytes.lowerBound) to"
    require(bytes.contains(text.utf8.count), pointer, "must have \(limits) \(bytes.upperBound) bytes")
    return text
  }
}
