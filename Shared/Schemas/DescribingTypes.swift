import Foundation

extension JSONSchema {
  /// The schema of what a type can be decoded from: the type is decoded from a probe that notes each key it asks for,
  /// whether it may be absent, and of what type it is. Unknown fields are allowed, as decoding allows them.
  ///
  /// A type that reads a text or several shapes must be ``SchemaDescribed``; an enumeration must be `CaseIterable`.
  ///
  /// - Throws: ``UndescribableType``.
  public static func describing(_ type: any Decodable.Type) throws -> JSONSchema { try describe(type, at: []).schema }

  /// The schema and a made-up value of the type.
  ///
  /// - Throws: ``UndescribableType``.
  public static func probing<Value: Decodable>(_ type: Value.Type) throws -> (schema: JSONSchema, sample: Value) {
    try Probe.describe(type, path: [], within: [])
  }

  private static func describe<Value: Decodable>(
    _ type: Value.Type, at path: [any CodingKey]
  ) throws -> (schema: JSONSchema, sample: Value) {
    try Probe.describe(type, path: path, within: [])
  }
}

/// A type whose form in JSON cannot be found by decoding it.
public struct UndescribableType: Error, Hashable, Sendable, CustomStringConvertible {
  /// The type's whole name.
  public let type: String
  /// Where it stands in the type that was to be described, as a JSON pointer.
  public let path: String
  public let reason: String

  init(_ type: any Decodable.Type, _ path: [any CodingKey], _ reason: String) {
    self.type = String(reflecting: type)
    self.path = path.map { "/" + $0.stringValue }.joined()
    self.reason = reason
  }

  public var description: String { "\(type) at \"\(path)\" cannot be described: \(reason)" }
}

/// Describes one type: by what it says of itself, by its cases, as a container, or by decoding it.
enum Probe {
  static func describe<Value: Decodable>(
    _ type: Value.Type, path: [any CodingKey], within outer: [any Decodable.Type]
  ) throws -> (schema: JSONSchema, sample: Value) {
    if let type = type as? any SchemaDescribed.Type {
      return (type.jsonSchema, try decode(Value.self, from: type.sample, path))
    }
    if let found = primitive(type) { return (found.schema, try cast(found.sample, path)) }
    if let type = type as? any (CaseIterable & RawRepresentable).Type {
      let (names, first) = cases(of: type)
      if let names { return (.oneOf(names), try cast(first, path)) }
    }
    guard !outer.contains(where: { $0 == type }) else { throw UndescribableType(type, path, "it holds itself") }
    if let container = type as? any ProbedContainer.Type {
      let found = try container.probe(path: path, within: outer)
      return (found.schema, try cast(found.sample, path))
    }
    let shape = Shape()
    let sample: Value
    do {
      sample = try Value(from: ProbeDecoder(shape: shape, codingPath: path, within: outer + [type]))
    } catch let error as UndescribableType {
      throw error
    } catch {
      throw UndescribableType(
        type, path, "it does not take made-up values; make it SchemaDescribed, or CaseIterable if it is an enumeration")
    }
    guard let schema = shape.schema else { throw UndescribableType(type, path, "it asks for nothing") }
    return (schema, sample)
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, from sample: JSONValue, _ path: [any CodingKey]
  ) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: try JSONEncoder().encode(sample))
    } catch {
      throw UndescribableType(type, path, "its own sample cannot be decoded")
    }
  }

  static func cast<Value: Decodable>(_ value: Any?, _ path: [any CodingKey]) throws -> Value {
    guard let value = value as? Value else { throw UndescribableType(Value.self, path, "it has no value") }
    return value
  }

  private static func primitive(_ type: any Decodable.Type) -> (schema: JSONSchema, sample: Any)? {
    switch type {
    case is String.Type: (.string(), "text")
    case is Bool.Type: (.boolean, true)
    case is Double.Type: (.number, 1.5)
    case is Float.Type: (.number, Float(1.5))
    case let integer as any (FixedWidthInteger & Decodable).Type: whole(integer)
    default: nil
    }
  }

  private static func whole<Whole: FixedWidthInteger>(_ type: Whole.Type) -> (schema: JSONSchema, sample: Any) {
    (.integer(minimum: type.isSigned ? nil : 0), type.init(1))
  }

  /// The names of an enumeration's cases; `nil` when they are not texts.
  private static func cases<Choice: CaseIterable & RawRepresentable>(of type: Choice.Type) -> ([String]?, Any?) {
    let names = type.allCases.compactMap { $0.rawValue as? String }
    return (names.isEmpty || names.count != type.allCases.count ? nil : names, type.allCases.first)
  }
}

/// The standard library's containers: they are described by what they hold.
protocol ProbedContainer {
  static func probe(path: [any CodingKey], within outer: [any Decodable.Type]) throws -> (
    schema: JSONSchema, sample: Any
  )
}

extension Optional: ProbedContainer where Wrapped: Decodable {
  static func probe(path: [any CodingKey], within outer: [any Decodable.Type]) throws -> (
    schema: JSONSchema, sample: Any
  ) {
    let wrapped = try Probe.describe(Wrapped.self, path: path, within: outer)
    return (.nullable(wrapped.schema), Wrapped?.some(wrapped.sample) as Any)
  }
}

extension Array: ProbedContainer where Element: Decodable {
  static func probe(path: [any CodingKey], within outer: [any Decodable.Type]) throws -> (
    schema: JSONSchema, sample: Any
  ) {
    let element = try Probe.describe(Element.self, path: path + [ProbeKey(0)], within: outer)
    return (.array(element.schema), [element.sample])
  }
}

extension Set: ProbedContainer where Element: Decodable {
  static func probe(path: [any CodingKey], within outer: [any Decodable.Type]) throws -> (
    schema: JSONSchema, sample: Any
  ) {
    let element = try Probe.describe(Element.self, path: path + [ProbeKey(0)], within: outer)
    return (.array(element.schema), Set([element.sample]))
  }
}

extension Dictionary: ProbedContainer where Key: Decodable, Value: Decodable {
  static func probe(path: [any CodingKey], within outer: [any Decodable.Type]) throws -> (
    schema: JSONSchema, sample: Any
  ) {
    // Any other dictionary is written as a list of keys and values by turns.
    guard Key.self == String.self || Key.self is any CodingKeyRepresentable.Type else {
      throw UndescribableType(self, path, "its keys are not texts")
    }
    let key = try Probe.describe(Key.self, path: path + [ProbeKey("*")], within: outer)
    let value = try Probe.describe(Value.self, path: path + [ProbeKey("*")], within: outer)
    let pattern: String? = if case .string(_, let pattern) = key.schema { pattern } else { nil }
    return (.map(keys: pattern, values: value.schema), [key.sample: value.sample])
  }
}
