public import Contracts
public import Rulebook

/// A child of whom an officer must not know: an own relative, a neighbour. It is a bar and no note (CW-22).
public struct OfficerBar: BookEntry {
  /// Why.
  public enum Ground: String, Codable, Hashable, Sendable, CaseIterable { case relative, neighbour, acquainted, other }

  public static let book = Book.officerBar
  /// The officer's opaque identifier.
  public let officer: String
  public let child: PupilID
  public let urn: URN
  public let from: Day
  public let ground: Ground

  public var on: Day { from }
  public var pupil: PupilID? { child }
  public var school: URN? { urn }
  public var faults: Faults { .of(officer) }
}

/// That a bar no longer stands.
public struct OfficerBarEnd: BookEntry {
  public static let book = Book.officerBarEnd
  /// The bar's number.
  public let bar: Int64
  public let on: Day

  public var about: Int64? { bar }
  public var faults: Faults { Faults() }
}

/// That an officer who gave a case away is still involved with the child, and sees the record until a day.
public struct OfficerInvolvement: BookEntry {
  public static let book = Book.officerInvolvement
  /// The officer's opaque identifier.
  public let officer: String
  public let child: PupilID
  public let urn: URN
  public let from: Day
  /// The last day.
  public let to: Day
  public let reason: String

  /// The most days: then a manager looks at it again.
  public static let most: Dated<Int> = [InForce(366, source: "CW-21")]

  public var on: Day { from }
  public var pupil: PupilID? { child }
  public var school: URN? { urn }
  public var faults: Faults {
    var faults = Faults.of(officer)
    faults.words(reason, "/reason")
    faults.require(
      from <= to && to - from < Self.most.value(on: from), "/to", "must be from the first day to a year after it")
    return faults
  }
}

/// An officer's last day in the service. From the next day on casework answers nothing to that officer.
public struct OfficerDeparture: BookEntry {
  public static let book = Book.officerDeparture
  /// The officer's opaque identifier.
  public let officer: String
  /// The last day.
  public let on: Day

  public var faults: Faults { .of(officer) }
}

/// That an officer works in the service again.
public struct OfficerReturn: BookEntry {
  public static let book = Book.officerReturn
  /// The departure's number.
  public let departure: Int64
  public let on: Day

  public var about: Int64? { departure }
  public var faults: Faults { Faults() }
}

/// The hours of statutory work that a school has from a day on, of those that are free to it (CW-10).
public struct StatutoryTime: BookEntry {
  public static let book = Book.statutoryTime
  public let urn: URN
  /// The first day of the term.
  public let from: Day
  public let minutes: Int
  /// Why it is as much, shown to the school.
  public let reason: String

  public var on: Day { from }
  public var school: URN? { urn }
  public var faults: Faults {
    var faults = Faults.of(words: [(reason, "/reason")])
    faults.count(minutes, "/minutes", 0...600_000)
    return faults
  }
}

extension Faults {
  /// Notes an identifier of an officer that is none.
  fileprivate static func of(_ officer: String) -> Faults {
    var faults = Faults()
    faults.require(1...100 ~= officer.utf8.count, "/officer", "must have 1 to 100 bytes")
    return faults
  }
}
