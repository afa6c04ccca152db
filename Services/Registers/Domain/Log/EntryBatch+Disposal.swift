import Rulebook

extension EntryBatch {
  /// The entries of some registrations, and the others.
  public func split(_ registrations: Set<Int64>) -> (taken: EntryBatch, left: EntryBatch) {
    var taken = EntryBatch()
    var left = EntryBatch(capacity: count)
    forEachEntry { registration, byte in
      if registrations.contains(registration) {
        taken.append(registration, byte)
      } else {
        left.append(registration, byte)
      }
    }
    return (taken, left)
  }

  /// Both batches as one, the lowest registration first: what ``split(_:)`` parted, whatever was parted in between.
  public func joined(with other: EntryBatch) -> EntryBatch {
    var joined = EntryBatch(capacity: count + other.count)
    var (mine, theirs) = (0, 0)
    while mine < bytes.count || theirs < other.bytes.count {
      let takesMine =
        theirs >= other.bytes.count
        || (mine < bytes.count && registration(at: mine) <= other.registration(at: theirs))
      if takesMine {
        joined.append(registration(at: mine), bytes[mine + 4])
        mine += Self.bytesPerEntry
      } else {
        joined.append(other.registration(at: theirs), other.bytes[theirs + 4])
        theirs += Self.bytesPerEntry
      }
    }
    return joined
  }
}

extension PupilYear {
  /// This year with an older one's marks where it has none.
  public func filled(from older: PupilYear) -> PupilYear {
    let codes = zip(codes, older.codes).map { $0 == AttendanceCode.noMark ? $1 : $0 }
    return PupilYear(year: year, codes: codes) ?? self
  }
}
