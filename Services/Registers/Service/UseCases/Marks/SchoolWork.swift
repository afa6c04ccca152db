import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// What a change of one school's registers goes by, within its transaction: the roll and the calendars as they are
/// there, who makes it and when.
struct SchoolWork {
  let desk: RegisterDesk
  let school: URN
  let known: SchoolCache.Known
  let writer: Writer
  let today: Day
  let db: Database

  var context: EventContext { writer.context }
  var roll: Roll { known.roll }
  var calendars: CalendarYears { known.calendars }
}
