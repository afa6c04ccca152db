import Rulebook
import Seeded

/// How often a child is absent, and as what kind of pupil.
public struct AbsenceHabit: Sendable, Hashable {
  /// The share of possible sessions that the child is expected to miss, from 0 to 1.
  public let rate: Double
  /// Whether the child misses ten per cent or more: persistently absent.
  public var isPersistent: Bool { rate >= 0.10 }

  public init(rate: Double) { self.rate = rate }

  /// One child in five is persistently absent; all together miss about seven per cent.
  init(_ random: inout SeededGenerator) {
    let (a, b) = (random.unit(), random.unit())
    // The mean of two numbers lies around the middle: most children miss three or four per cent, few none or seven. Long
    // spells carry some of them over the tenth, which is why fewer than a fifth are meant to be beyond it.
    // The smaller of two lies low: most of the persistently absent miss little more than the tenth.
    rate = random.unit() < 0.195 ? 0.12 + 0.22 * min(a, b) : 0.004 + 0.062 * (a + b) / 2
  }
}

/// A spell of absence: consecutive sessions with one code.
struct Spell {
  let code: AttendanceCode
  /// Of all sessions missed, the share with this code, for a regular and a persistently absent child.
  let share: (regular: Double, persistent: Double)
  /// How many sessions it lasts.
  let sessions: ClosedRange<Int>

  /// Made up in the proportions of published national statistics: illness is more than half of all absence, and
  /// unauthorised absence lies mostly with those who are often absent.
  static let all: [Spell] = [
    Spell("I", 0.63, 0.44, 1...8), Spell("M", 0.11, 0.05, 1...1), Spell("C", 0.05, 0.04, 1...4),
    Spell("R", 0.015, 0.01, 2...2), Spell("E", 0.005, 0.04, 2...8), Spell("O", 0.06, 0.30, 1...3),
    Spell("G", 0.10, 0.04, 4...10), Spell("U", 0.02, 0.06, 1...1), Spell("N", 0.01, 0.02, 1...2),
  ]

  private init(_ code: String, _ regular: Double, _ persistent: Double, _ sessions: ClosedRange<Int>) {
    self.code = Codes.code(code)
    share = (regular, persistent)
    self.sessions = sessions
  }

  private var meanSessions: Double { Double(sessions.lowerBound + sessions.upperBound) / 2 }

  /// How often each spell begins, so that the sessions have the shares above.
  static func weights(isPersistent: Bool) -> [Double] {
    all.map { (isPersistent ? $0.share.persistent : $0.share.regular) / $0.meanSessions }
  }

  /// The mean length of a spell, in sessions.
  static func meanSessions(isPersistent: Bool) -> Double {
    let weights = weights(isPersistent: isPersistent)
    return zip(all, weights).reduce(0) { $0 + $1.0.meanSessions * $1.1 } / weights.reduce(0, +)
  }
}

/// The codes that made-up registers use.
enum Codes {
  static let present = [code("/"), code("\\")]
  static let late = code("L")
  static let offSite = code("B")
  static let visit = code("V")

  static func code(_ text: String) -> AttendanceCode {
    guard let code = AttendanceCode(text) else { preconditionFailure("the table has codes") }
    return code
  }
}

/// A child's made-up year: one code a session.
struct MadeUpYear {
  private static let weights = [false, true].map { Spell.weights(isPersistent: $0) }
  private static let means = [false, true].map { Spell.meanSessions(isPersistent: $0) }

  /// The codes of the sessions, in order.
  ///
  /// - Parameter sessions: which session of the day each is.
  static func codes(_ habit: AbsenceHabit, sessions: [Session], random: inout SeededGenerator) -> [AttendanceCode] {
    let kind = habit.isPersistent ? 1 : 0
    // A spell of the mean length begins so often that the expected share is missed.
    let begins = habit.rate / (means[kind] * (1 - habit.rate))
    var codes: [AttendanceCode] = []
    codes.reserveCapacity(sessions.count)
    while codes.count < sessions.count {
      guard random.unit() < begins else {
        codes.append(present(sessions[codes.count], &random))
        continue
      }
      let spell = Spell.all[random.pick(weights: weights[kind])]
      for _ in 0..<min(random.within(spell.sessions), sessions.count - codes.count) { codes.append(spell.code) }
    }
    return codes
  }

  /// A mark of a child who is there: now and then late, or with the school elsewhere.
  private static func present(_ session: Session, _ random: inout SeededGenerator) -> AttendanceCode {
    let chance = random.unit()
    if chance < 0.012 { return Codes.late }
    if chance < 0.018 { return Codes.visit }
    if chance < 0.021 { return Codes.offSite }
    return Codes.present[session.index]
  }
}
