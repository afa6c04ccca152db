public import Contracts
public import Rulebook
import Seeded

/// A made-up child on a made-up school's roll.
public struct MadeUpPupil: Sendable, Hashable {
  /// Valid: the check letter fits, and the authority's number is in it.
  public let upn: UPN
  public let givenName: String
  public let familyName: String
  public let dateOfBirth: Day
  /// `R` for reception, then 1 to 11.
  public let yearGroup: String
  /// The first day on roll.
  public let enrolledOn: Day
  /// Children of one family share it, and the family name.
  public let family: Int
  /// How often the child is absent.
  public let habit: AbsenceHabit
}

/// A made-up school with its calendars and its roll.
public struct MadeUpSchool: Sendable {
  public let urn: URN
  public let name: String
  public let phase: SchoolPhase
  public let kind: SchoolKind
  /// One for each year of ``MadeUpCalendars/years``.
  public let calendars: [SchoolYear: SchoolCalendar]
  public internal(set) var pupils: [MadeUpPupil] = []
  /// Its place in the authority, from 0.
  public let number: Int

  /// The year groups it has: 0 for reception to 11.
  var yearGroups: ClosedRange<Int> {
    switch phase {
    case .primary, .nursery: 0...6
    case .secondary: 7...11
    default: 0...11
    }
  }
}

/// A made-up authority: schools, calendars, families. The same numbers give the same authority on every machine.
public struct MadeUpAuthority: Sendable {
  public let authority: AuthorityCode
  public let seed: UInt64
  public let schools: [MadeUpSchool]

  /// Limits of an authority's size.
  public static let schoolLimits = 1...600
  public static let pupilLimits = 1...400_000
  /// The school year in which the children are as old as their year group says.
  public static let schoolYear = SchoolYear(startYear: 2026)

  /// - Parameters:
  ///   - schools: within ``schoolLimits``.
  ///   - pupils: within ``pupilLimits``; spread over the schools by their phase and chance.
  public init(_ authority: AuthorityCode, schools: Int, pupils: Int, seed: UInt64) {
    precondition(Self.schoolLimits.contains(schools) && Self.pupilLimits.contains(pupils))
    self.authority = authority
    self.seed = seed
    var random = SeededGenerator(seed: seed, part: UInt64(authority.text) ?? 0)
    var made = (0..<schools).map { Self.school($0, of: schools, authority, &random) }
    let sizes = Self.sizes(of: made, pupils: pupils, &random)
    var roll = RollBuilder(authority: authority, schools: made, sizes: sizes, random: random)
    for (number, roll) in roll.build().enumerated() { made[number].pupils = roll }
    self.schools = made
  }

  /// How many children there are.
  public var pupilCount: Int { schools.reduce(0) { $0 + $1.pupils.count } }

  /// How large the schools of a phase are beside a primary school, on average.
  private static func weight(_ phase: SchoolPhase) -> Double {
    switch phase {
    case .secondary: 3.6
    case .special: 0.4
    default: 1
    }
  }

  private static func school(
    _ number: Int, of count: Int, _ authority: AuthorityCode, _ random: inout SeededGenerator
  ) -> MadeUpSchool {
    // Of forty schools one is special and seven are secondary, evenly spread; the second is always secondary.
    let phase: SchoolPhase = number % 40 == 39 ? .special : number % 6 == 1 ? .secondary : .primary
    let kind: SchoolKind = random.unit() < 0.45 ? .academy : .maintained
    let title =
      switch phase {
      case .secondary: kind == .academy ? "Academy" : "High School"
      case .special: "School"
      default: "Primary School"
      }
    let code = Int(authority.text) ?? 201
    let name = MadeUpNames.place(number + code)
    let base = 800_000 + (code - 201) * 250
    guard let urn = try? URN("\(base + number + 1)") else { preconditionFailure("the numbers have six digits") }
    return MadeUpSchool(
      urn: urn, name: "\(name) \(title)", phase: phase, kind: kind,
      calendars: MadeUpCalendars.calendars(&random), number: number)
  }

  /// Sizes by phase and chance; together exactly the pupils asked for.
  private static func sizes(
    of schools: [MadeUpSchool], pupils: Int, _ random: inout SeededGenerator
  ) -> [Int] {
    let weights = schools.map { weight($0.phase) * (0.6 + 0.8 * random.unit()) }
    let whole = weights.reduce(0, +)
    var sizes: [Int] = []
    var sum = 0.0
    var given = 0
    for weight in weights {
      sum += weight
      let upTo = Int((Double(pupils) * sum / whole).rounded())
      sizes.append(upTo - given)
      given = upTo
    }
    return sizes
  }
}
