import Letters
import Rulebook

/// Sessions that could have been attended, and those that were.
struct LetterFigures: Sendable {
  let first, last: Day
  let possible, present: Int
}

/// What a review showed and decided, to each parent and the school.
struct ReviewLetter: Letter {
  let child: String
  let day: Day
  let sinceLast: LetterFigures
  let sinceStart: LetterFigures
  let stepsDone: Int
  let stepsOpen: Int
  let childView: String
  let changes: String
  /// Until when the next one is; `nil` when there is none.
  let next: Day?
  let writer: LetterWriter

  static let id = "casework.review"

  private static let guidance = "Working together to improve school attendance, reviews"

  private static func figures(_ prefix: String) -> [Particular<LetterFigures>] {
    [
      .text("\(prefix)First", guidance) { $0.first.inWords }, .text("\(prefix)Last", guidance) { $0.last.inWords },
      .text("\(prefix)Possible", guidance) { String($0.possible) },
      .text("\(prefix)Present", guidance) { String($0.present) },
    ]
  }

  static let particulars: [Particular<Self>] = [
    .text("childName", guidance) { $0.child }, .text("reviewDay", guidance) { $0.day.inWords },
    .list("sinceLast", guidance, atLeast: 1, of: { [$0.sinceLast] }, figures("recent")),
    .list("sinceStart", guidance, atLeast: 1, of: { [$0.sinceStart] }, figures("whole")),
    .text("stepsDone", guidance) { String($0.stepsDone) }, .text("stepsOpen", guidance) { String($0.stepsOpen) },
    .text("childView", guidance) { $0.childView }, .text("changes", guidance) { $0.changes },
    .group("nextReview", guidance, of: \.next, [.text("nextDay", guidance) { $0.inWords }]),
    .group("writer", guidance, of: { $0.writer }, LetterWriter.particulars(guidance)),
  ]

  static let template = """
    id: casework.review
    version: 1
    language: en
    format: letter
    title: How it is going
    ---
    <p>On {{reviewDay}} we looked at how things are going for {{childName}}.</p>
    <table>
    <tbody>
    <tr><th scope="col">From</th><th scope="col">To</th><th scope="col">Half days at school</th>
    <th scope="col">Half days that school was open</th></tr>
    {{#sinceLast}}<tr><td>{{recentFirst}}</td><td>{{recentLast}}</td><td>{{recentPresent}}</td><td>{{recentPossible}}</td></tr>{{/sinceLast}}
    {{#sinceStart}}<tr><td>{{wholeFirst}}</td><td>{{wholeLast}}</td><td>{{wholePresent}}</td><td>{{wholePossible}}</td></tr>{{/sinceStart}}
    </tbody>
    </table>
    <p>Steps of the plan: {{stepsDone}} done, {{stepsOpen}} still to do.</p>
    <p>{{childName}} said: {{childView}}</p>
    <p>What changes: {{changes}}</p>
    {{#nextReview}}<p>We look at it together again by {{nextDay}}.</p>{{/nextReview}}
    <p>If you think any of this is wrong, tell me and I will check it with the school.</p>
    <p>Yours sincerely</p>
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}

/// That a case is closed: why, with which figures, what stays in place and whom to ask.
struct ClosingLetter: Letter {
  let child: String
  /// Why, in words for the family.
  let reason: String
  let before: LetterFigures?
  let after: LetterFigures?
  /// What goes on.
  let staying: String
  let writer: LetterWriter

  static let id = "casework.closing"

  private static let guidance = "Working together to improve school attendance"

  static let particulars: [Particular<Self>] = [
    .text("childName", guidance) { $0.child }, .text("closingReason", guidance) { $0.reason },
    .group(
      "before", guidance, of: \.before,
      [
        .text("beforeFirst", guidance) { $0.first.inWords }, .text("beforeLast", guidance) { $0.last.inWords },
        .text("beforePresent", guidance) { String($0.present) },
        .text("beforePossible", guidance) { String($0.possible) },
      ]),
    .group(
      "after", guidance, of: \.after,
      [
        .text("afterFirst", guidance) { $0.first.inWords }, .text("afterLast", guidance) { $0.last.inWords },
        .text("afterPresent", guidance) { String($0.present) },
        .text("afterPossible", guidance) { String($0.possible) },
      ]), .text("staying", guidance) { $0.staying }, .statement("comingBack", guidance),
    .group("writer", guidance, of: { $0.writer }, LetterWriter.particulars(guidance)),
  ]

  static let template = """
    id: casework.closing
    version: 1
    language: en
    format: letter
    title: Our work with you has ended
    ---
    <p>We have ended our work with you about {{childName}}’s attendance.</p>
    <p>Why: {{closingReason}}</p>
    {{#before}}<p>From {{beforeFirst}} to {{beforeLast}} {{childName}} was at school on {{beforePresent}} of {{beforePossible}}
    half days.</p>{{/before}}
    {{#after}}<p>From {{afterFirst}} to {{afterLast}} {{childName}} was at school on {{afterPresent}} of {{afterPossible}} half
    days.</p>{{/after}}
    <h2>What stays in place</h2>
    <p>{{staying}}</p>
    {{#comingBack}}<p>If things get harder again, tell the school or call me. You do not have to wait.</p>{{/comingBack}}
    <p>Yours sincerely</p>
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}
