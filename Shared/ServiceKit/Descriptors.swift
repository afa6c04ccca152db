import CProcess

/// The files and sockets that this process has open.
public struct Descriptors: Sendable, Hashable {
  /// How many it has.
  public let open: Int
  /// How many it may have.
  public let most: Int

  /// As it is now.
  public static var now: Descriptors {
    var (most, open) = (0, 0)
    count_descriptors(&most, &open)
    return Descriptors(open: open, most: most)
  }

  /// Whether so few are left that a connection or a read of the store may soon be refused.
  public var areShort: Bool { most > 0 && most - open < max(most / 10, Self.leastLeft) }

  /// What an authority's requests and readers take at a busy moment.
  private static let leastLeft = 16
}
