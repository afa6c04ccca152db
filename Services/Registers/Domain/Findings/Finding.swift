public import Contracts
public import Rulebook

/// Something that is true of one registration in one school year by its marks.
public struct Finding: Hashable, Sendable {
  public let kind: FindingKind
  /// What tells it from others of its kind in the year: the day of an unexplained absence, the first day of a run or a
  /// spell, 0 where there can be one only.
  public let occasion: Int32
  /// The first day that counts toward it.
  public let since: Day
  /// The day on which it became true.
  public let on: Day
  /// The last day that belongs to it.
  public let through: Day
  public let session: Session?
  /// School days, sessions missed or elapsed days, by kind.
  public let count: Int
  /// The possible sessions, where it is a share of them.
  public let outOf: Int?

  public init(
    _ kind: FindingKind, occasion: Int32, since: Day, on: Day, through: Day, session: Session? = nil, count: Int,
    outOf: Int? = nil
  ) {
    self.kind = kind
    self.occasion = occasion
    self.since = since
    self.on = on
    self.through = through
    self.session = session
    self.count = count
    self.outOf = outOf
  }
}

/// A finding that was raised and has not lapsed.
public struct OpenFinding: Hashable, Sendable {
  /// Its number in the store.
  public let number: Int64
  public let kind: FindingKind
  public let occasion: Int32
  public let since: Day
  public let on: Day

  public init(number: Int64, kind: FindingKind, occasion: Int32, since: Day, on: Day) {
    self.number = number
    self.kind = kind
    self.occasion = occasion
    self.since = since
    self.on = on
  }

  /// Whether what is found now is what was found then. A run that a correction lengthens at either end is the same run.
  func isSame(as finding: Finding) -> Bool {
    guard kind == finding.kind else { return false }
    return kind.isOfRun ? since <= finding.through && finding.since <= on : occasion == finding.occasion
  }
}

/// What has to be said when what was found before is held against what is true now.
public struct FindingDifference: Hashable, Sendable {
  public let raised: [Finding]
  public let lapsed: [OpenFinding]

  /// Each open finding answers for one that is true now at most, and the other way round.
  public init(open: [OpenFinding], now: [Finding]) {
    var rest = open
    var raised: [Finding] = []
    for finding in now {
      if let same = rest.firstIndex(where: { $0.isSame(as: finding) }) {
        rest.remove(at: same)
      } else {
        raised.append(finding)
      }
    }
    self.raised = raised
    lapsed = rest
  }

  public var isEmpty: Bool { raised.isEmpty && lapsed.isEmpty }
}
