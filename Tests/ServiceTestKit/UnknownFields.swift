import Schemas

extension JSONSchema {
  /// The value once for each of its objects, with a field in it that the object does not have, and where that is.
  func withUnknownFields(_ value: JSONValue, _ pointer: String = "") -> [(
    pointer: String, value: JSONValue
  )] {
    func inMembers(
      _ members: [String: JSONValue], _ schema: (String) -> JSONSchema?
    ) -> [(pointer: String, value: JSONValue)] {
      members.sorted { $0.key < $1.key }.flatMap { name, member in
        (schema(name)?.withUnknownFields(member, "\(pointer)/\(name)") ?? []).map {
          ($0.pointer, .object(members.merging([name: $0.value]) { $1 }))
        }
      }
    }
    switch (self, value) {
    case (.object(let fields), .object(let members)):
      let own = JSONValue.object(members.merging(["surplus": 1]) { $1 })
      return [("\(pointer)/surplus", own)] + inMembers(members) { name in fields.first { $0.name == name }?.schema }
    case (.map(_, let schema), .object(let members)): return inMembers(members) { _ in schema }
    case (.array(let schema), .array(let elements)):
      return elements.indices.flatMap { place in
        schema.withUnknownFields(elements[place], "\(pointer)/\(place)").map { found in
          var changed = elements
          changed[place] = found.value
          return (found.pointer, .array(changed))
        }
      }
    case (.nullable(let schema), _): return schema.withUnknownFields(value, pointer)
    case (.anyOf(let schemas), _): return schemas.flatMap { $0.withUnknownFields(value, pointer) }
    default: return []
    }
  }
}
