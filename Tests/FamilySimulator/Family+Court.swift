import CaseFlow
import Contracts
import EnforcementDomain
import Rulebook
import Seeded

/// What happens to the family before a court.
extension Family {
  private static let prosecutor = Actor<Prosecution.Role>.person("lawyer", .legalOfficer)
  private static let reviewer = Actor<Prosecution.Role>.person("reviewer", .legalOfficer)
  private static let manager = Actor<Prosecution.Role>.person("manager", .manager)

  mutating func refer() throws {
    let unpaid = notices.filter { $0.file.state == .unpaid || $0.file.state == .queried || $0.file.state == .issued }
    let fromNotice = !unpaid.isEmpty && random.below(3) > 0
    let person: Int
    let place: Place
    var charged: Set<RegisterSession>
    if fromNotice {
      let notice = random.pick(unpaid)
      (person, place, charged) = (current(notice.person), notice.place, notice.sessions)
    } else {
      let places = marks.keys.sorted { ($0.child, $0.school) < ($1.child, $1.school) }
      guard !places.isEmpty else { return }
      (person, place) = (current(random.below(2)), random.pick(places))
      charged = Set(counted(place).suffix(random.within(5...30)).map { RegisterSession($0.date, $0.session) })
    }
    guard !charged.isEmpty else { return }
    trials.append(Trial(person: person, place: place, charged: charged))
    let index = trials.count - 1
    trials[index].charged.subtract(charge(trials[index], at: index).barred.keys)
    do {
      try move(
        trial: index,
        .attempt(
          .init(
            .act(.refer),
            stating: .init([
              .route: .text(fromNotice ? "unpaid-notice" : "direct"), .support: .text("recorded"),
              .parentVerified: .flag(true),
            ]), reason: "Nothing else has helped")), by: .person("officer", .attendanceOfficer))
      did("refer")
    } catch {
      trials.removeLast()
      throw error
    }
  }

  /// The next that can be done in one of the prosecutions.
  mutating func prosecute() throws {
    let open = trials.indices.filter { Prosecution.flow.isOpen(trials[$0].file.state) }
    guard !open.isEmpty else { return }
    let index = random.pick(open)
    // As before any act: charges are looked at again as of today.
    try reduce(index)
    let yes = FactValue.flag(true)
    switch trials[index].file.state {
    case .referred:
      try attempt(index, .considerSupervision, [.supervision: .text("not-now")], by: Self.manager)
      try attempt(
        index, .review, [.offence: .text("s444-1"), .procedure: .text("summons")], by: Self.prosecutor)
    case .legalReview:
      if trials[index].signed == nil || random.below(3) == 0 {
        trials[index].signed = register(trials[index])
        return try attempt(
          index, .testCode,
          [.evidenceSuffices: yes, .publicInterest: yes, .defencesConsidered: yes, .equalityConsidered: yes],
          by: Self.reviewer)
      }
      if trials[index].file.proposal == nil { try attempt(index, .lay, [.adult: yes], by: Self.prosecutor) }
      try move(trial: index, .second(agrees: true, reason: "It is right"), by: Self.manager)
      trials[index].laid = day
      did("laid")
      broken = wrongLaying(trials[index], at: index)
      try result(.prosecute, of: index)
    case .laid:
      guard random.below(3) == 0 else { return }
      try attempt(index, .discontinue, [:], by: Self.prosecutor)
      try result(.discontinue, of: index)
    default: break
    }
  }

  private mutating func attempt(
    _ index: Int, _ act: Prosecution.Act, _ stating: [Prosecution.Fact: FactValue], by actor: Actor<Prosecution.Role>
  ) throws {
    try move(
      trial: index, .attempt(.init(.act(act), stating: .init(stating), reason: "It is right")), by: actor)
    did(act.rawValue)
  }

  /// What becomes of the notices for what is charged.
  private mutating func result(_ act: PenaltyNoticeCase.Act, of index: Int) throws {
    let from = PenaltyNoticeCase.flow.rule(of: act)?.from ?? []
    for notice in touching(trials[index]) {
      guard let state = notices[notice].file.state, from.contains(state) else { continue }
      try move(notice, .act(act, reason: ""), by: .program)
      did("notice-\(act.rawValue)")
    }
  }
}
