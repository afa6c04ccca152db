/// The name of a fact and the version of its shape, for example `uk.everyschoolday.registers.marks-recorded.v1`.
///
/// Adding an optional field keeps the type. Any other change is a new version, published beside the old one until
/// nobody reads the old one.
public struct EventType: Hashable, Sendable, CustomStringConvertible {
  /// What every type of this suite begins with: its owner's domain, reversed.
  public static let prefix = "uk.everyschoolday."

  /// The service that publishes the fact; no other may.
  public let service: ServiceName
  /// The fact in kebab case and the past tense, for example `marks-recorded`.
  public let fact: String
  /// From 1.
  public let version: Int

  /// A type of this suite.
  public init(_ service: ServiceName, _ fact: String, version: Int = 1) {
    self.service = service
    self.fact = fact
    self.version = version
  }

  /// The type as it travels in `ce_type`.
  public var name: String { "\(Self.prefix)\(service.rawValue).\(fact).v\(version)" }

  public var description: String { name }
}

/// The programs that publish events. Each owns one topic.
public enum ServiceName: String, Sendable, CaseIterable, Codable {
  case registers, enforcement, notifier, casework, licensing, cme

  /// The service's topic in one authority, for example `880.registers`: one partition, everything in order.
  public func topic(authority: String) -> String { "\(authority).\(rawValue)" }

  /// The service's CloudEvents `source` in one authority, for example `/880/registers`.
  public func source(authority: String) -> String { "/\(authority)/\(rawValue)" }
}

/// How carefully an event's data must be kept, in `ce_dataclassification`.
public enum DataClassification: String, Sendable, Codable, CaseIterable {
  /// Nothing about a person: schools, calendars.
  case `internal`
  /// About a child, by opaque identifier only.
  case pseudonymous
  /// Names a person: roll events only.
  case personal
}
