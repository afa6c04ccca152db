extension WorkRules {
  /// The limits on a child's hours as a permit prints them: what is limited, and the most or the time.
  ///
  /// - Parameter age: in whole years; the limits follow the age on the day of work.
  public func inWords(age: Int) -> [(what: String, limit: String)] {
    let days: [(String, WorkLimit.Kind, WorkLimit.Period?)] = [
      ("Begin at", .earliest, nil), ("End by", .latest, nil), ("Before school", .beforeSchool, nil),
      ("School day", .dayLimit, .schoolDay), ("Sunday", .dayLimit, .sunday),
      ("Other day without school", .dayLimit, .freeDay), ("Week with a school day", .weekLimit, .schoolWeek),
      ("Week without", .weekLimit, .freeWeek),
    ]
    let rows = days.compactMap { what, kind, period -> (what: String, limit: String)? in
      guard let found = limit(kind, age: age, period: period)?.limit else {
        return kind == .beforeSchool ? (what, "no work") : nil
      }
      if let time = found.time { return (what, "\(time)\(kind == .earliest ? " or later" : "")") }
      return found.minutes.map { (what, $0 == 0 ? "no work" : "at most \($0.hours)") }
    }
    return rows + [
      ("Break", "\(regime.shortestBreak.hours) after \(regime.longestStretch.hours) of work"),
      ("Rest", "\(regime.daysOfRest) days running free of work in the school holidays of each year"),
    ]
  }
}
