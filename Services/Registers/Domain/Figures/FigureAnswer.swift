public import Contracts
public import Rulebook

/// One number as it leaves the service: a share, with what it is a share of.
public struct PublishedFigure: Codable, Hashable, Sendable {
  /// The indicator's number in the catalogue, for example `I01`.
  public let definition: String
  /// What it measures, where an indicator has several: `attendance`, `authorised`, `late-before` and so on.
  public let measure: String
  /// Absent when suppressed.
  public let numerator: Int?
  public let denominator: Int?
  /// To one decimal, half up (ATT-5); absent without a denominator (ATT-4) and when either is suppressed.
  public let percent: String?
  /// Whether small numbers keep something back (ATT-8).
  public let suppressed: Bool

  init(_ definition: String, _ measure: String, _ numerator: Masked, of denominator: Masked) {
    self.definition = definition
    self.measure = measure
    self.numerator = numerator.shown
    self.denominator = denominator.shown
    suppressed = numerator.isHidden || denominator.isHidden
    percent = suppressed ? nil : Statistics.percent(numerator.value, of: denominator.value)
  }
}

/// A count and whether it is kept back.
struct Masked {
  let value: Int
  let isHidden: Bool
  var shown: Int? { isHidden ? nil : value }

  init(_ value: Int, hidden: Bool = false) {
    self.value = value
    isHidden = hidden
  }
}

/// I03: the sessions of one code, over possible sessions.
public struct PublishedReason: Codable, Hashable, Sendable {
  public let code: AttendanceCode
  public let figure: PublishedFigure
  /// Its mornings and afternoons; kept back when either is small and small numbers are.
  public let mornings: Int?
  public let afternoons: Int?
}

/// The figures of one group.
public struct PublishedGroup: Codable, Hashable, Sendable {
  /// What the group is: a URN, an area, a year group, a Monday; empty for those that belong to none, and for the total.
  public let key: String
  /// Enrolments with a possible session; absent when suppressed.
  public let enrolments: Int?
  /// Those with fewer possible sessions than the figures need to mean much (ATT-9); absent where small numbers are kept
  /// back.
  public let shortRecords: Int?
  public let figures: [PublishedFigure]
  /// Where small numbers are kept back, of the total only.
  public let reasons: [PublishedReason]
}

/// The answer to a question about figures. Period, cohort and moment are those of every figure in it.
public struct FigureAnswer: Codable, Hashable, Sendable {
  /// The threshold of persistent absence that applies.
  public struct Threshold: Codable, Hashable, Sendable {
    public let parts: Int
    public let outOf: Int
    public let source: String
  }

  public let scope: String
  public let from: Day
  public let to: Day
  /// `days`, `half-term`, `term`, `year-to-date` or `year`.
  public let period: String
  public let groupBy: String
  public let cohort: FigureCohort
  /// The registers as they stood then.
  public let asOf: Timestamp
  /// Whether small numbers are kept back (ATT-8).
  public let suppressed: Bool
  /// `persistence-needs-a-longer-period` and `persistence-is-of-one-school-year` (ATT-9), `method-differs` (ATT-10), `codes-changed` (a new table of codes began within the period).
  public let notes: [String]
  public let persistentThreshold: Threshold?
  public let total: PublishedGroup
  public let groups: [PublishedGroup]

