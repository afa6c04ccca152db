/// XML as it grows.
public struct XMLText: Sendable {
  public private(set) var bytes = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)

  init() {}

  /// An element with what the body writes into it.
  public mutating func element(_ name: String, _ content: (inout XMLText) -> Void) {
    bytes.append(contentsOf: "<\(name)>\n".utf8)
    content(&self)
    bytes.append(contentsOf: "</\(name)>\n".utf8)
  }

  /// An element with a text; none when there is no text.
  public mutating func value(_ name: String, _ text: String?) {
    guard let text, !text.isEmpty else { return }
    bytes.append(contentsOf: "<\(name)>\(Self.escaped(text))</\(name)>\n".utf8)
  }

  /// A text as the content of an element or a quoted attribute. Escaped by scalars: `<` with a combining mark behind it is
  /// one character of Swift and not `<`. What XML 1.0 has no place for, and line ends and tabs, become spaces.
  public static func escaped(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "\u{FFFE}", "\u{FFFF}": escaped.append(" ")
      case _ where scalar.properties.generalCategory == .control: escaped.append(" ")
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }
}
