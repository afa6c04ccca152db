import Rulebook
import Seeded
import TestKit
import Testing

@testable import EnforcementDomain

@Suite("What may be charged") struct ChargeTests {
  static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)

  /// The mornings of so many days, the first the day before.
  private static func mornings(_ count: Int, before day: Day = day) -> [RegisterSession] {
    (1...count).map { RegisterSession(day.adding(days: -$0), .am) }
  }

  private static func notice(_ standing: NoticeStanding, _ sessions: some Sequence<RegisterSession>)
    -> NoticeLedger.Entry
  {
    .init(id: "n", issued: day.adding(days: -40), standing: standing, sessions: Set(sessions))
  }

  @Test(
    "A session of a paid or a withdrawn notice is taken out; of any other notice it stays",
    arguments: NoticeStanding.allCases)
  func notices(standing: NoticeStanding) {
    let sessions = Self.mornings(12)
    let charge = Charge(Set(sessions), notices: [Self.notice(standing, sessions[..<3])], on: Self.day)
    let bar: Charge.Bar? =
      switch standing {
      case .paid: .paid
      case .withdrawn: .withdrawn
      default: nil
      }
    #expect(Set(charge.barred.values) == Set([bar].compactMap { $0 }))
    #expect(charge.barred.count == (bar == nil ? 0 : 3))
    #expect(charge.isEnough == (bar == nil) && charge.sessions == charge.sessions.sorted())
  }

  @Test("The other half of a day of a paid notice stays")
  func otherHalf() {
    let day = Self.day.adding(days: -3)
    let both: Set = [RegisterSession(day, .am), RegisterSession(day, .pm)]
    let charge = Charge(both, notices: [Self.notice(.paid, [RegisterSession(day, .am)])], on: Self.day)
    #expect(charge.sessions == [RegisterSession(day, .pm)])
  }

  @Test("What a court has dealt with and what is six months past is taken out")
  func triedAndLate() {
    let sessions = Self.mornings(12)
    let late = RegisterSession(Self.day.adding(months: -6).adding(days: -1), .am)
    let inTime = RegisterSession(Self.day.adding(months: -6), .am)
    let charge = Charge(
      Set(sessions + [late, inTime]), notices: [], tried: Set(sessions[..<2]), on: Self.day)
    #expect(charge.barred == [sessions[0]: .tried, sessions[1]: .tried, late: .timeBarred])
    #expect(charge.sessions.contains(inTime) && charge.sessions.count == 11)
  }

  @Test("A charge has as many sessions as the national threshold")
  func enough() {
    for (count, isEnough) in [(9, false), (10, true)] {
      #expect(Charge(Set(Self.mornings(count)), notices: [], on: Self.day).isEnough == isEnough)
    }
  }

  @Test("No random charge has a session of a paid or withdrawn notice, one that was tried, or one out of time")
  func properties() {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    for _ in 0..<500 {
      let all = (0..<40).map { _ in
        RegisterSession(Self.day.adding(days: -generator.below(250)), generator.below(2) == 0 ? .am : .pm)
      }
      func some() -> Set<RegisterSession> { Set(all.filter { _ in generator.below(3) == 0 }) }
      let notices = (0..<3).map { _ in Self.notice(generator.pick(NoticeStanding.allCases), some()) }
      let tried = some()
      let charge = Charge(Set(all), notices: notices, tried: tried, on: Self.day)
      let spent = notices.filter { [.paid, .withdrawn].contains($0.standing) }.flatMap(\.sessions)
      #expect(Set(charge.sessions).isDisjoint(with: tried.union(spent)))
      #expect(charge.sessions.allSatisfy { Self.day <= Limitation.lastDay(for: $0.date) })
      #expect(Set(charge.sessions).union(charge.barred.keys) == Set(all))
      // What is left may be charged as it is: looking again takes nothing out.
      #expect(Charge(Set(charge.sessions), notices: notices, tried: tried, on: Self.day).barred.isEmpty)
    }
  }
}
