import Letters
import LicensingDomain
import Rulebook

/// The performance licence itself.
struct PerformanceLicenceLetter: Letter {
  let child: String
  let born: Day
  let holder: String
  let production: String
  let part: String
  let place: String
  let from: Day
  let until: Day
  let days: [TimesRow]
  /// Chaperones with their numbers, and the child's parent where the parent is in charge.
  let inCharge: [String]
  let education: String
  let earnings: String
  /// What the authority adds for this child.
  let conditions: [String]

  static let id = "licensing.performance-licence"

  private static let source = "SI 2014/3309 regs 9 and 10"

  static let particulars: [Particular<Self>] = [
    .text("childName", source) { $0.child }, .text("dateOfBirth", source) { $0.born.inWords },
    .text("holder", source) { $0.holder }, .text("production", source) { $0.production },
    .text("part", source) { $0.part }, .text("place", source) { $0.place },
    .list("days", source, atLeast: 1, of: \.days, TimesRow.parts),
    .lines("chaperones", of: "chaperone", "SI 2014/3309 reg 15") { $0.inCharge },
    .text("education", "SI 2014/3309 reg 13") { $0.education },
    .text("earnings", "Children and Young Persons Act 1963 s39(5)") { $0.earnings },
    .list("added", source, of: \.conditions, [.text("condition", source) { $0 }]), .statement("photograph", source),
    .statement("conditions", "SI 2014/3309 Parts 4 and 5"), .statement("records", "SI 2014/3309 reg 11"),
  ]

  static let template = """
    id: licensing.performance-licence
    version: 2
    title: Licence for a child to perform
    ---
    <p>{{childName}}, born on {{dateOfBirth}}, may take part in {{production}} as {{part}} at {{place}}. The holder of this
    licence is {{holder}}.</p>
    <table><caption>Days and times at the place</caption><tbody>
    {{#days}}<tr><th scope="row">{{when}}</th><td>{{times}}</td></tr>{{/days}}
    </tbody></table>
    <p>In charge of the child:</p><ul>{{#chaperones}}<li>{{chaperone}}</li>{{/chaperones}}</ul>
    <dl><dt>Education</dt><dd>{{education}}</dd><dt>Earnings</dt><dd>{{earnings}}</dd></dl>
    <ul>{{#added}}<li>{{condition}}</li>{{/added}}</ul>
    {{#photograph}}<p>This licence is valid with the photograph of the child that we have stamped on it.</p>{{/photograph}}
    {{#conditions}}<p>The hours, breaks and rest of the Regulations of 2014 are conditions of this licence.</p>{{/conditions}}
    {{#records}}<p>Keep a record of each day for six months, and show it and this licence to an officer who asks.</p>{{/records}}
    """
}

extension PerformanceLicenceLetter: ProvenLetter {
  var proof: Proof { Proof(from: from, until: until, conditions: days) }
}

/// A licence is refused, varied or revoked.
struct LicenceDecisionLetter: Letter {
  let decision: String
  let child: String
  let production: String
  let ground: String
  let rules: [RuleRow]
  let on: Day

  static let id = "licensing.licence-decision"

  private static let source = "Children and Young Persons Act 1963 s37(4) and s39"

  static let particulars: [Particular<Self>] = [
    .text("decision", source) { $0.decision }, .text("childName", source) { $0.child },
    .text("production", source) { $0.production }, .text("ground", source) { $0.ground },
    .text("decidedOn", source) { $0.on.inWordsWithWeekday }, .list("rules", source, of: \.rules, RuleRow.parts),
    .statement("appeal", "Children and Young Persons Act 1963 s37(6)"),
  ]

  static let template = """
    id: licensing.licence-decision
    version: 1
    title: Decision about a licence to perform
    ---
    <p>On {{decidedOn}} we decided about the licence of {{childName}} for {{production}}: {{decision}}.</p>
    <p>Our ground: {{ground}}.</p>
    <ul>{{#rules}}<li>{{ruleWords}} {{ruleFix}} Rule {{ruleId}}: {{ruleSource}}.</li>{{/rules}}</ul>
    {{#appeal}}<p>You can appeal against this decision to the magistrates’ court.</p>{{/appeal}}
    """
}

/// No licence is needed.
struct ExemptionLetter: Letter {
  let child: String
  let production: String
  let ground: String
  let days: [String]
  /// The earlier days that were counted; `nil` where the ground is not the four-day rule.
  let counted: [String]?

  static let id = "licensing.exemption"

  private static let source = "Children and Young Persons Act 1963 s37(2) and (3)"

  static let particulars: [Particular<Self>] = [
    .text("childName", source) { $0.child }, .text("production", source) { $0.production },
    .text("ground", source) { $0.ground },
    .list("days", source, atLeast: 1, of: \.days, [.text("day", source) { $0 }]),
    .group(
      "fourDays", "Children and Young Persons Act 1963 s37(3)(a)", of: \.counted,
      [
        .list("counted", source, of: { $0 }, [.text("countedDay", source) { $0 }]),
        .statement("hours", "SI 2014/3309 Part 4"),
      ]),
    .statement("unpaid", "Children and Young Persons Act 1963 s37(3)"),
  ]

  static let template = """
    id: licensing.exemption
    version: 2
    title: No licence is needed
    ---
    <p>{{childName}} needs no licence for {{production}} on the days below. The ground: {{ground}}.</p>
    <ul>{{#days}}<li>{{day}}</li>{{/days}}</ul>
    {{#fourDays}}
    <p>The earlier days that we counted:</p><ul>{{#counted}}<li>{{countedDay}}</li>{{/counted}}{{^counted}}<li>none</li>{{/counted}}</ul>
    {{#hours}}<p>The hours, breaks and rest of regulations 20 to 24 of the Regulations of 2014 count all the same.</p>{{/hours}}
    {{/fourDays}}
    {{#unpaid}}<p>The child must not be paid beyond expenses. Whoever pays the child needs a licence.</p>{{/unpaid}}
    """
}
