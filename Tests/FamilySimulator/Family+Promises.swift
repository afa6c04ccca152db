import CaseFlow
import Contracts
import EnforcementDomain
import Rulebook

/// What must hold, worked out the long way from the family's own marks, days and money: nothing here asks the program's
/// rules.
extension Family {
  // MARK: What is so

  /// The codes that the charged or listed sessions have now and that count: on a day on which the school is open and the
  /// child on its roll.
  func known(_ sessions: Set<RegisterSession>, _ place: Place) -> [RegisterSession: AttendanceCode] {
    var known: [RegisterSession: AttendanceCode] = [:]
    for session in sessions {
      guard let mark = marks[place]?[session], ["O", "U", "G", "N"].contains(mark.code.text),
        Schools.calendars[place.school].terms.contains(where: { $0.contains(session.date) }), session.date.weekday <= 5,
        let held = registrations[mark.registration], held.time.days.contains(session.date)
      else { continue }
      known[session] = mark.code
    }
    return known
  }

  private func isWithdrawn(_ notice: Notice) -> Bool { notice.withdrawnOn != nil || notice.file.state == .withdrawn }

  /// The other notices to the same parent about the same child.
  private func beside(_ notice: Notice) -> [Notice] {
    notices.filter {
      $0.id != notice.id && $0.issue != nil && $0.place.child == notice.place.child
        && current($0.person) == current(notice.person)
    }
  }

  /// The day so many months later, or the last of that month.
  private static func later(_ day: Day, months: Int) -> Day {
    let count = day.year * 12 + day.month - 1 + months
    for number in stride(from: day.day, to: 0, by: -1) {
      if let found = Day(year: count / 12, month: count % 12 + 1, day: number) { return found }
    }
    return day
  }

  // MARK: Promises

  /// What is wrong about a notice that was just issued; `nil` when nothing is.
  func wrongIssue(_ notice: Notice) -> String? {
    let others = beside(notice)
    for other in others where !isWithdrawn(other) {
      if !other.sessions.isDisjoint(with: notice.sessions) { return "a session is in two live notices" }
    }
    let counted = others.filter { other in
      guard let issued = other.issue?.on, !isWithdrawn(other), other.file.state != .acquitted else { return false }
      return day < Self.later(issued, months: 36)
    }
    if counted.count > 1 { return "a third notice counts" }
    if notice.sessions != Set(known(notice.sessions, notice.place).keys) { return "a listed session does not stand" }
    return nil
  }

  /// What is wrong about a prosecution that was just laid; `nil` when nothing is.
  func wrongLaying(_ trial: Trial, at index: Int) -> String? {
    guard let first = trial.charged.min()?.date else { return "nothing is charged" }
    if Self.later(first, months: 6) < day { return "laid outside the limitation" }
    for notice in touching(trial).map({ notices[$0] }) {
      let came = notice.credits.reduce(0) { $0 + $1.sum.pence }
      let went = notice.returns.reduce(0) { $0 + $1.sum.pence }
      if came != went { return "laid with money held" }
      if isWithdrawn(notice) { return "laid for a withdrawn notice" }
      if let issue = notice.issue, day < issue.received.adding(days: 28) { return "laid within the time to pay" }
      if let issue = notice.issue, unmatched.contains(where: { issue.on <= $0.on }) {
        return "laid with money unmatched"
      }
    }
    let tried = trials.indices.filter { $0 != index && trials[$0].laid != nil }.map { trials[$0] }
    if tried.contains(where: {
      isOf($0, trial.person, trial.place.child) && !$0.charged.isDisjoint(with: trial.charged)
    }) {
      return "charged twice"
    }
    return nil
  }

  /// The decision that rests on what is not so any more and that nobody was asked about; `nil` when there is none.
  func unseenCorrection() -> String? {
    let open = proposals.filter { $0.proposal.state == .open }
    if Set(open.map(\.place)).count != open.count { return "two proposals are open at one school" }
    for stored in open {
      let sessions = Set(stored.proposal.grounds.sessions.map { RegisterSession($0.date, $0.session) })
      let codes = Dictionary(
        uniqueKeysWithValues: stored.proposal.grounds.sessions.map { (RegisterSession($0.date, $0.session), $0.code) })
      if known(sessions, stored.place) != codes { return "an open proposal rests on what was corrected" }
    }
    for notice in notices where notice.issue != nil {
      guard let decision = notice.file.decisions.last(where: { $0.act == .issue && $0.stands }) else { continue }
      if known(notice.sessions, notice.place) != notice.knownAtIssue, decision.question == nil {
        return "a correction was not put before an officer"
      }
    }
    for trial in trials {
      for decision in trial.file.decisions where decision.stands && [.testCode, .lay].contains(decision.act) {
        guard let then = trial.known[decision.number] else { continue }
        if known(Set(then.keys), trial.place) != then, decision.question == nil {
          return "a correction was not put before the prosecutor"
        }
      }
    }
    return nil
  }
}
