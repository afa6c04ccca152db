public import Contracts
public import Rulebook

/// A child's entry in a school's admission register, as far as marks need it.
public struct RollEntry: Hashable, Sendable {
  /// The registration's number in the store.
  public let registration: Int64
  public let pupil: PupilID
  public let upn: UPN
  /// Numbers under which the child was known before, temporary ones among them.
  public let alsoKnownAs: [UPN]
  public let enrolledOn: Day
  /// The last day on roll; `nil` while the child is on it.
  public let leftOn: Day?
  /// The first and the last day of compulsory school age.
  public let compulsory: DayRange
  public let taught: TaughtGroup

  /// - Parameter stated: the year group that the school stated and in which school year; by the date of birth otherwise.
  public init(
    registration: Int64, pupil: PupilID, upn: UPN, alsoKnownAs: [UPN] = [], dateOfBirth: Day, enrolledOn: Day,
    leftOn: Day?, stated: (group: YearGroup, year: SchoolYear)? = nil
  ) {
    taught = TaughtGroup(stated: stated, dateOfBirth: dateOfBirth)
    self.registration = registration
    self.pupil = pupil
    self.upn = upn
    self.alsoKnownAs = alsoKnownAs
    self.enrolledOn = enrolledOn
    self.leftOn = leftOn
    let span = CompulsorySchoolAge.span(dateOfBirth: dateOfBirth)
    compulsory = DayRange(first: span.start, last: span.lastDay)
  }

  /// The year group in a school year: it moves on by itself.
  func yearGroup(in year: SchoolYear) -> YearGroup? { taught.group(in: year) }

  /// Whether a number as somebody wrote it is the child's, or was.
  public func isKnown(as number: String) -> Bool {
    guard let number = try? UPN(number) else { return false }
    return number == upn || alsoKnownAs.contains(number)
  }

  /// The days on the roll; to the end of time while the child is on it.
  public var days: DayRange { DayRange(first: enrolledOn, last: leftOn ?? Day(ordinal: .max)) }

  /// Which sessions count.
  public var time: TimeOnRoll { TimeOnRoll(first: enrolledOn, last: leftOn, taught: taught) }

  /// Whether the child is on the roll on a day.
  public func covers(_ day: Day) -> Bool { enrolledOn <= day && leftOn.map { day <= $0 } ?? true }
}

/// The roll of one school with everyone who ever was on it, found by pupil number.
public struct Roll: Sendable {
  public let entries: [RollEntry]
  private let index: UPNIndex
  /// For each entry another of the same child, or -1: a child may leave and come back.
  private let others: [Int32]
  /// Numbers under which children are to join once an officer has confirmed it.
  private let awaited: Set<UPN>

  public init(_ entries: [RollEntry], awaited: Set<UPN> = []) {
    self.entries = entries
    self.awaited = awaited
    var index = UPNIndex(capacity: entries.reduce(entries.count) { $0 + $1.alsoKnownAs.count })
    var others = [Int32](repeating: -1, count: entries.count)
    for (position, entry) in entries.enumerated() {
      if let other = index.set(UPNKey(entry.upn), Int32(position)) { others[position] = other }
    }
    // Former numbers lead to where the child's own leads, and never to a child whose own number they are.
    for entry in entries where !entry.alsoKnownAs.isEmpty {
      guard let position = index.position(of: UPNKey(entry.upn)) else { continue }
      for former in entry.alsoKnownAs where index.position(of: UPNKey(former)) == nil {
        _ = index.set(UPNKey(former), position)
      }
    }
    self.index = index
    self.others = others
  }

  /// How many children a session takes place for.
  public func due(_ day: Day, _ session: Session, _ calendar: SchoolCalendar) -> Int {
    entries.count { $0.time.counts(day, session, in: calendar) }
  }

  /// Whether the entry of a child waits for an officer.
  func awaits(_ upn: UPN) -> Bool { awaited.contains(upn) }

  /// The position of a child's entry: the one that covers the day where there are several; `nil` when the child never
  /// was on this roll.
  func position(of key: UPNKey, on day: Day) -> Int? {
    guard let first = index.position(of: key) else { return nil }
    var position = first
    while position >= 0 {
      if entries[Int(position)].covers(day) { return Int(position) }
      position = others[Int(position)]
    }
    return Int(first)
  }
}
