import LicensingDomain

extension FuzzTarget {
  static func scheduleCSV(_ bytes: [UInt8]) -> String? {
    guard let file = try? ScheduleCSV.read(bytes) else { return nil }
    if let broken = schedule(file) { return broken }
    guard (try? ScheduleCSV.read(bytes)) == file else { return "the same is read the same" }
    guard takesALine(bytes), let more = try? ScheduleCSV.read(bytes + badLine) else { return nil }
    return more.received == file.received + 1 ? nil : "one line more is one row more"
  }

  static func scheduleCalendar(_ bytes: [UInt8]) -> String? {
    guard let file = try? ScheduleCalendar.read(bytes) else { return nil }
    if let broken = schedule(file) { return broken }
    return (try? ScheduleCalendar.read(bytes)) == file ? nil : "the same is read the same"
  }

  private static func schedule(_ file: ScheduleFile) -> String? {
    let numbers = file.rows.map(\.number) + file.refused.map(\.number)
    if let broken = places(numbers, file.received, ScheduleRow.mostRows + 1) { return broken }
    guard file.rows.map(\.number).isStrictlyIncreasing else { return "rows come in the order of the file" }
    guard file.rows.allSatisfy({ $0.row.start < $0.row.end && !$0.row.who.isEmpty }) else {
      return "a row that is taken has a child and a time"
    }
    let schedule = Schedule(file, approvals: [:])
    guard schedule.refused.count >= file.refused.count else { return "no refused row is forgotten" }
    for child in schedule.children {
      guard child.schedule.breaches.allSatisfy({ !$0.instead.isEmpty }) else { return "each breach has a way out" }
      for day in child.schedule.days.prefix(2) where DayPicture(day, child.schedule.breaches).svg.isEmpty {
        return "a day has a picture"
      }
    }
    return nil
  }
}
