public import Rulebook

/// The children missing education on a day, counted as the national collection asks (indicator I18).
public struct CollectionTable: Hashable, Sendable {
  /// One child who is missing on the day.
  public struct Child: Hashable, Sendable {
    /// The day on which the child became missing; `nil` when nobody knows.
    public let became: Day?
    public let reason: MissingReason
    public let sex: Sex?
    public let yearGroup: YearGroup?

    public init(became: Day?, reason: MissingReason, sex: Sex?, yearGroup: YearGroup?) {
      self.became = became
      self.reason = reason
      self.sex = sex
      self.yearGroup = yearGroup
    }
  }

  /// What the children of one cell have in common.
  public struct Cell: Hashable, Sendable {
    public let reason: MissingReason
    public let band: String
    public let sex: Sex?
    public let yearGroup: YearGroup?

    public init(reason: MissingReason, band: String, sex: Sex?, yearGroup: YearGroup?) {
      self.reason = reason
      self.band = band
      self.sex = sex
      self.yearGroup = yearGroup
    }
  }

  /// A count as it may be published.
  public enum Count: Hashable, Sendable {
    case exactly(Int)
    /// Too few to be told.
    case low
  }

  /// How many children each cell has; no cell is empty.
  public let counts: [Cell: Int]
  private let lowCounts: ClosedRange<Int>

  /// - Parameter day: the day of the count, by whose collection it is made.
  public init(_ children: some Sequence<Child>, on day: Day) {
    lowCounts = NationalCollection.inForce.value(on: day).low
    counts = children.reduce(into: [:]) { counts, child in
      let band = MissingDuration(became: child.became, asOf: day).band
      counts[Cell(reason: child.reason, band: band, sex: child.sex, yearGroup: child.yearGroup), default: 0] += 1
    }
  }

  /// How many children the table has.
  public var total: Int { counts.values.reduce(0, +) }

  /// A cell's count as it may leave the authority.
  public func published(_ cell: Cell) -> Count {
    let count = counts[cell, default: 0]
    return lowCounts.contains(count) ? .low : .exactly(count)
  }
}
