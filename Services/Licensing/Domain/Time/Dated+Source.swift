public import Rulebook

extension Dated {
  /// The source of the version in force on a day; the first version's where none is.
  public func source(on day: Day) -> String { inForce(on: day)?.source ?? self[0].source }
}
