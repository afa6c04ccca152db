public import Foundation

/// A type that reads itself from JSON in a way of its own, for example from a text, and so must say what that looks
/// like. A type whose `init(from:)` the compiler makes needs not say anything, nor an enumeration of all its cases.
///
/// ```swift
/// extension Day: SchemaDescribed {
///   public static var jsonSchema: JSONSchema { .string(format: "date") }
///   public static var sample: JSONValue { "2026-09-07" }
/// }
/// ```
public protocol SchemaDescribed: Decodable {
  static var jsonSchema: JSONSchema { get }
  /// A made-up value that the type can be decoded from.
  static var sample: JSONValue { get }
}

extension JSONValue: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .any }
  public static var sample: JSONValue { .object(["any": [1, "value", true]]) }
}

extension URL: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .string(format: "uri") }
  public static var sample: JSONValue { "https://example.org/" }
}

extension UUID: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .string(format: "uuid") }
  public static var sample: JSONValue { "00000000-0000-4000-8000-000000000000" }
}
