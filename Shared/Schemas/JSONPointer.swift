/// JSON pointers (RFC 6901).
public enum JSONPointer {
  /// A name as one step of a pointer, with the solidus before it. Escaped by scalars: a solidus with a combining mark behind
  /// it is one character of Swift and not a solidus.
  public static func step(_ name: some StringProtocol) -> String {
    var step = String.UnicodeScalarView("/".unicodeScalars)
    for scalar in name.unicodeScalars {
      switch scalar {
      case "~": step.append(contentsOf: "~0".unicodeScalars)
      case "/": step.append(contentsOf: "~1".unicodeScalars)
      default: step.append(scalar)
      }
    }
    return String(step)
  }
}
