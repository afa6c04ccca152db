public import Contracts
import Rulebook
import Schemas

/// An event that receivers can be told of. What it reports is written out beside the row that says who may know, in the
/// file of its program.
public protocol Reportable: EventData {
  /// Whether its events say whose concern the child is, so that a rule's condition can be established.
  static var tellsConcerns: Bool { get }
  /// Whether it is published again under the same matter when the child becomes somebody's concern: then those who were
  /// told of the matter are not told again.
  static var isToldAgain: Bool { get }
  /// What it reports.
  var report: Report { get }
}

extension Reportable {
  public static var tellsConcerns: Bool { false }
  public static var isToldAgain: Bool { false }

  fileprivate static func read(_ event: Event) throws(ContractError) -> Report { try decode(event).report }
}

extension Report {
  /// Every event that can be reported: those of which a row of the matrix says who may know.
  private static let reportable = DisclosureMatrix.rows.flatMap(\.events)

  private static let byName = Dictionary(uniqueKeysWithValues: reportable.map { ($0.type.name, $0) })

  /// The types that ``init(_:)-(Event)`` reads.
  public static let types: [EventType] = reportable.map { $0.type }

  /// The names of the types that one service publishes.
  public static func typeNames(of service: ServiceName) -> Set<String> {
    Set(types.filter { $0.service == service }.map(\.name))
  }

  /// Whether events of a type say whose concern the child is.
  static func tellsConcerns(_ type: EventType) -> Bool { tellsConcerns(type.name) }

  /// Whether events of a type, by its full name, say whose concern the child is.
  public static func tellsConcerns(_ type: String) -> Bool { byName[type]?.tellsConcerns ?? false }

  /// Whether events of a type, by its full name, come again when the child becomes somebody's concern.
  public static func isToldAgain(_ type: String) -> Bool { byName[type]?.isToldAgain ?? false }

  /// Reads an event's data; `nil` for a type that is not reported to anyone.
  ///
  /// - Throws: `ContractError.invalidData` when the data is not of the type's shape.
  public init?(_ event: Event) throws(ContractError) {
    guard let type = Self.byName[event.type] else { return nil }
    self = try type.read(event)
  }
}

/// A rule as a message names it.
func ruleValue(_ id: String, _ source: String, _ inForceFrom: Day?) -> JSONValue {
  var rule: [String: JSONValue] = ["id": .string(id), "source": .string(source)]
  rule["inForceFrom"] = inForceFrom.map { .string($0.iso) }
  return .object(rule)
}
