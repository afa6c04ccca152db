import Contracts
import Foundation
import Rulebook
import Schemas
import Testing

extension JSONSchema {
  /// Where a value is not as the schema says; formats are not looked at.
  func faults(in value: JSONValue, _ path: String = "") -> [String] {
    switch (self, value) {
    case (.any, _), (.boolean, .bool), (.number, .number), (.number, .integer), (.nullable, .null): return []
    case (.nullable(let schema), _): return schema.faults(in: value, path)
    case (.anyOf(let schemas), _): return schemas.contains { $0.faults(in: value, path).isEmpty } ? [] : [path]
    case (.integer(let minimum), .integer(let number)): return minimum.map { number < $0 } == true ? [path] : []
    case (.oneOf(let values), .string(let text)): return values.contains(text) ? [] : [path]
    case (.string(_, let pattern), .string(let text)):
      guard let pattern else { return [] }
      return text.range(of: pattern, options: .regularExpression) == nil ? [path] : []
    case (.array(let element), .array(let values)):
      return values.enumerated().flatMap { element.faults(in: $0.element, "\(path)/\($0.offset)") }
    case (.map(_, let schema), .object(let members)):
      return members.flatMap { schema.faults(in: $0.value, "\(path)/\($0.key)") }
    case (.object(let fields), .object(let members)):
      return fields.flatMap { field -> [String] in
        guard let member = members[field.name] else { return field.required ? ["\(path)/\(field.name)"] : [] }
        return field.schema.faults(in: member, "\(path)/\(field.name)")
      }
    default: return [path]
    }
  }
}
