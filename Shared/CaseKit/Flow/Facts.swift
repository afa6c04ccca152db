public import Rulebook

/// What a fact says.
public enum FactValue: Hashable, Sendable, Codable {
  case flag(Bool)
  case number(Int)
  case text(String)

  /// A day, kept as text.
  public static func day(_ day: Day) -> FactValue { .text(day.iso) }

  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? value.decode(Int.self) {
      self = .number(number)
    } else {
      self = .text(try value.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .flag(let flag): try flag.encode(to: encoder)
    case .number(let number): try number.encode(to: encoder)
    case .text(let text): try text.encode(to: encoder)
    }
  }
}

/// What is known when something is decided, by name. What is not known has no value.
public struct Facts<Name: FlowName>: Hashable, Sendable, Codable {
  public private(set) var values: [Name: FactValue]

  public init(_ values: [Name: FactValue] = [:]) { self.values = values }

  public subscript(name: Name) -> FactValue? {
    get { values[name] }
    set { values[name] = newValue }
  }

  public func flag(_ name: Name) -> Bool? { if case .flag(let flag)? = values[name] { flag } else { nil } }
  public func number(_ name: Name) -> Int? { if case .number(let number)? = values[name] { number } else { nil } }
  public func text(_ name: Name) -> String? { if case .text(let text)? = values[name] { text } else { nil } }
  public func day(_ name: Name) -> Day? { text(name).flatMap { Day(iso: $0) } }

  /// Those of some names, and nothing else.
  public func only(_ names: Set<Name>) -> Facts { Facts(values.filter { names.contains($0.key) }) }

  /// These, and others where these say nothing of a name.
  public func over(_ others: Facts) -> Facts { Facts(values.merging(others.values) { own, _ in own }) }

  /// The names of which two say different things.
  public func changed(from before: Facts) -> Set<Name> {
    Set(values.keys).union(before.values.keys).filter { values[$0] != before.values[$0] }
  }

  public init(from decoder: any Decoder) throws { self.init(try [Name: FactValue](from: decoder)) }
  public func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
}
