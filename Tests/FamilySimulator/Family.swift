import CaseFlow
import Contracts
import EnforcementDomain
import Rulebook
import Seeded

/// A mistake that can be planted in a life, to see that it is caught.
public enum FamilyMistake: String, CaseIterable, Sendable {
  /// The ledger forgets what notices were for.
  case forgetsSessions = "forgets-sessions"
  /// The ledger looks back one month instead of three years.
  case shortLook = "short-look"
  /// Money that is held is not seen.
  case ignoresMoney = "ignores-money"
  /// Days too long ago are charged.
  case ignoresLimitation = "ignores-limitation"
  /// Corrections are not put before an officer once a notice is paid.
  case forgetsClosed = "forgets-closed"
}

/// One random life of a family, held in memory: two parents, two children or one with two identifiers, two schools, some
/// years. What is decided is decided by the program's own domain: the register that counts, the threshold, proposals, the
/// ledger, accounts, charges, and the flows of notices and prosecutions.
public struct Family {
  /// A child's marks at one school.
  struct Place: Hashable {
    let child: Int
    let school: Int
  }

  struct Mark {
    var code: AttendanceCode
    let registration: Int64
  }

  struct Issue {
    let on: Day
    let level: Int
    let received: Day
  }

  struct Notice {
    let id: Int
    let person: Int
    var place: Place
    let proposal: Int
    var listed: [ProposalGrounds.CountedSession]
    var issue: Issue?
    var withdrawnOn: Day?
    var file = CaseFile<PenaltyNoticeCase>()
    var credits: [NoticeMoney.Credit] = []
    var returns: [NoticeMoney.Return] = []
    /// What the sessions were when the notice was issued, as the family knows it.
    var knownAtIssue: [RegisterSession: AttendanceCode] = [:]

    var sessions: Set<RegisterSession> { Set(listed.map { RegisterSession($0.date, $0.session) }) }
    var money: NoticeMoney { NoticeMoney(credits: credits, returns: returns) }
  }

  struct Trial {
    let person: Int
    var place: Place
    var charged: Set<RegisterSession>
    var laid: Day?
    /// What the register said when the court pack was signed.
    var signed: String?
    var file = CaseFile<Prosecution>()
    /// What the charged sessions were when each decision was made, as the family knows it.
    var known: [Int: [RegisterSession: AttendanceCode]] = [:]
  }

  struct Stored {
    let id: Int
    var place: Place
    var proposal: Proposal
  }

  var random: SeededGenerator
  let mistake: FamilyMistake?
  var day = Schools.first
  var marks: [Place: [RegisterSession: Mark]] = [:]
  /// Where each registration is, by its number.
  var registrations: [Int64: (place: Place, time: TimeOnRoll)] = [:]
  var isChildMerged = false
  var arePersonsMerged = false
  var proposals: [Stored] = []
  var notices: [Notice] = []
  var trials: [Trial] = []
  /// Payments that nobody could match yet.
  var unmatched: [NoticeMoney.Credit] = []
  var tally: [String: Int] = [:]
  var history: [String] = []
  /// The promise that was broken first.
  var broken: String?

  /// - Parameter mistake: one to plant.
  public init(seed: UInt64, mistake: FamilyMistake? = nil) {
    random = SeededGenerator(seed: seed)
    self.mistake = mistake
    for child in 0..<2 { enrol(child, at: child == 0 ? 0 : random.below(2), from: Schools.first) }
  }

  /// What came of a life.
  public struct Result: Sendable {
    /// The promise that was broken; `nil` when all were kept.
    public let broken: String?
    /// How often each thing happened.
    public let tally: [String: Int]
    /// Everything that happened, in order.
    public let history: [String]
  }

  /// Lives so many steps, or until a promise is broken.
  public mutating func live(steps: Int) -> Result {
    for _ in 0..<steps where broken == nil {
      do { try step() } catch { did("refused") }
      if broken == nil { broken = unseenCorrection() }
    }
    return Result(broken: broken, tally: tally, history: history)
  }

  mutating func did(_ what: String) {
    history.append("\(day.iso) \(what)")
    tally[what, default: 0] += 1
  }

  mutating func enrol(_ child: Int, at school: Int, from first: Day) {
    let number = Int64(registrations.count + 1)
    let time = TimeOnRoll(first: first, last: nil, taught: Schools.taught)
    registrations[number] = (Place(child: child, school: school), time)
  }

  /// The registration of a child that covers a day.
  func registration(of place: Place, on day: Day) -> Int64? {
    registrations.filter { $0.value.place == place && $0.value.time.days.contains(day) }.keys.min()
  }

  /// Which children there are.
  var children: Range<Int> { 0..<(isChildMerged ? 1 : 2) }

  /// Who stands for a person now.
  func current(_ person: Int) -> Int { arePersonsMerged ? 0 : person }
}

/// The two schools.
enum Schools {
  static let first = Day(year: 2026, month: 9, day: 2) ?? Day(ordinal: 0)
  private static let dateOfBirth = Day(year: 2016, month: 5, day: 10) ?? Day(ordinal: 0)
  static let born = dateOfBirth
  static let taught = TaughtGroup(stated: nil, dateOfBirth: dateOfBirth)
  static let persons = ["c000000001", "c000000002"].compactMap { PersonID($0) }

  /// Six half terms a year for five years; the second school begins and ends a week later.
  static let calendars: [SchoolCalendar] = [0, 7].map { shift in
    let halves = [(9, 2, 10, 23), (11, 2, 12, 18), (1, 4, 2, 12), (2, 22, 4, 1), (4, 19, 5, 28), (6, 7, 7, 16)]
    let terms = (2026..<2031).flatMap { year in
      halves.compactMap { half -> DayRange? in
        let start = half.0 < 8 ? year + 1 : year
        guard let first = Day(year: start, month: half.0, day: half.1),
          let last = Day(year: start, month: half.2, day: half.3)
        else { return nil }
        return DayRange(first: first.adding(days: shift), last: last.adding(days: shift))
      }
    }
    return SchoolCalendar(terms: terms)
  }
  static let thresholds = calendars.map { PenaltyNoticeThreshold(calendar: $0) }
  static let sessions = calendars.map { calendar in
    calendar.schoolDays.flatMap { day in Session.allCases.map { RegisterSession(day, $0) } }
  }
  static let counted = ["O", "U", "G", "N"].compactMap { AttendanceCode($0) }
  static let others = ["I", "M", "C"].compactMap { AttendanceCode($0) }
}
