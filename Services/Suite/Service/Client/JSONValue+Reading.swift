import Schemas

/// Reading an answer of a program where a type of its own would say no more.
extension JSONValue {
  /// A member of an object; `null` where there is none.
  subscript(name: String) -> JSONValue {
    if case .object(let members) = self { members[name] ?? .null } else { .null }
  }

  /// The elements of a list; none of anything else.
  var list: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

  /// A text; empty for anything else.
  var text: String { if case .string(let text) = self { text } else { "" } }

  /// A whole number.
  var int: Int? { if case .integer(let number) = self { number } else { nil } }

  /// A list of texts.
  static func texts(_ texts: some Sequence<String>) -> JSONValue { .array(texts.map { .string($0) }) }
}
