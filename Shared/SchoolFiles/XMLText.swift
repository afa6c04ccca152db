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
    bytes.append(contentsOf: "<\(name)>".utf8)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": bytes.append(contentsOf: "&amp;".utf8)
      case "<": bytes.append(contentsOf: "&lt;".utf8)
      case ">": bytes.append(contentsOf: "&gt;".utf8)
      // What XML 1.0 has no place for, and line ends, which the format has none of.
      case "\u{FFFE}", "\u{FFFF}": bytes.append(32)
      case _ where scalar.properties.generalCategory == .control: bytes.append(32)
      default: bytes.append(contentsOf: String(scalar).utf8)
      }
    }
    bytes.append(contentsOf: "</\(name)>\n".utf8)
  }
}
