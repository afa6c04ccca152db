import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// What a change of one school's registers goes by, within its transaction: the roll and the calendars as they are
/// there, who makes it and when.
struct SchoolWork {
  let registers: Registers
  let school: URN
  let known: SchoolCache.Known
  let unit: UnitOfWork

  /// - Parameter known: as it is within the transaction.
  init(registers: Registers, school: URN, known: SchoolCache.Known, unit: UnitOfWork) {
    (self.registers, self.school, self.known, self.unit) = (registers, school, known, unit)
  }

  /// By what was committed last.
  init(_ registers: Registers, _ school: URN, _ unit: UnitOfWork) throws {
    self.init(registers: registers, school: school, known: try registers.cache.known(school, in: unit.db), unit: unit)
  }

  /// By what marks are judged.
  var judge: MarkJudge {
    MarkJudge(roll: roll, calendars: calendars, today: today, codes: registers.codes)
  }

  var db: Database { unit.db }
  var today: Day { unit.today }
  var roll: Roll { known.roll }
  var calendars: CalendarYears { known.calendars }
}
