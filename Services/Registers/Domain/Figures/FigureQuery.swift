public import Contracts
public import Rulebook
import SchoolFiles

/// Whose sessions a figure is of.
public enum FigureScope: Hashable, Sendable {
  case authority
  case school(URN)
  /// The schools of an area at each session's date.
  case cluster(String)
  case locality(String)
  /// All-through schools are split by year group.
  case phase(SchoolPhase)
  case pupil(PupilID)

  /// Reads `authority`, `school:900101`, `cluster:C1`, `locality:L1`, `phase:primary` or `pupil:p…`.
  public init?(_ text: String) {
    if text == "authority" {
      self = .authority
      return
    }
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, !parts[1].isEmpty, parts[1].utf8.count <= 100, !parts[1].hasControls else { return nil }
    switch parts[0] {
    case "school":
      guard let urn = try? URN(parts[1]) else { return nil }
      self = .school(urn)
    case "cluster": self = .cluster(parts[1])
    case "locality": self = .locality(parts[1])
    case "phase":
      guard let phase = SchoolPhase(rawValue: parts[1]) else { return nil }
      self = .phase(phase)
    case "pupil":
      guard let id = PupilID(parts[1]) else { return nil }
      self = .pupil(id)
    default: return nil
    }
  }

  /// As it is read.
  public var text: String {
    switch self {
    case .authority: "authority"
    case .school(let urn): "school:\(urn.text)"
    case .cluster(let code): "cluster:\(code)"
    case .locality(let code): "locality:\(code)"
    case .phase(let phase): "phase:\(phase.rawValue)"
    case .pupil(let id): "pupil:\(id.text)"
    }
  }
}

/// What a figure is split by.
public enum FigureGrouping: Hashable, Sendable {
  case none, school, cluster, locality, phase
  case yearGroup, sex
  /// Children who have the flag on the session's date, and the others.
  case flag(PupilFlag)
  /// One group; its reasons are the answer.
  case code
  case week, month

  private static let plain: [FigureGrouping] = [
    .none, .school, .cluster, .locality, .phase, .yearGroup, .sex, .code, .week, .month,
  ]

  /// Reads `none`, `school`, `year-group`, `flag:free-meals` and so on.
  public init?(_ text: String) {
    let flag = text.hasPrefix("flag:") ? PupilFlag(rawValue: String(text.dropFirst(5))) : nil
    guard let grouping = Self.plain.first(where: { $0.text == text }) ?? flag.map(Self.flag) else { return nil }
    self = grouping
  }

  /// As it is read.
  public var text: String {
    switch self {
    case .none: "none"
    case .school: "school"
    case .cluster: "cluster"
    case .locality: "locality"
    case .phase: "phase"
    case .yearGroup: "year-group"
    case .sex: "sex"
    case .flag(let flag): "flag:\(flag.rawValue)"
    case .code: "code"
    case .week: "week"
    case .month: "month"
    }
  }
}

/// Which children are in a figure (ATT-7). Every figure says which.
public enum FigureCohort: String, Hashable, Sendable, Codable, CaseIterable {
  /// Sessions of children of compulsory school age, at every school: for local casework.
  case local
  /// Children aged 5 to 15 at 31 August before the school year, in state-funded schools, without subsidiary
  /// registrations: for comparison with national figures.
  case national
  /// Every registered child at every age: a child's own record.
  case registered
}

/// One question: whose sessions, of which days, of which children, split by what.
public struct FigureQuery: Hashable, Sendable {
  public let scope: FigureScope
  public let period: DayRange
  public let grouping: FigureGrouping
  public let cohort: FigureCohort
  /// What every session is judged by.
  public let codes: CodeBook

  public init(
    scope: FigureScope, period: DayRange, grouping: FigureGrouping = .none, cohort: FigureCohort,
    codes: CodeBook = .england
  ) {
    self.scope = scope
    self.period = period
    self.grouping = grouping
    self.cohort = cohort
    self.codes = codes
  }
}

/// What the product has chosen where the rule leaves room; each with its name.
public enum FigureRules {
  /// ATT-9: below this many possible sessions a record is short.
  public static let shortRecord: Dated<Int> = [InForce(40, source: "ATT-9: fewer possible sessions are a short record")]
  /// ATT-7: ages at 31 August before the school year.
  public static let nationalAges: Dated<ClosedRange<Int>> = [
    InForce(5...15, source: "ATT-7: the ages of the national statistics")
  ]
  /// ATT-7: the kinds of school that are state-funded.
  public static let stateFunded: Dated<Set<SchoolKind>> = [
    InForce(
      Set(SchoolKind.allCases).subtracting([.independent]), source: "ATT-7: state-funded schools")
  ]
  /// I22: strictly above this share of possible sessions.
  public static let careTarget: Dated<AbsenceThreshold> = [
    InForce(AbsenceThreshold(parts: 95, outOf: 100), source: "I22: attendance above 95% of a child in care")
  ]
  /// I22: below this share the personal education plan needs an attendance target.
  public static let careAlert: Dated<AbsenceThreshold> = [
    InForce(
      AbsenceThreshold(parts: 90, outOf: 100), source: "I22: below 90% the personal education plan needs a target")
  ]
  /// I22: `min_sessions` of the adjusted figure.
  public static let careMinimumSessions: Dated<Int> = [
    InForce(40, source: "I22: the adjusted figure leaves shorter episodes out")
  ]

  /// How many possible sessions make a record that is not short (ATT-9).
  public static func shortRecordSessions(on day: Day) -> Int { shortRecord.value(on: day) }

  /// Whether persistent absence was measured otherwise in the year than it is here (ATT-10).
  public static func methodDiffers(on day: Day) -> Bool {
    AbsenceThreshold.persistent.inForce(on: day)?.value != AbsenceThreshold.persistent.last?.value
  }
}
