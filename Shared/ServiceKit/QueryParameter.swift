public import Contracts
import Hummingbird
public import Rulebook
public import Schemas

/// A parameter of a query: its name, what it is for, what it may be and how it is read, in one value. The route
/// describes it and the method reads it:
///
/// ```swift
/// static let from = QueryParameter<Day>("from", "The first day.")
/// static let school = QueryParameter<URN>("school", "Only those of this school.").optional
/// static let state = QueryParameter("state", .oneOf(["open", "lapsed"]), "Which.") { ["open": true, "lapsed": false][$0] }
///
/// router.read("/findings", officers, "…", query: [Self.from.about, Self.school.about], list)
/// …
/// let from = try call[Self.from]        // Day
/// let school = try call[Self.school]    // URN?
/// ```
public struct QueryParameter<Value: Sendable>: Sendable {
  /// As the OpenAPI description has it; the router refuses what its schema does not admit.
  public let about: About.Parameter

  let read: @Sendable (Request) throws(Problem) -> Value

  private init(about: About.Parameter, reading read: @Sendable @escaping (Request) throws(Problem) -> Value) {
    self.about = about
    self.read = read
  }

  /// A parameter that must be given.
  ///
  /// - Parameter parse: `nil` for what is none.
  public init(
    _ name: String, _ schema: JSONSchema, _ description: String, _ parse: @Sendable @escaping (String) -> Value?
  ) {
    self.init(about: .init(name, schema, description)) { request throws(Problem) in try request.query(name, parse) }
  }

  /// The same that may be left out.
  public var optional: QueryParameter<Value?> {
    .init(about: .init(about.name, about.schema, required: false, about.description)) {
      [about, read] request throws(Problem) in
      try request.optionalQuery(about.name) { $0 } == nil ? nil : try read(request)
    }
  }

  /// The same with a value where it is left out.
  public func or(_ value: Value) -> QueryParameter<Value> {
    let optional = optional
    return .init(about: optional.about) { request throws(Problem) in try optional.read(request) ?? value }
  }
}

extension QueryParameter where Value == Day {
  public init(_ name: String, _ description: String) { self.init(name, .day, description) { Day(iso: $0) } }
}

extension QueryParameter where Value == URN {
  public init(_ name: String, _ description: String) { self.init(name, .urn, description) { try? URN($0) } }
}

extension QueryParameter where Value == PupilID {
  public init(_ name: String, _ description: String) { self.init(name, .pupil, description) { PupilID($0) } }
}

extension QueryParameter where Value == SchoolYear {
  public init(_ name: String, _ description: String) {
    self.init(name, .schoolYear, description) { SchoolYear(label: $0) }
  }
}

extension QueryParameter where Value == Timestamp {
  public init(_ name: String, _ description: String) {
    self.init(name, .string(format: "date-time"), description) { Timestamp($0) }
  }
}

extension QueryParameter where Value == Bool {
  /// False when it is left out.
  public init(_ name: String, _ description: String) {
    self = QueryParameter(name, .boolean, description) { Bool($0) }.or(false)
  }
}

extension QueryParameter where Value: RawRepresentable<String> & CaseIterable {
  /// One of the values of an enumeration.
  public init(_ name: String, _ description: String) {
    self.init(name, .oneOf(Value.allCases.map(\.rawValue)), description) { Value(rawValue: $0) }
  }
}
