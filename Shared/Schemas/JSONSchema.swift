/// The part of JSON Schema (2020-12) that event data needs.
public indirect enum JSONSchema: Hashable, Sendable {
  /// An object with named fields; unknown further fields are allowed, so that adding one breaks nobody.
  case object([Field])
  /// An object whose keys match a pattern.
  case map(keys: String, values: JSONSchema)
  case array(JSONSchema)
  /// A string, by format (`date`, `date-time`) or pattern.
  case string(format: String? = nil, pattern: String? = nil)
  case oneOf([String])
  case integer(minimum: Int)
  case boolean

  /// One field of an object.
  public struct Field: Hashable, Sendable {
    public let name: String
    public let schema: JSONSchema
    public let required: Bool
    public let description: String

    public init(_ name: String, _ schema: JSONSchema, required: Bool = true, _ description: String) {
      self.name = name
      self.schema = schema
      self.required = required
      self.description = description
    }
  }

  /// The schema as JSON.
  public var json: JSONValue {
    switch self {
    case .object(let fields):
      .object([
        "type": "object",
        "properties": .object(
          Dictionary(
            uniqueKeysWithValues: fields.map { field in
              guard case .object(var body) = field.schema.json else { return (field.name, field.schema.json) }
              body["description"] = .string(field.description)
              return (field.name, .object(body))
            })),
        "required": .array(fields.filter(\.required).map { .string($0.name) }),
      ])
    case .map(let keys, let values):
      .object(["type": "object", "propertyNames": ["pattern": .string(keys)], "additionalProperties": values.json])
    case .array(let element): .object(["type": "array", "items": element.json])
    case .string(let format, let pattern):
      .object(
        ["type": "string"].merging(
          [("format", format), ("pattern", pattern)].compactMap { key, value in value.map { (key, .string($0)) } },
          uniquingKeysWith: { $1 }))
    case .oneOf(let values): .object(["type": "string", "enum": .array(values.map { .string($0) })])
    case .integer(let minimum): .object(["type": "integer", "minimum": .integer(minimum)])
    case .boolean: .object(["type": "boolean"])
    }
  }
}
