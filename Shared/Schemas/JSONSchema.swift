/// The part of JSON Schema (2020-12) that event data and HTTP bodies need.
public indirect enum JSONSchema: Hashable, Sendable {
  /// An object with named fields; unknown further fields are allowed, so that adding one breaks nobody.
  case object([Field])
  /// An object whose keys match a pattern; `nil` for any keys.
  case map(keys: String? = nil, values: JSONSchema)
  case array(JSONSchema)
  /// A string, by format (`date`, `date-time`) or pattern.
  case string(format: String? = nil, pattern: String? = nil)
  case oneOf([String])
  case integer(minimum: Int? = nil)
  case number
  case boolean
  /// The schema, or `null`.
  case nullable(JSONSchema)
  /// What one of the schemas at least admits.
  case anyOf([JSONSchema])
  /// Any JSON value.
  case any

  /// One field of an object.
  public struct Field: Hashable, Sendable {
    public let name: String
    public let schema: JSONSchema
    public let required: Bool
    /// Empty when the name says it all.
    public let description: String

    public init(_ name: String, _ schema: JSONSchema, required: Bool = true, _ description: String) {
      self.name = name
      self.schema = schema
      self.required = required
      self.description = description
    }
  }

  /// The schema as JSON.
  public var json: JSONValue { json(isForm: false) }

  /// The schema as JSON.
  ///
  /// - Parameter isForm: whether an object may have no field beside the named ones.
  public func json(isForm: Bool) -> JSONValue {
    switch self {
    case .object(let fields):
      .object(
        [
          "type": "object",
          "properties": .object(
            Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.json(isForm: isForm)) })),
          "required": .array(fields.filter(\.required).map { .string($0.name) }),
        ].merging(isForm ? ["additionalProperties": false] : [:]) { $1 })
    case .map(nil, let values): .object(["type": "object", "additionalProperties": values.json(isForm: isForm)])
    case .map(let keys?, let values):
      .object([
        "type": "object", "propertyNames": ["pattern": .string(keys)],
        "additionalProperties": values.json(isForm: isForm),
      ])
    case .array(let element): .object(["type": "array", "items": element.json(isForm: isForm)])
    case .string(let format, let pattern):
      .object(
        ["type": "string"].merging(
          [("format", format), ("pattern", pattern)].compactMap { key, value in value.map { (key, .string($0)) } },
          uniquingKeysWith: { $1 }))
    case .oneOf(let values): .object(["type": "string", "enum": .array(values.map { .string($0) })])
    case .integer(nil): .object(["type": "integer"])
    case .integer(let minimum?): .object(["type": "integer", "minimum": .integer(minimum)])
    case .number: .object(["type": "number"])
    case .boolean: .object(["type": "boolean"])
    case .nullable(let schema): .object(["anyOf": [schema.json(isForm: isForm), ["type": "null"]]])
    case .anyOf(let schemas): .object(["anyOf": .array(schemas.map { $0.json(isForm: isForm) })])
    case .any: .object([:])
    }
  }
}

extension JSONSchema.Field {
  /// The field's schema with what the field means.
  fileprivate func json(isForm: Bool) -> JSONValue {
    guard !description.isEmpty, case .object(var body) = schema.json(isForm: isForm) else {
      return schema.json(isForm: isForm)
    }
    body["description"] = .string(description)
    return .object(body)
  }
}
