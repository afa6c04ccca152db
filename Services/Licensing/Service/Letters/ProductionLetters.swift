import Letters
import LicensingDomain
import Rulebook

/// The head teacher is asked for a view on the child's absence.
struct SchoolViewLetter: Letter {
  let child: String
  let production: String
  let licence: String
  let days: [TimesRow]
  let by: Day

  static let id = "licensing.school-view"

  private static let source = "SI 2014/3309 reg 4 and Sch 2"

  static let particulars: [Particular<Self>] = [
    .text("childName", source) { $0.child }, .text("production", source) { $0.production },
    .list("days", source, of: \.days, TimesRow.parts), .text("replyBy", source) { $0.by.inWordsWithWeekday },
    .text("licence", "LIC-25") { $0.licence }, .statement("view", source), .statement("leave", "LIC-25"),
  ]

  static let template = """
    id: licensing.school-view
    version: 1
    title: Your view on a pupil’s absence for a performance
    ---
    <p>Somebody has applied for a licence for {{childName}} to take part in {{production}}. The reference of the application is {{licence}}.</p>
    <table><caption>School sessions that the child would miss</caption><tbody>
    {{#days}}<tr><th scope="row">{{when}}</th><td>{{times}}</td></tr>{{/days}}
    </tbody></table>
    {{^days}}<p>The child would miss no school sessions.</p>{{/days}}
    {{#view}}<p>Tell us whether the child’s education would suffer, and what you would arrange for it.</p>{{/view}}
    <p>Write to us by {{replyBy}}.</p>
    {{#leave}}<p>If we grant the licence, record leave for these sessions as absence for a licensed performance, with the reference above. Without a licence or an exemption this code may not be used.</p>{{/leave}}
    """
}

/// The authority of the place of a production is told of a child's licence.
struct HostAuthorityLetter: Letter {
  /// Granted, varied or revoked, in words.
  let decision: String
  let licence: String
  let child: String
  let born: Day
  let holder: String
  let production: String
  let place: String
  let days: [TimesRow]
  let inCharge: [String]

  static let id = "licensing.host-authority"

  private static let source = "SI 2014/3309 reg 9"

  static let particulars: [Particular<Self>] = [
    .text("decision", source) { $0.decision }, .text("licence", source) { $0.licence },
    .text("childName", source) { $0.child }, .text("dateOfBirth", source) { $0.born.inWords },
    .text("holder", source) { $0.holder }, .text("production", source) { $0.production },
    .text("place", source) { $0.place }, .list("days", source, atLeast: 1, of: \.days, TimesRow.parts),
    .lines("chaperones", of: "chaperone", source) { $0.inCharge }, .statement("inspect", source),
  ]

  static let template = """
    id: licensing.host-authority
    version: 1
    title: A child performs in your area
    ---
    <p>We have decided about licence {{licence}}: {{decision}}. It is for {{childName}}, born on {{dateOfBirth}}, in {{production}} at {{place}}. The holder is {{holder}}.</p>
    <table><caption>Days and times at the place</caption><tbody>
    {{#days}}<tr><th scope="row">{{when}}</th><td>{{times}}</td></tr>{{/days}}
    </tbody></table>
    <p>In charge of the child:</p><ul>{{#chaperones}}<li>{{chaperone}}</li>{{/chaperones}}</ul>
    {{#inspect}}<p>Your officers may visit the place. Tell us what they find.</p>{{/inspect}}
    """
}

/// The approval of a body of persons.
struct BodyApprovalLetter: Letter {
  let body: String
  let places: [String]
  let from: Day
  let until: Day

  static let id = "licensing.body-approval"

  private static let source = "Children and Young Persons Act 1963 s37(3)(b)"

  static let particulars: [Particular<Self>] = [
    .text("body", source) { $0.body }, .text("firstDay", source) { $0.from.inWords },
    .text("lastDay", source) { $0.until.inWordsWithWeekday },
    .lines("places", of: "place", source) { $0.places },
    .statement("unpaid", source), .statement("conditions", "LIC-23"), .statement("records", "SI 2014/3309 reg 11"),
  ]

  static let template = """
    id: licensing.body-approval
    version: 1
    title: Approval of a body of persons
    ---
    <p>Children may take part in performances of {{body}} without a licence of their own from {{firstDay}} to {{lastDay}}, at:</p>
    <ul>{{#places}}<li>{{place}}</li>{{/places}}</ul>
    {{#unpaid}}<p>No child may be paid beyond expenses. A child who is paid needs a licence.</p>{{/unpaid}}
    {{#conditions}}<p>Keep your safeguarding policy, have approved chaperones in charge, keep the hours and breaks of the Regulations of 2014, and tell us of each performance with the children in it 21 days before.</p>{{/conditions}}
    {{#records}}<p>Keep lists of the children and days, with the risks that you assessed, and show them to an officer who asks.</p>{{/records}}
    """
}

extension BodyApprovalLetter: ProvenLetter {
  var proof: Proof { Proof(from: from, until: until, conditions: places.map { TimesRow(when: "Place", times: $0) }) }
}

/// The sheet on which a licence holder records each day.
struct RecordSheetLetter: Letter {
  let child: String
  let production: String
  let place: String
  let licence: String
  let days: [TimesRow]

  static let id = "licensing.record-sheet"

  private static let source = "SI 2014/3309 reg 11"

  static let particulars: [Particular<Self>] = [
    .text("childName", source) { $0.child }, .text("production", source) { $0.production },
    .text("place", source) { $0.place }, .text("licence", source) { $0.licence },
    .list("days", source, atLeast: 1, of: \.days, TimesRow.parts), .statement("lessons", source),
    .statement("money", source), .statement("health", source), .statement("keep", source),
  ]

  static let template = """
    id: licensing.record-sheet
    version: 1
    title: Daily record of a child in a production
    ---
    <p>{{childName}} in {{production}} at {{place}}. Licence {{licence}}.</p>
    <table><caption>Fill in a row each day, with the times as they were</caption>
    <thead><tr><th scope="col">Day</th><th scope="col">Licensed</th><th scope="col">Arrived and left</th><th scope="col">Each part and rehearsal</th><th scope="col">Each meal and rest</th><th scope="col">Night work authorised</th></tr></thead>
    <tbody>{{#days}}<tr><th scope="row">{{when}}</th><td>{{times}}</td><td></td><td></td><td></td><td></td></tr>{{/days}}</tbody></table>
    {{#lessons}}<h2>Lessons</h2><p>Write each lesson with its day, subject and length.</p>{{/lessons}}
    {{#health}}<h2>Injuries, illness and breaks</h2><p>Write what happened and when, and the dates of the break in performances.</p>{{/health}}
    {{#money}}<h2>Earnings</h2><p>Write each sum, to whom it was paid and how it is dealt with.</p>{{/money}}
    {{#keep}}<p>Keep this record for six months after the last performance, and show it to an officer who asks.</p>{{/keep}}
    """
}
