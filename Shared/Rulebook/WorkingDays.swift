/// Monday to Friday without England's bank holidays (Banking and Financial Dealings Act 1971 and proclamations).
public enum WorkingDays {
  /// Days proclaimed once, and ordinary ones that were moved away.
  private static let proclaimed: [(day: Day, isHoliday: Bool, source: String)] = [
    (on(2020, 5, 4), false, "moved to 8 May 2020 by proclamation"),
    (on(2020, 5, 8), true, "75th anniversary of VE Day"),
    (on(2022, 5, 30), false, "moved to 2 June 2022 by proclamation"),
    (on(2022, 6, 2), true, "spring bank holiday, moved"),
    (on(2022, 6, 3), true, "Platinum Jubilee"),
    (on(2022, 9, 19), true, "State Funeral of Queen Elizabeth II"),
    (on(2023, 5, 8), true, "Coronation of King Charles III"),
  ]

  /// Whether a day is a bank holiday in England.
  public static func isBankHoliday(_ day: Day) -> Bool {
    if let exception = proclaimed.first(where: { $0.day == day }) { return exception.isHoliday }
    return ordinary(day.year).contains(day)
  }

  /// Whether a day is Monday to Friday and no bank holiday.
  public static func isWorkingDay(_ day: Day) -> Bool { day.weekday <= 5 && !isBankHoliday(day) }

  /// The n-th working day after a day; the day itself for 0.
  public static func add(_ count: Int, to day: Day) -> Day {
    var day = day
    var left = count
    while left > 0 {
      day = day.adding(days: 1)
      if isWorkingDay(day) { left -= 1 }
    }
    return day
  }

  private static func ordinary(_ year: Int) -> [Day] {
    let easter = easterSunday(year)
    let newYear = on(year, 1, 1)
    let christmas = on(year, 12, 25)
    let boxing = on(year, 12, 26)
    var days = [
      newYear.weekday <= 5 ? newYear : newYear.adding(days: 8 - newYear.weekday),
      easter.adding(days: -2), easter.adding(days: 1),
      firstMonday(on(year, 5, 1)), lastMonday(on(year, 5, 31)), lastMonday(on(year, 8, 31)),
    ]
    switch christmas.weekday {
    case 5: days += [christmas, boxing.adding(days: 2)]
    case 6: days += [christmas.adding(days: 2), boxing.adding(days: 2)]
    case 7: days += [boxing, christmas.adding(days: 2)]
    default: days += [christmas, boxing]
    }
    return days
  }

  private static func firstMonday(_ day: Day) -> Day { day.adding(days: (8 - day.weekday) % 7) }
  private static func lastMonday(_ day: Day) -> Day { day.monday }

  /// The Gregorian Easter Sunday, after Meeus.
  private static func easterSunday(_ year: Int) -> Day {
    let a = year % 19
    let (b, c) = (year / 100, year % 100)
    let (d, e) = (b / 4, b % 4)
    let g = (b - (b + 8) / 25 + 1) / 3
    let h = (19 * a + b - d - g + 15) % 30
    let (i, k) = (c / 4, c % 4)
    let l = (32 + 2 * e + 2 * i - h - k) % 7
    let m = (a + 11 * h + 22 * l) / 451
    let month = (h + l - 7 * m + 114) / 31
    return on(year, month, (h + l - 7 * m + 114) % 31 + 1)
  }
}
