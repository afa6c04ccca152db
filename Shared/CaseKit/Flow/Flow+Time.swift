public import Rulebook

/// What changes in a case without anybody's act.
extension Flow {
  /// The end of a clock. Each fires once for each time that it was started; the work stays open.
  ///
  /// - Throws: ``Refusal/notDue`` unless the clock runs, its last day is over, and it has not fired.
  public func fire(_ clock: Kind.Clock, in file: CaseFile<Kind>, on day: Day) throws(Refusal<Kind>) -> Entry<Kind> {
    guard let running = file.clocks[clock], running.firedOn == nil, running.due < day else { throw .notDue }
    return scene(file, day: day).entry(.fired(clock), by: .program)
  }

  /// Puts decisions back before a person whose facts are not what they rest on, and moves the clocks that end on a day of
  /// the facts.
  ///
  /// - Returns: `nil` when nothing has changed since it was last asked.
  public func reconsider(
    _ file: CaseFile<Kind>, facts: Facts<Kind.Fact>, on day: Day, calendar: SchoolCalendar? = nil
  ) throws(Refusal<Kind>) -> Entry<Kind>? {
    let scene = Scene(flow: self, file: file, outside: facts, day: day, calendar: calendar)
    let facts = scene.known()
    let entry = try scene.questioning(scene.retiming(scene.entry(.reconsidered, by: .program), facts), facts)
    return entry.questioned.isEmpty && entry.started.isEmpty ? nil : entry
  }

  /// Whether anything in a case rests on facts from outside: a decision that stands, or a clock that ends on a day of them.
  public func restsOnFacts(_ file: CaseFile<Kind>) -> Bool {
    file.decisions.contains(where: \.stands)
      || clocks.contains { $0.endsOn != nil && file.state.map($0.runsIn.contains) ?? false }
  }

  /// Counts clocks in school days anew by a calendar, those that have fired left out.
  ///
  /// - Returns: `nil` when nothing moves.
  public func recount(_ file: CaseFile<Kind>, in calendar: SchoolCalendar, on day: Day) -> Entry<Kind>? {
    var entry = scene(file, day: day).entry(.recounted, by: .program)
    for (clock, running) in file.clocks where running.firedOn == nil {
      let anew = RunningClock(running.span, from: running.startedOn, in: calendar)
      if anew != running { entry.started[clock] = anew }
    }
    return entry.started.isEmpty ? nil : entry
  }

  private func scene(_ file: CaseFile<Kind>, day: Day) -> Scene<Kind> {
    Scene(flow: self, file: file, outside: .init(), day: day, calendar: nil)
  }
}
