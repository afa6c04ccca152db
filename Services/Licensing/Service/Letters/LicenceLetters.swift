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
  let chaperones: [String]

  static let id = "licensing.performance-licence"

  private static let source = "SI 2014/3309 regs 9 and 10"

  static let particulars: [Particular<Self>] = [
    .text("childName", source) { $0.child }, .text("dateOfBirth", source) { $0.born.inWords },
    .text("holder", source) { $0.holder }, .text("production", source) { $0.production },
    .text("part", source) { $0.part }, .text("place", source) { $0.place },
    .list("days", source, atLeast: 1, of: \.days, TimesRow.parts),
    .list("chaperones", source, of: \.chaperones, [.text("chaperone", source) { $0 }]),
    .statement("conditions", "SI 2014/3309 Parts 4 and 5"), .statement("records", "SI 2014/3309 reg 11"),
  ]

  static let template = """
    id: licensing.performance-licence
    version: 1
    title: Licence for a child to perform
    ---
    <p>{{childName}}, born on {{dateOfBirth}}, may take part in {{production}} as {{part}} at {{place}}. The holder of this
    licence is {{holder}}.</p>
    <table><caption>Days and times at the place</caption><tbody>
    {{#days}}<tr><th scope="row">{{when}}</th><td>{{times}}</td></tr>{{/days}}
    </tbody></table>
    <p>In charge of the child:</p><ul>{{#chaperones}}<li>{{chaperone}}</li>{{/chaperones}}</ul>
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
    <ul>{{#rules}}<li>{{ruleId}}: {{ruleWords}} {{ruleFix}}</li>{{/rules}}</ul>
    {{#appeal}}<p>You can appeal against this decision to the magistrates’ court.</p>{{/appeal}}
    """
}

/// No licence is needed.
struct ExemptionLetter: Letter {
  let child: String
  let production: String
  let ground: String
  let days: [String]

  static let id = "licensing.exemption"

  private static let source = "Children and Young Persons Act 1963 s37(2) and (3)"

  static let particulars: [Particular<Self>] = [
    .text("childName", source) { $0.child }, .text("production", source) { $0.production },
    .text("ground", source) { $0.ground },
    .list("days", source, atLeast: 1, of: \.days, [.text("day", source) { $0 }]),
    .statement("conditions", "SI 2014/3309 Part 4"),
  ]

  static let template = """
    id: licensing.exemption
    version: 1
    title: No licence is needed
    ---
    <p>{{childName}} needs no licence for {{production}} on the days below. The ground: {{ground}}.</p>
    <ul>{{#days}}<li>{{day}}</li>{{/days}}</ul>
    {{#conditions}}<p>The child must not be paid. Under the four-day rule the hours and breaks of the Regulations of 2014 count all the same.</p>{{/conditions}}
    """
}

/// A chaperone's card.
struct ChaperoneCard: Letter {
  let number: String
  let from: Day
  let until: Day

  static let id = "licensing.chaperone-card"

  private static let source = "SI 2014/3309 reg 15"

  static let particulars: [Particular<Self>] = [
    .text("number", source) { $0.number }, .text("firstDay", source) { $0.from.inWords },
    .text("lastDay", source) { $0.until.inWordsWithWeekday }, .statement("photograph", source),
    .statement("produce", source),
  ]

  static let template = """
    id: licensing.chaperone-card
    version: 1
    title: Approved chaperone
    ---
    <p>The person named above is approved as a chaperone, number {{number}}, from {{firstDay}}.</p>
    <p>Valid to {{lastDay}}.</p>
    {{#photograph}}<p>This card is valid with the photograph that we have stamped on it.</p>{{/photograph}}
    {{#produce}}<p>Show it with the licence of the production when an officer asks.</p>{{/produce}}
    """
}

extension ChaperoneCard: ProvenLetter {
  var proof: Proof { Proof(from: from, until: until, conditions: []) }
}

/// A chaperone is suspended: to the chaperone, and to holders without a reason.
struct ChaperoneSuspensionLetter: Letter {
  let number: String
  let on: Day

  static let id = "licensing.chaperone-suspension"

  private static let source = "SI 2014/3309 reg 15"

  static let particulars: [Particular<Self>] = [
    .text("number", source) { $0.number }, .text("suspendedOn", source) { $0.on.inWordsWithWeekday },
    .statement("effect", source),
  ]

  static let template = """
    id: licensing.chaperone-suspension
    version: 1
    title: A chaperone’s approval is suspended
    ---
    <p>The approval of chaperone number {{number}} is suspended from {{suspendedOn}}.</p>
    {{#effect}}<p>From that day the person must not be in charge of children in a production. Arrange another approved chaperone.</p>{{/effect}}
    """
}
