import Contracts
import Schemas

/// One step into a JSON value.
enum JSONStep: Hashable, Sendable {
  case key(String)
  case index(Int)
}

extension [JSONStep] {
  /// The path as a JSON pointer (RFC 6901).
  var pointer: String {
    map { step in
      switch step {
      case .key(let key): "/" + key.replacing("~", with: "~0").replacing("/", with: "~1")
      case .index(let index): "/\(index)"
      }
    }.joined()
  }
}

extension JSONValue {
  /// The value with what lies at the path replaced; `nil` takes it out.
  func replacing(_ path: some Collection<JSONStep>, with value: JSONValue?) -> JSONValue {
    guard let step = path.first else { return value ?? .null }
    let rest = path.dropFirst()
    switch (self, step) {
    case (.object(var fields), .key(let key)):
      if rest.isEmpty {
        fields[key] = value
      } else {
        fields[key] = fields[key]?.replacing(rest, with: value)
      }
      return .object(fields)
    case (.array(var elements), .index(let index)):
      elements[index] = elements[index].replacing(rest, with: value)
      return .array(elements)
    default: return self
    }
  }

  subscript(path: some Collection<JSONStep>) -> JSONValue? {
    guard let step = path.first else { return self }
    switch (self, step) {
    case (.object(let fields), .key(let key)): return fields[key]?[path.dropFirst()]
    case (.array(let elements), .index(let index)): return elements[index][path.dropFirst()]
    default: return nil
    }
  }
}

extension JSONSchema {
  /// Every field there can be: `/grounds/sessions[]/date`, `/marks/*`.
  func fieldPaths(_ path: String = "") -> Set<String> {
    switch self {
    case .object(let fields):
      fields.reduce(into: []) { paths, field in
        paths.insert("\(path)/\(field.name)")
        paths.formUnion(field.schema.fieldPaths("\(path)/\(field.name)"))
      }
    case .map(_, let values): values.fieldPaths("\(path)/*")
    case .array(let element): element.fieldPaths("\(path)[]")
    case .nullable(let schema): schema.fieldPaths(path)
    case .anyOf(let schemas): schemas.reduce(into: []) { $0.formUnion($1.fieldPaths(path)) }
    case .string, .oneOf, .integer, .number, .boolean, .any: []
    }
  }

  /// Every field that a value has, in the form of ``fieldPaths(_:)``.
  func fieldPaths(in value: JSONValue, _ path: String = "") -> Set<String> {
    switch (self, value) {
    case (.object(let fields), .object(let members)):
      members.reduce(into: []) { paths, member in
        paths.insert("\(path)/\(member.key)")
        guard let field = fields.first(where: { $0.name == member.key }) else { return }
        paths.formUnion(field.schema.fieldPaths(in: member.value, "\(path)/\(member.key)"))
      }
    case (.map(_, let schema), .object(let members)):
      members.values.reduce(into: []) { $0.formUnion(schema.fieldPaths(in: $1, "\(path)/*")) }
    case (.array(let schema), .array(let elements)):
      elements.reduce(into: []) { $0.formUnion(schema.fieldPaths(in: $1, "\(path)[]")) }
    default: []
    }
  }

  /// Where the fields of a value lie, and whether each is required.
  func fields(in value: JSONValue, _ path: [JSONStep] = []) -> [(path: [JSONStep], field: Field)] {
    switch (self, value) {
    case (.object(let fields), .object(let members)):
      fields.flatMap { field -> [(path: [JSONStep], field: Field)] in
        guard let member = members[field.name] else { return [] }
        let path = path + [.key(field.name)]
        return [(path, field)] + field.schema.fields(in: member, path)
      }
    case (.map(_, let schema), .object(let members)):
      members.flatMap { schema.fields(in: $0.value, path + [.key($0.key)]) }
    case (.array(let schema), .array(let elements)):
      elements.enumerated().flatMap { schema.fields(in: $0.element, path + [.index($0.offset)]) }
    default: []
    }
  }

  /// The value with a field added to each of its objects.
  func addingUnknownFields(to value: JSONValue) -> JSONValue {
    switch (self, value) {
    case (.object(let fields), .object(var members)):
      for field in fields {
        if let member = members[field.name] { members[field.name] = field.schema.addingUnknownFields(to: member) }
      }
      members["addedLater"] = ["nested": [1, .number(2.5), .null, "text", true]]
      return .object(members)
    case (.map(_, let schema), .object(let members)):
      return .object(members.mapValues { schema.addingUnknownFields(to: $0) })
    case (.array(let schema), .array(let elements)):
      return .array(elements.map { schema.addingUnknownFields(to: $0) })
    default: return value
    }
  }

  /// The fields with any text at all: neither a pattern, a format nor a list of values holds them.
  func freeTextPaths(_ path: String = "") -> Set<String> {
    switch self {
    case .object(let fields):
      fields.reduce(into: []) { $0.formUnion($1.schema.freeTextPaths("\(path)/\($1.name)")) }
    case .map(_, let values): values.freeTextPaths("\(path)/*")
    case .array(let element): element.freeTextPaths("\(path)[]")
    case .nullable(let schema): schema.freeTextPaths(path)
    case .anyOf(let schemas): schemas.reduce(into: []) { $0.formUnion($1.freeTextPaths(path)) }
    case .string(nil, nil), .any: [path]
    case .string, .oneOf, .integer, .number, .boolean: []
    }
  }
}
