import Letters
import LicensingDomain
import Rulebook

/// A row of hours or days in a letter.
struct TimesRow: Codable, Sendable {
  let when: String
  let times: String

  static let parts: [Particular<TimesRow>] = [
    .text("when", "SI 2014/3309 Sch 2; model byelaws 1998") { $0.when },
    .text("times", "SI 2014/3309 Sch 2; model byelaws 1998") { $0.times },
  ]
}

/// A rule that is broken, as letters show it.
struct RuleRow: Sendable {
  let id: String
  let words: String
  let fix: String
  let source: String

  static let parts: [Particular<RuleRow>] = [
    .text("ruleId", "LIC-24") { $0.id }, .text("ruleWords", "LIC-24") { $0.words },
    .text("ruleFix", "LIC-24") { $0.fix }, .text("ruleSource", "LIC-24") { $0.source },
  ]
}

/// The work permit itself.
struct WorkPermitLetter: Letter {
  let child: String
  let born: Day
  let employer: String
  let place: String
  let work: String
  let hours: [TimesRow]
  /// The limits in force for the child's age.
  let limits: [TimesRow]
  let byelaws: String
  let authority: String
  let from: Day
  let until: Day

  static let id = "licensing.work-permit"

  private static let source = "model byelaws 1998"

  static let particulars: [Particular<Self>] = [
    .text("childName", source) { $0.child }, .text("dateOfBirth", source) { $0.born.inWords },
    .text("employer", source) { $0.employer }, .text("place", source) { $0.place },
    .text("work", source) { $0.work },
    .list("hours", source, atLeast: 1, of: \.hours, TimesRow.parts),
    .list(
      "hoursAllowed", "Children and Young Persons Act 1933 s18", atLeast: 1, of: \.limits,
      [.text("limited", source) { $0.when }, .text("limit", source) { $0.times }]),
    .text("byelaws", source) { $0.byelaws }, .text("authority", source) { $0.authority },
    .text("firstDay", source) { $0.from.inWordsWithWeekday },
    .text("lastDay", source) { $0.until.inWordsWithWeekday },
    .statement("limits", "Children and Young Persons Act 1933 s18"), .statement("produce", source),
  ]

  static let template = """
    id: licensing.work-permit
    version: 2
    title: Work permit
    ---
    <p>{{employer}} may employ {{childName}}, born on {{dateOfBirth}}, from {{firstDay}} to {{lastDay}}.</p>
    <dl><dt>Place</dt><dd>{{place}}</dd><dt>Work</dt><dd>{{work}}</dd></dl>
    <table><caption>Days and hours</caption><tbody>
    {{#hours}}<tr><th scope="row">{{when}}</th><td>{{times}}</td></tr>{{/hours}}
    </tbody></table>
    {{#limits}}<p>No other work, and no other days or hours, are permitted. A change needs an amended permit first.</p>{{/limits}}
    <table><caption>The limits for the child’s age on the day of this permit</caption><tbody>
    {{#hoursAllowed}}<tr><th scope="row">{{limited}}</th><td>{{limit}}</td></tr>{{/hoursAllowed}}
    </tbody></table>
    <p>The limits are those of section 18 of the Children and Young Persons Act 1933 and of: {{byelaws}}. The authority of the place of work: {{authority}}.</p>
    {{#produce}}<p>Show this permit to an officer of the authority or of the police who asks for it.</p>{{/produce}}
    """
}

extension WorkPermitLetter: ProvenLetter {
  var proof: Proof { Proof(from: from, until: until, conditions: hours) }
}

/// The hours of a permit, for the child's school: neither the work nor the employer is in it.
struct WorkPermitHoursLetter: Letter {
  let child: String
  let hours: [TimesRow]
  let from: Day
  let until: Day

  static let id = "licensing.work-permit-hours"

  private static let source = "model byelaws 1998"

  static let particulars: [Particular<Self>] = [
    .text("childName", source) { $0.child }, .list("hours", source, atLeast: 1, of: \.hours, TimesRow.parts),
    .text("firstDay", source) { $0.from.inWordsWithWeekday }, .text("lastDay", source) { $0.until.inWordsWithWeekday },
    .statement("tell", "LIC-20"),
  ]

