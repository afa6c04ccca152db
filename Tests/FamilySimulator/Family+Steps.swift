import CaseFlow
import Contracts
import EnforcementDomain
import Rulebook
import Seeded

/// What happens to the family, chosen at random.
extension Family {
  private static let officer = Actor<PenaltyNoticeCase.Role>.person("officer", .attendanceOfficer)
  private static let lawyer = Actor<PenaltyNoticeCase.Role>.person("lawyer", .legalOfficer)
  private static let considerations: [PenaltyNoticeCase.Fact: FactValue] = [
    .support: .text("offered"), .effect: .text("yes"), .bestTool: .text("yes"), .equality: .text("no-bar"),
    .otherProceedings: .text("none"), .leave: .text("not-sought"), .allowed: .text("yes"), .code: .text("yes"),
    .belowThreshold: .text("none"),
  ]

  /// - Throws: `Refusal` for what the program refuses: nothing is changed then.
  mutating func step() throws {
    switch random.below(24) {
    case 0...4: try miss()
    case 5...7: try correct()
    case 8, 9: try consider()
    case 10...12: try issue()
    case 13, 14: try pay()
    case 15: try giveBack()
    case 16: try withdraw()
    case 17: try mergeOrPart()
    case 18: try changeSchool()
    case 19: try refer()
    case 20, 21: try prosecute()
    default: try wait()
    }
  }

  // MARK: Marks and the roll

  /// Some sessions in a row are missed, lately.
  private mutating func miss() throws {
    let child = random.pick(Array(children))
    let schools = registrations.values.filter { $0.place.child == child && $0.time.days.contains(day) }.map(\.place)
    guard let place = schools.min(by: { $0.school < $1.school }) else { return }
    let all = Schools.sessions[place.school]
    let end = all.partitioned { $0.date <= day }
    guard end > 0 else { return }
    let first = max(0, end - 1 - random.below(60))
    let code = random.pick(Schools.counted)
    for session in all[first..<min(end, first + random.within(3...12))] {
      guard let number = registration(of: place, on: session.date) else { continue }
      marks[place, default: [:]][session] = Mark(code: code, registration: number)
    }
    did("miss")
    try factsChanged(of: child)
  }

  private mutating func correct() throws {
    let places = marks.filter { !$0.value.isEmpty }.keys.sorted { ($0.child, $0.school) < ($1.child, $1.school) }
    guard !places.isEmpty else { return }
    let place = random.pick(places)
    let session = random.pick((marks[place] ?? [:]).keys.sorted())
    guard let before = marks[place]?[session]?.code else { return }
    let codes = Schools.counted.contains(before) ? Schools.others + Schools.counted : Schools.counted
    marks[place]?[session]?.code = random.pick(codes)
    did("correct")
    try factsChanged(of: place.child)
  }

  /// A child goes to the other school, or turns out to have left earlier.
  private mutating func changeSchool() throws {
    let child = random.pick(Array(children))
    let standing = registrations.filter { $0.value.place.child == child && $0.value.time.days.contains(day) }
    guard let number = standing.keys.min(), let held = registrations[number] else { return }
    let last = day.adding(days: -random.pick([0, 0, 3, 30]))
    guard held.time.days.first < last else { return }
    registrations[number] = (
      held.place, TimeOnRoll(first: held.time.days.first, last: last, taught: Schools.taught)
    )
    let other = 1 - held.place.school
    if !standing.values.contains(where: { $0.place.school == other }) {
      enrol(child, at: other, from: day.adding(days: 1))
    }
    did("move")
    try factsChanged(of: child)
  }

  /// Two parents are found to be one person, or not to be; two identifiers of a child are found to be one child's.
  private mutating func mergeOrPart() throws {
    if random.below(4) == 0, !isChildMerged, !areAtOneSchool {
      mergeChildren()
    } else {
      arePersonsMerged.toggle()
      did(arePersonsMerged ? "merge-persons" : "part-persons")
    }
    for child in children { try factsChanged(of: child) }
  }

  /// A child has no two registrations at one school with a day in common.
  private var areAtOneSchool: Bool {
    registrations.values.contains { one in
      registrations.values.contains { other in
        one.place.child < other.place.child && one.place.school == other.place.school
          && one.time.days.first <= other.time.days.last && other.time.days.first <= one.time.days.last
      }
    }
  }

  private mutating func mergeChildren() {
    isChildMerged = true
    did("merge-children")
    func kept(_ place: Place) -> Place { Place(child: 0, school: place.school) }
    // At a school where both have an open proposal, that of the identifier that goes lapses.
    for index in proposals.indices where proposals[index].place.child == 1 {
      let isDouble = proposals.contains {
        $0.place == kept(proposals[index].place) && $0.proposal.state == .open
      }
      if isDouble, proposals[index].proposal.state == .open {
        proposals[index].proposal = Proposal(state: .lapsed, grounds: proposals[index].proposal.grounds)
      }
      proposals[index].place = kept(proposals[index].place)
    }
    for (place, sessions) in marks where place.child == 1 {
      marks[kept(place), default: [:]].merge(sessions) { _, new in new }
      marks[place] = nil
    }
    for number in registrations.keys.sorted() {
      if let held = registrations[number], held.place.child == 1 {
        registrations[number] = (kept(held.place), held.time)
      }
    }
    for index in notices.indices { notices[index].place = kept(notices[index].place) }
    for index in trials.indices { trials[index].place = kept(trials[index].place) }
  }

