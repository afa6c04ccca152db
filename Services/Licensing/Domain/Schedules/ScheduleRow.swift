public import Rulebook

/// One row of a production's schedule: when a child, a parent or a chaperone is at the place, or what a child does there.
public struct ScheduleRow: Hashable, Sendable, Codable {
  /// What it says.
  public enum What: String, Hashable, Sendable, Codable, CaseIterable {
    /// A child's time at the place, from arriving to leaving.
    case place
    /// The same, with night work asked for.
    case nightWork = "night-work"
    /// The same, where the child lives or is educated at the place.
    case home
    case performance, take, rehearsal
    /// A meal or a rest.
    case pause = "break"
    /// The time at the place of the chaperone that the row names.
    case chaperone
    /// The time at the place of the parent of the child that the row names.
    case parent
  }

  /// The most rows and children of a schedule, and the most characters of a reference.
  public static let (mostRows, mostChildren, mostCharacters) = (100_000, 500, 40)

  /// The production's own reference of the child, not the name; for a chaperone the number in the register.
  public let who: String
  /// The child's date of birth; enough in one of its rows.
  public let born: Day?
  public let what: What
  /// By the clock in England.
  public let start: LocalMoment
  public let end: LocalMoment

  public init(who: String, born: Day?, what: What, start: LocalMoment, end: LocalMoment) {
    self.who = who
    self.born = born
    self.what = what
    self.start = start
    self.end = end
  }

  /// Whether it is a child's time at the place.
  var isStay: Bool {
    switch what {
    case .place, .nightWork, .home: true
    case .performance, .take, .rehearsal, .pause, .chaperone, .parent: false
    }
  }

  /// Whether it is about somebody who is in charge.
  var isCare: Bool { what == .chaperone || what == .parent }

  /// What the child does in it; `nil` where it is no part.
  var part: PerformanceDay.Part.Kind? {
    switch what {
    case .performance: .performance
    case .take: .take
    case .rehearsal: .rehearsal
    case .place, .nightWork, .home, .pause, .chaperone, .parent: nil
    }
  }

  /// Why it cannot be taken, by itself.
  var fault: ScheduleFault? {
    let isPlain = who.utf8.allSatisfy { byte in
      [45, 46, 95].contains(byte) || 48...57 ~= byte || 65...90 ~= byte || 97...122 ~= byte
    }
    guard 1...Self.mostCharacters ~= who.utf8.count, isPlain else { return .reference }
    guard start < end else { return .order }
    return end.day - start.day > 1 ? .tooLong : nil
  }
}

/// Why a row of a schedule cannot be taken.
public enum ScheduleFault: String, Error, Hashable, Sendable, CaseIterable {
  case reference, order
  case tooLong = "too-long"
  case what, time, born
  case bornTwice = "born-twice"
  case noBirth = "no-date-of-birth"
  case outside
  case twoStays = "two-stays"
  case unreadable
  case repeats
  case otherZone = "other-zone"

  /// What is wrong.
  public var detail: String {
    switch self {
    case .reference: "The reference is not 1 to \(ScheduleRow.mostCharacters) letters, digits, dots and hyphens"
    case .order: "It ends before it starts, or lasts no time"
    case .tooLong: "It lasts longer than to the end of the next day"
    case .what: "What happens is none of the words that are known"
    case .time: "A time cannot be read"
    case .born: "The date of birth cannot be read"
    case .bornTwice: "The child has another date of birth in an earlier row"
    case .noBirth: "No row of the child has its date of birth"
    case .outside: "The child is not at the place for all of this time"
    case .twoStays: "The child is at the place already at this time"
    case .unreadable: "The row cannot be read"
    case .repeats: "The event repeats, lasts whole days or is given by its length"
    case .otherZone: "The time is of another zone"
    }
  }

  /// How to put it right.
  public var fix: String {
    switch self {
    case .reference: "Give the production’s own reference of the child, without spaces; no name."
    case .order: "Swap or correct the times."
    case .tooLong: "Write a row for each day."
    case .what: "Write one of: \(ScheduleRow.What.allCases.map(\.rawValue).joined(separator: ", "))."
    case .time: "Write it as 2026-12-05T14:30."
    case .born, .bornTwice, .noBirth: "Write the date of birth as 2014-05-31, the same in every row of the child."
    case .outside: "Add a row for the time at the place, or correct the times."
    case .twoStays: "Join the rows, or correct the times."
    case .unreadable: "Write the row again as the others are."
    case .repeats: "Write one event for each day, with its start and its end."
    case .otherZone: "Write times of Europe/London, or in UTC as 20261205T143000Z."
    }
  }
}

/// A schedule as it was sent: its rows, and those that could not be taken.
public struct ScheduleFile: Hashable, Sendable {
  /// A row that was not taken.
  public struct Refused: Hashable, Sendable {
    /// The row of the file, or the place in the list, from 1.
    public let number: Int
    public let fault: ScheduleFault
  }

  public internal(set) var rows: [(number: Int, row: ScheduleRow)] = []
  public internal(set) var refused: [Refused] = []
  /// How many rows there were.
  public var received: Int { rows.count + refused.count }

  public init() {}

  /// The rows of a list.
  public init(_ rows: [ScheduleRow]) {
    for (index, row) in rows.enumerated() { add(.success(row), index + 1) }
  }

  mutating func add(_ read: Result<ScheduleRow, ScheduleFault>, _ number: Int) {
    switch read {
    case .success(let row):
      if let fault = row.fault { refuse(fault, number) } else { rows.append((number, row)) }
    case .failure(let fault): refuse(fault, number)
    }
  }

  mutating func refuse(_ fault: ScheduleFault, _ number: Int) { refused.append(.init(number: number, fault: fault)) }

  public static func == (a: ScheduleFile, b: ScheduleFile) -> Bool {
    a.refused == b.refused && a.rows.elementsEqual(b.rows) { $0 == $1 }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(refused)
    for row in rows { hasher.combine(row.row) }
  }
}

/// Why nothing of a file can be read.
public enum ScheduleFileError: Error, Hashable, Sendable {
  /// It is no text in rows, or no calendar.
  case notAFile(String)
  case missingColumns([String])
  case tooManyRows
}
