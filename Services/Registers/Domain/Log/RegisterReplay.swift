public import Rulebook

/// Makes pupil-year rows anew from the log: what the derived rows must always be, and what a register was at a past
/// moment when the log is given up to that moment.
public enum RegisterReplay {
  /// A row's registration and school year.
  public struct Key: Hashable, Sendable {
    public let registration: Int64
    public let year: SchoolYear

    public init(registration: Int64, year: SchoolYear) {
      self.registration = registration
      self.year = year
    }
  }

  /// One amendment of the log.
  public struct Amendment: Hashable, Sendable {
    public let registration: Int64
    public let day: Day
    public let session: Session
    public let to: AttendanceCode

    public init(registration: Int64, day: Day, session: Session, to: AttendanceCode) {
      self.registration = registration
      self.day = day
      self.session = session
      self.to = to
    }
  }

  /// The rows that the log makes. A mark is entered once, by a batch or as an amendment of no mark, and changes by
  /// amendments only: so batches may come in any order, and amendments in the order they were made.
  public static func rows(
    batches: some Sequence<(day: Day, session: Session, batch: EntryBatch)>, amendments: some Sequence<Amendment>
  ) -> [Key: PupilYear] {
    var rows: [Key: PupilYear] = [:]
    func set(_ registration: Int64, _ year: SchoolYear, _ position: Int, _ byte: UInt8) {
      let key = Key(registration: registration, year: year)
      _ = rows[key, default: PupilYear(year: year)].exchange(position, byte)
    }
    for (day, session, batch) in batches {
      let year = SchoolYear(containing: day)
      let position = year.position(of: day, session)
      batch.forEachEntry { set($0, year, position, $1) }
    }
    for amendment in amendments {
      let year = SchoolYear(containing: amendment.day)
      set(
        amendment.registration, year, year.position(of: amendment.day, amendment.session), amendment.to.registerByte)
    }
    return rows
  }
}