  private mutating func wait() throws {
    day = day.adding(days: random.pick([1, 7, 7, 30, 30, 120, 400]))
    did("wait")
    for index in notices.indices { try follow(index) }
    for child in children { try factsChanged(of: child) }
  }

  // MARK: Notices

  private mutating func consider() throws {
    let open = proposals.filter { $0.proposal.state == .open }
    guard !open.isEmpty else { return }
    let proposal = random.pick(open)
    let person = random.below(2)
    let isThere = notices.contains { other in
      other.proposal == proposal.id && current(other.person) == current(person)
        && ![.notIssued, .improved, .withdrawn].contains(other.file.state)
    }
    guard !isThere else { return did("considered-already") }
    notices.append(
      Notice(
        id: notices.count + 1, person: current(person), place: proposal.place, proposal: proposal.id,
        listed: proposal.proposal.grounds.sessions))
    do {
      try move(
        notices.count - 1,
        .attempt(.init(.act(.consider), stating: .init(Self.considerations), reason: "The threshold is met")),
        by: Self.officer)
      did("consider")
    } catch {
      notices.removeLast()
      throw error
    }
  }

  private mutating func issue() throws {
    let waiting = notices.indices.filter { notices[$0].file.state == .consideration }
    guard !waiting.isEmpty else { return }
    let index = random.pick(waiting)
    let before = notices[index]
    let level = facts(before).number(.level) ?? 0
    if level > 0 { notices[index].issue = Issue(on: day, level: level, received: day.adding(days: 2)) }
    do {
      try move(
        index,
        .attempt(
          .init(
            .act(.issue),
            stating: .init([.identity: .text("yes"), .address: .text("yes"), .enquiries: .text("not-needed")]),
            reason: "Everything holds")), by: Self.officer)
    } catch {
      notices[index] = before
      throw error
    }
    did("issue")
    notices[index].knownAtIssue = known(notices[index].sessions, notices[index].place)
    broken = wrongIssue(notices[index])
    if let stored = proposals.firstIndex(where: { $0.id == before.proposal && $0.proposal.state == .open }) {
      proposals[stored].proposal = Proposal(state: .lapsed, grounds: proposals[stored].proposal.grounds)
    }
    judge(before.place)
  }

  private mutating func withdraw() throws {
    let issued = notices.indices.filter { notices[$0].issue != nil && notices[$0].withdrawnOn == nil }
    guard !issued.isEmpty else { return }
    let index = random.pick(issued)
    notices[index].withdrawnOn = day
    do {
      try move(
        index,
        .attempt(
          .init(.act(.withdraw), stating: .init([.ground: .text("material_error")]), reason: "The dates are wrong")),
        by: Self.lawyer)
      did("withdraw")
    } catch {
      notices[index].withdrawnOn = nil
      throw error
    }
    try factsChanged(of: notices[index].place.child)
  }

  // MARK: Money

  private mutating func pay() throws {
    let credit = NoticeMoney.Credit(
      id: Int64(history.count + 1), on: day, sum: .pounds(random.pick([40, 80, 80, 160, 160])))
    let issued = notices.indices.filter { notices[$0].issue != nil }
    guard !issued.isEmpty else { return }
    if random.below(8) == 0 {
      unmatched.append(credit)
      did("pay-unknown")
    } else {
      let index = random.pick(issued)
      notices[index].credits.append(credit)
      did("pay")
      try follow(index)
    }
    for child in children { try factsChanged(of: child) }
  }

  /// Money goes back, or what nobody could match is matched.
  private mutating func giveBack() throws {
    if let credit = unmatched.popLast() {
      did("match")
      guard let index = notices.indices.last(where: { notices[$0].issue != nil }) else { return }
      notices[index].credits.append(credit)
      try follow(index)
    } else {
      let paid = notices.indices.filter { .zero < notices[$0].money.held }
      guard !paid.isEmpty else { return }
      let index = random.pick(paid)
      for credit in notices[index].credits where .zero < notices[index].money.held(of: credit.id) {
        notices[index].returns.append(
          .init(credit: credit.id, on: day, sum: notices[index].money.held(of: credit.id)))
      }
      did("return")
      try follow(index)
    }
    for child in children { try factsChanged(of: child) }
  }
}

extension [RegisterSession] {
  /// How many at the beginning are of a kind.
  fileprivate func partitioned(_ isBefore: (RegisterSession) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
