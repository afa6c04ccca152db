public import Rulebook

/// How long a child has been missing education on a day, as the national collection counts it: in whole days since the
/// child became missing, not since the authority was told (CME-4, CME-5).
public struct MissingDuration: Hashable, Sendable {
  /// One band of the collection.
  public struct Band: Hashable, Sendable {
    /// The first whole day that is no longer in it; `nil` for the last band.
    public let below: Int?
    /// As the collection prints it.
    public let name: String

    public init(below: Int?, _ name: String) {
      self.below = below
      self.name = name
    }
  }

  /// Whole days; `nil` when nobody knows when the child became missing.
  public let days: Int?
  /// The collection's name of the band.
  public let band: String

  /// - Parameters:
  ///   - became: the day on which the child became missing.
  ///   - day: the day of the count, whose bands are taken.
  public init(became: Day?, asOf day: Day) {
    let collection = NationalCollection.inForce.value(on: day)
    guard let became else {
      (days, band) = (nil, collection.unknownBand)
      return
    }
    let count = day - became
    days = count
    band = collection.bands.first { $0.below.map { count < $0 } ?? true }?.name ?? collection.unknownBand
  }
}