  static let template = """
    id: licensing.work-permit-hours
    version: 1
    title: Hours in which a pupil may work
    ---
    <p>{{childName}} has a work permit from {{firstDay}} to {{lastDay}} for these days and hours:</p>
    <table><caption>Days and hours</caption><tbody>
    {{#hours}}<tr><th scope="row">{{when}}</th><td>{{times}}</td></tr>{{/hours}}
    </tbody></table>
    {{#tell}}<p>Tell us if the pupil works at other times, or if the work harms the pupil’s health, welfare or education.</p>{{/tell}}
    """
}

/// A permit is refused, amended, suspended or revoked.
struct WorkPermitDecisionLetter: Letter {
  let decision: String
  let child: String
  let employer: String
  let ground: String?
  let rules: [RuleRow]
  let on: Day

  static let id = "licensing.work-permit-decision"

  private static let source = "model byelaws 1998"

  static let particulars: [Particular<Self>] = [
    .text("decision", source) { $0.decision }, .text("childName", source) { $0.child },
    .text("employer", source) { $0.employer }, .text("decidedOn", source) { $0.on.inWordsWithWeekday },
    .group("ground", source, of: \.ground, [.text("groundWords", source) { $0 }]),
    .list("rules", source, of: \.rules, RuleRow.parts), .statement("complaint", "LIC-22"),
  ]

  static let template = """
    id: licensing.work-permit-decision
    version: 1
    title: Decision about a work permit
    ---
    <p>On {{decidedOn}} we decided about the work permit of {{childName}} with {{employer}}: {{decision}}.</p>
    {{#ground}}<p>Our ground: {{groundWords}}.</p>{{/ground}}
    <ul>{{#rules}}<li>{{ruleWords}} {{ruleFix}} Rule {{ruleId}}: {{ruleSource}}.</li>{{/rules}}</ul>
    {{#complaint}}<p>If you think this is wrong, write to us and ask for the decision to be looked at again as a complaint.</p>{{/complaint}}
    """
}

/// A permit is under review: without any figure of attendance.
struct WorkPermitReviewLetter: Letter {
  let child: String
  let employer: String
  let reviewBy: Day

  static let id = "licensing.work-permit-review"

  static let particulars: [Particular<Self>] = [
    .text("childName", "model byelaws 1998") { $0.child }, .text("employer", "model byelaws 1998") { $0.employer },
    .text("reviewBy", "LIC-20") { $0.reviewBy.inWordsWithWeekday }, .statement("meanwhile", "LIC-20"),
  ]

  static let template = """
    id: licensing.work-permit-review
    version: 1
    title: Review of a work permit
    ---
    <p>We are reviewing the work permit of {{childName}} with {{employer}}, and will decide by {{reviewBy}}.</p>
    {{#meanwhile}}<p>The permit counts until we have told you our decision. You can write to us before that day.</p>{{/meanwhile}}
    """
}

/// What an application lacks.
struct MissingItemsLetter: Letter {
  let application: String
  let items: [String]
  let by: Day

  static let id = "licensing.missing-items"

  static let particulars: [Particular<Self>] = [
    .text("application", "SI 2014/3309 Sch 2; model byelaws 1998") { $0.application },
    .list(
      "items", "SI 2014/3309 Sch 2; model byelaws 1998", atLeast: 1, of: \.items,
      [.text("item", "SI 2014/3309 Sch 2; model byelaws 1998") { $0 }]),
    .text("answerBy", "SI 2014/3309 Sch 2; model byelaws 1998") { $0.by.inWordsWithWeekday },
    .statement("wait", "LIC-22"),
  ]

  static let template = """
    id: licensing.missing-items
    version: 1
    title: Your application is not complete
    ---
    <p>Your application for {{application}} lacks the following. Send us all of it by {{answerBy}}.</p>
    <ul>{{#items}}<li>{{item}}</li>{{/items}}</ul>
    {{#wait}}<p>We cannot decide before the application is complete. We list what is missing once.</p>{{/wait}}
    """
}
