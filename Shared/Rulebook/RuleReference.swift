/// A dated rule of the law, by name and source, as events and answers speak of it.
public struct RuleReference: Codable, Hashable, Sendable {
  public let id: String
  /// The instrument and paragraph.
  public let source: String
  /// `nil` when it has no known beginning.
  public let inForceFrom: Day?

  public enum CodingKeys: CodingKey { case id, source, inForceFrom }

  public init(id: String, source: String, inForceFrom: Day?) {
    self.id = id
    self.source = source
    self.inForceFrom = inForceFrom
  }
}

extension InForce {
  /// The rule, under the name by which events and answers speak of it.
  public func reference(as id: String) -> RuleReference {
    RuleReference(id: id, source: source, inForceFrom: from)
  }
}
