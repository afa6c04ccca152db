import Rulebook
import SchoolFiles

/// The days of a submission, and the leaving that hangs on them.
extension PupilCheck {
  private static let oldestYears = 26
  /// How far ahead a first day may be.
  private static let monthsAhead = 24

  func day(_ field: PupilField) throws(Fault) -> Day? {
    guard let text = said(submission[field]) else { return nil }
    do throws(PupilDates.Unread) {
      return try dates.day(text, today: today)
    } catch {
      throw Fault(error, field.rawValue)
    }
  }

  mutating func birth() -> Day? {
    let oldest = today.adding(months: -12 * Self.oldestYears)
    let born = Result { () throws(Fault) in
      guard let born = try day(.dateOfBirth) else { throw .missing("dateOfBirth") }
      guard born <= today, born > oldest else { throw .impossibleBirth(oldest: oldest.year, today: today.year) }
      return born
    }
    return take(born)
  }

  mutating func firstDay(_ born: Day?) -> Day? {
    let latest = today.adding(months: Self.monthsAhead)
    let first = Result { () throws(Fault) in
      guard let first = try day(.enrolledOn) else { throw .missing("enrolledOn") }
      guard first <= latest else { throw .impossibleYear("enrolledOn") }
      if let born, first < born {
        throw first.adding(months: 12) < born ? .impossibleYear("enrolledOn") : .beforeBirth("enrolledOn")
      }
      return first
    }
    return take(first)
  }

  mutating func entered(_ born: Day?, _ left: Day?) -> Day? {
    let latest = today.adding(months: Self.monthsAhead)
    do throws(Fault) {
      guard let entered = try day(.enteredOn) else { return nil }
      guard entered <= latest else { throw .impossibleYear("enteredOn") }
      if let born, entered < born { throw .beforeBirth("enteredOn") }
      if let left, left < entered {
        throw .impossible("enteredOn", "The day of entry is after the last day on roll.")
      }
      return entered
    } catch {
      notes.append(PupilNote(error, .leftOut))
      return nil
    }
  }

  struct Leaving {
    var left: Day?
    var deleted: Day?
    var ground: DeletionGround?
    /// Whether there is a last day that cannot be read.
    var isUnread = false
  }

  /// The leaving. A last day that cannot be read is left out with all that hangs on it: a child that is on record as
  /// gone stays so.
  mutating func leaving(_ first: Day?, _ born: Day?) -> Leaving {
    var leaving = Leaving()
    let latest = today.adding(months: Self.monthsAhead)
    do throws(Fault) {
      leaving.left = try day(.leftOn)
      if let left = leaving.left, left > latest { throw .impossibleYear("leftOn") }
    } catch {
      notes.append(PupilNote(error, .staysOnRoll))
      return Leaving(isUnread: true)
    }
    let isGroundUnread = ground(&leaving)
    var isDeletionUnread = false
    do throws(Fault) {
      leaving.deleted = try day(.deletedOn)
      if let deleted = leaving.deleted, let left = leaving.left, deleted < left {
        throw .impossible("deletedOn", "The day of deletion is before the last day on roll.")
      }
      if let deleted = leaving.deleted, deleted > latest { throw .impossibleYear("deletedOn") }
    } catch {
      notes.append(PupilNote(error, .nameStays))
      leaving.deleted = nil
      isDeletionUnread = true
    }
    guard let left = leaving.left else {
      let isSaid = leaving.ground != nil || leaving.deleted != nil || isGroundUnread || isDeletionUnread
      if isSaid { refuse(.leavingWithoutDay) }
      return leaving
    }
    if let first, left < first {
      refuse(
        left.adding(months: 12 * Self.oldestYears) < first
          ? .impossibleYear("leftOn") : .leftBeforeFirst)
    }
    let needsGround = born.map { CompulsorySchoolAge.isCompulsory(dateOfBirth: $0, on: left) } ?? false
    if leaving.deleted != nil, needsGround, leaving.ground == nil {
      if isGroundUnread {
        notes.append(PupilNote(.deletionWithoutGround, .nameStays))
        leaving.deleted = nil
      } else {
        refuse(.deletionWithoutGround)
      }
    }
    return leaving
  }

  /// - Returns: whether there is a ground that cannot be read.
  private mutating func ground(_ leaving: inout Leaving) -> Bool {
    guard let text = said(submission[.ground]) else { return false }
    leaving.ground = DeletionGround(written: text)
    guard leaving.ground == nil else { return false }
    notes.append(PupilNote(.unreadableGround, .leftOut))
    return true
  }
}