  /// - Parameter suppress: whether small numbers are kept back.
  public init(_ table: FigureTable, period: String, asOf: Timestamp, suppress: Bool) {
    let query = table.query
    let small = SmallNumbers.range(on: query.period.last)
    let mask = suppress ? FigureMask(table, small: small) : nil
    let day = query.period.first
    var notes: [String] = []
    if SchoolYear(containing: day) != SchoolYear(containing: query.period.last) {
      notes.append("persistence-is-of-one-school-year")
    } else if !table.persistenceMeans {
      notes.append("persistence-needs-a-longer-period")
    }
    if FigureRules.methodDiffers(on: day) { notes.append("method-differs") }
    let isOneScheme = query.codes.isOneTable(query.period)
    if !isOneScheme { notes.append("codes-changed") }
    let show = Show(
      withPersistence: table.persistenceMeans, withReasons: isOneScheme || !suppress,
      late: [.lateBeforeClose, .lateAfterClose].map { query.codes.codes($0, in: query.period) }, small: small)
    scope = query.scope.text
    from = query.period.first
    to = query.period.last
    self.period = period
    groupBy = query.grouping.text
    cohort = query.cohort
    self.asOf = asOf
    suppressed = suppress
    self.notes = notes
    persistentThreshold = AbsenceThreshold.persistent.inForce(on: day).map {
      Threshold(parts: $0.value.parts, outOf: $0.value.outOf, source: $0.source)
    }
    total = show.group(table.total, mask?.total, isGroup: false)
    groups = table.groups.enumerated().map { place, group in
      show.group(group, mask?.groups[place], isGroup: true)
    }
  }

  /// Writes groups down.
  private struct Show {
    let withPersistence: Bool
    let withReasons: Bool
    /// The codes for late before and after the register closed.
    let late: [Set<AttendanceCode>]
    let small: ClosedRange<Int>

    func group(_ group: FigureGroup, _ mask: FigureMask.Line?, isGroup: Bool) -> PublishedGroup {
      let isCoded = withReasons && !(mask != nil && isGroup) && !(mask?.isWithoutReasons ?? false)
      let hidden = mask ?? FigureMask.Line()
      let s = group.statistics
      let possible = Masked(s.possible, hidden: hidden.possible)
      let present = Masked(s.present, hidden: hidden.present)
      let counted = Masked(group.counted, hidden: hidden.counted)
      var figures = [
        PublishedFigure("I01", "attendance", present, of: possible),
        PublishedFigure("I02", "absence", Masked(s.absent, hidden: hidden.absent), of: possible),
        PublishedFigure("I02", "authorised", Masked(s.authorised, hidden: hidden.authorised), of: possible),
        PublishedFigure("I02", "unauthorised", Masked(s.unauthorised, hidden: hidden.unauthorised), of: possible),
      ]
      if withPersistence {
        figures.append(
          PublishedFigure(
            "I04", "persistent-absence", Masked(group.persistent, hidden: hidden.persistent), of: counted))
        figures.append(
          PublishedFigure("I05", "severe-absence", Masked(group.severe, hidden: hidden.severe), of: counted))
      }
      if isCoded {
        figures.append(
          PublishedFigure(
            "I06", "late-before", Masked(s.lateBeforeClose, hidden: isHidden(late[0], hidden)),
            of: Masked(s.attending, hidden: hidden.attending)))
        figures.append(
          PublishedFigure("I06", "late-after", Masked(s.lateAfterClose, hidden: isHidden(late[1], hidden)), of: present)
        )
      }
      return PublishedGroup(
        key: group.key, enrolments: counted.shown, shortRecords: mask == nil ? group.shortRecords : nil,
        figures: figures,
        reasons: isCoded ? reasons(group, mask, possible) : [])
    }

    private func isHidden(_ codes: Set<AttendanceCode>, _ mask: FigureMask.Line) -> Bool {
      mask.isWhole || !mask.codes.isDisjoint(with: codes)
    }

    private func reasons(
      _ group: FigureGroup, _ mask: FigureMask.Line?, _ possible: Masked
    ) -> [PublishedReason] {
      group.codes.map { (code: $0.code, sessions: group.possible($0.code)) }.filter { $0.sessions.sessions > 0 }.map {
        code, sessions in
        let isHidden = mask.map { $0.isWhole || $0.codes.contains(code) } ?? false
        let areHalvesSmall =
          mask != nil
          && [sessions.am, sessions.pm].contains { small.contains($0) }
        let withHalves = !isHidden && !areHalvesSmall
        return PublishedReason(
          code: code,
          figure: PublishedFigure("I03", "reason", Masked(sessions.sessions, hidden: isHidden), of: possible),
          mornings: withHalves ? sessions.am : nil, afternoons: withHalves ? sessions.pm : nil)
      }
    }
  }
}
