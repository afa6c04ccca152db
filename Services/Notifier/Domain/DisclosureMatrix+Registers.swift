public import Contracts
import Rulebook
import Schemas

// What the registers publish: who may know of it, and what they are told.

extension DisclosureMatrix {
  static let registers: [Row] = [
    // The school is not told: it recorded the absence itself.
    Row(
      source: "disclosure table, N01", events: finding(UnexplainedAbsence.self),
      bases: [.educationDuty, .safeguarding],
      cells: [socialCare(.attendance, .openCase), youthJustice(.attendance), virtualSchool(.attendance)]),
    Row(
      source: "disclosure table, N02", events: finding(TenDayAbsence.self) + finding(TwentyDayAbsence.self),
      bases: [.educationDuty],
      cells: [
        school(.reasons), socialCare(.attendance, .openCase), youthJustice(.attendance), virtualSchool(.reasons),
        earlyHelp(.attendance),
      ]),
    Row(
      source: "disclosure table, N03", events: finding(FifteenDaySickness.self),
      bases: [.educationDuty, .specialCategory],
      cells: [school(.reasons), health(.identity, .medicalPlan), virtualSchool(.reasons)]),
    // A receipt. The partners of these rows are told of the finding that the return answers, and the event does not say
    // whose concern the child is.
    Row(
      source: "disclosure table, N02, N03 and N13", events: [ReturnFiled.self], bases: [.educationDuty],
      cells: [school(.reasons)]),
    Row(
      source: "disclosure table, N13", events: [PupilLeft.self], bases: [.educationDuty],
      cells: [
        school(.reasons), socialCare(.attendance, .openCase), virtualSchool(.reasons),
        otherAuthority(.reasons),
      ]),
    Row(
      source: "disclosure table, N14", events: finding(PartTimeSixWeeks.self) + finding(PartTimeTwelveWeeks.self),
      bases: [.educationDuty],
      cells: [
        school(.reasons), socialCare(.reasons, .openCase), health(.identity, nil), youthJustice(.attendance),
        virtualSchool(.reasons), earlyHelp(.attendance),
      ]),
    Row(
      source: "disclosure table, N15", events: finding(SevereAbsence.self), bases: [.educationDuty],
      cells: [
        school(.attendance), socialCare(.attendance, nil), youthJustice(.attendance), virtualSchool(.reasons),
        earlyHelp(.attendance),
      ]),
    Row(
      source: "the product's own: no row in the disclosure table", events: finding(PersistentAbsence.self),
      bases: [.educationDuty], cells: [school(.attendance)]),
    Row(
      source: "disclosure table, N21", events: [CompulsorySchoolAgeReached.self, CompulsorySchoolAgeEnded.self],
      bases: [.educationDuty],
      cells: [
        school(.attendance), socialCare(.attendance, .openCase), youthJustice(.attendance), virtualSchool(.reasons),
        earlyHelp(.attendance),
      ]),
    // No child in it: the level counts the school's own day and session.
    Row(
      source: "the product's own: no row in the disclosure table",
      events: [RegisterMissing.self, RegisterReceived.self, RegisterMissingLapsed.self],
      bases: [.educationDuty], cells: [school(.attendance)]),
  ]
}

// MARK: - Findings of the registers

extension Found: Reportable {
  public static var tellsConcerns: Bool { true }
  public static var isToldAgain: Bool { true }

  public var report: Report {
    var facts: [DisclosedField: JSONValue] = [
      .finding: .string(finding), .since: .string(since.iso), .on: .string(on.iso), .count: .integer(count),
      .rule: ruleValue(rule.id, rule.source, rule.inForceFrom),
    ]
    facts[.session] = session.map { .string($0.rawValue) }
    facts[.outOf] = outOf.map { .integer($0) }
    return Report(
      type: Self.type, pupil: pupil, school: school, matter: "registers/\(finding)", concerns: concerns, facts: facts)
  }
}

extension Lapsed: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, course: .withdraws, matter: "registers/\(finding)",
      concerns: concerns, facts: [.finding: .string(finding), .on: .string(on.iso)])
  }
}

// MARK: - Returns, leaving and school age

extension ReturnFiled: Reportable {
  public var report: Report {
    var facts: [DisclosedField: JSONValue] = [
      .returnKind: .string(kind.rawValue), .filedOn: .string(filedOn.iso),
    ]
    facts[.dueOn] = dueOn.map { .string($0.iso) }
    facts[.finding] = finding.map { .string($0) }
    return Report(type: Self.type, pupil: pupil, school: school, facts: facts)
  }
}

extension PupilLeft: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    var facts: [DisclosedField: JSONValue] = [.leftOn: .string(leftOn.iso)]
    facts[.ground] = ground.map { .string($0.rawValue) }
    facts[.destinationKnown] = destinationKnown.map { .bool($0) }
    return Report(type: Self.type, pupil: pupil, school: school, concerns: concerns, facts: facts)
  }
}

extension SchoolAgeEvent: Reportable {
  public var report: Report {
    Report(type: Self.type, pupil: pupil, school: school, facts: [.on: .string(on.iso)])
  }
}

// MARK: - Registers, without a child

extension RegisterEvent: Reportable {
  public var report: Report {
    Report(
      type: Self.type, pupil: nil, school: school, course: Self.type == RegisterMissing.type ? .begins : .withdraws,
      matter: "registers/register/\(school.text)/\(date.iso)/\(session.rawValue)",
      facts: [.date: .string(date.iso), .session: .string(session.rawValue)])
  }
}
