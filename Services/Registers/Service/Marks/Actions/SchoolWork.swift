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

  var db: Database { unit.db }
  var today: Day { unit.today }
  var roll: Roll { known.roll }
  var calendars: CalendarYears { known.calendars }
}
