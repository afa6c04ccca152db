public import Rulebook

/// What a figure means: what it counts, over what, and by which rules.
public struct FigureDefinition: Codable, Hashable, Sendable {
  /// A number of the law or of this product that the figure depends on, with the days on which it applies.
  public struct Rule: Codable, Hashable, Sendable {
    public let value: String
    public let source: String
    public let inForceFrom, inForceTo: Day?

    init<Value>(_ rule: InForce<Value>, _ value: (Value) -> String) {
      self.value = value(rule.value)
      source = rule.source
      inForceFrom = rule.from
      inForceTo = rule.to
    }
  }

  /// The indicator's number and measure, as in every ``PublishedFigure``.
  public let definition, measure: String
  public let numerator, denominator: String
  public let rules: [Rule]
}

/// Every figure that the registers give.
public enum FigureCatalogue {
  public static let all: [FigureDefinition] = [
    .init("I01", "attendance", "sessions present or at an approved educational activity", of: possible),
    .init("I02", "absence", "sessions of authorised and unauthorised absence", of: possible),
    .init("I02", "authorised", "sessions of authorised absence", of: possible),
    .init("I02", "unauthorised", "sessions of unauthorised absence", of: possible),
    .init("I03", "reason", "sessions of one code", of: possible),
    .init(
      "I04", "persistent-absence", "enrolments that missed the share of their possible sessions, or more",
      of: enrolments,
      shares(AbsenceThreshold.persistent) + short),
    .init(
      "I05", "severe-absence", "enrolments that missed the share of their possible sessions, or more", of: enrolments,
      shares(AbsenceThreshold.severe) + short),
    .init("I06", "late-before", "sessions late, before the register closed", of: "sessions attending"),
    .init("I06", "late-after", "sessions late, after the register closed", of: "sessions present"),
    .init(
      "I20", "missing-out-on-education", "children on a part-time timetable for longer than this", of: "none: a count",
      FindingRules.partTimeMissingOut.map { .init($0) { "more than \($0) elapsed days" } }),
    .init(
      "I22", "headline", "children in care whose attendance is above the share", of: "children with a possible session",
      shares(FigureRules.careTarget)),
    .init(
      "I22", "adjusted", "the same of those with enough possible sessions",
      of: "children with at least that many possible sessions",
      shares(FigureRules.careTarget)
        + FigureRules.careMinimumSessions.map { .init($0) { "at least \($0) possible sessions" } }),
  ]

  private static let possible = "possible sessions: present, and absent with authority or without"
  private static let enrolments = "enrolments with a possible session"
  private static let short: [FigureDefinition.Rule] = FigureRules.shortRecord.map {
    .init($0) { "a record of fewer than \($0) possible sessions is short" }
  }

  private static func shares(_ thresholds: Dated<AbsenceThreshold>) -> [FigureDefinition.Rule] {
    thresholds.map { .init($0) { "\($0.parts) of \($0.outOf)" } }
  }
}

extension FigureDefinition {
  fileprivate init(
    _ definition: String, _ measure: String, _ numerator: String, of denominator: String, _ rules: [Rule] = []
  ) {
    self.definition = definition
    self.measure = measure
    self.numerator = numerator
    self.denominator = denominator
    self.rules = rules
  }
}
