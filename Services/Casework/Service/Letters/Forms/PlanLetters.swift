import CaseworkDomain
import Letters
import Rulebook

/// A referral as a document: what the service was asked for, and on which evidence.
struct ReferralLetter: Letter {
  /// Something that the school did.
  struct Step: Sendable {
    let kind, agreed: String
    let on: Day
  }

  let child: String
  let route: String
  let ask: String
  let figures: LetterFigures?
  let steps: [Step]
  /// Those that are suspected or known.
  let barriers: [String]
  let safeguarding: String
  let childView: String
  let consent: String
  let writer: LetterWriter

  static let id = "casework.referral"

  private static let guidance = "Working together to improve school attendance, referral"

  static let particulars: [Particular<Self>] = [
    .text("childName", guidance) { $0.child }, .text("route", guidance) { $0.route },
    .text("ask", guidance) { $0.ask },
    .group(
      "figures", guidance, of: \.figures,
      [
        .text("figuresFirst", guidance) { $0.first.inWords }, .text("figuresLast", guidance) { $0.last.inWords },
        .text("figuresPresent", guidance) { String($0.present) },
        .text("figuresPossible", guidance) { String($0.possible) },
      ]),
    .list(
      "steps", guidance, of: \.steps,
      [
        .text("stepDay", guidance) { $0.on.inWords }, .text("stepKind", guidance) { $0.kind },
        .text("stepAgreed", guidance) { $0.agreed },
      ]), .list("barriers", guidance, of: \.barriers, [.text("barrier", guidance) { $0 }]),
    .text("safeguarding", guidance) { $0.safeguarding }, .text("childView", guidance) { $0.childView },
    .text("consent", guidance) { $0.consent },
    .group("writer", guidance, of: { $0.writer }, LetterWriter.particulars(guidance)),
  ]

  static let template = """
    id: casework.referral
    version: 1
    language: en
    format: letter
    title: Referral
    ---
    <p>This refers {{childName}} to the attendance service. Route: {{route}}. Asked for: {{ask}}.</p>
    {{#figures}}<p>From {{figuresFirst}} to {{figuresLast}} {{childName}} was at school on {{figuresPresent}} of
    {{figuresPossible}} half days.</p>{{/figures}}
    <h2>What the school did</h2>
    <ul>{{#steps}}<li>{{stepDay}}: {{stepKind}}. Agreed: {{stepAgreed}}</li>{{/steps}}</ul>
    {{^steps}}<p>Nothing is on record.</p>{{/steps}}
    <h2>What may be in the way</h2>
    <ul>{{#barriers}}<li>{{barrier}}</li>{{/barriers}}</ul>
    <p>Safeguarding question: {{safeguarding}}</p>
    <p>{{childName}} said: {{childView}}</p>
    <p>Consent to voluntary help: {{consent}}</p>
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}

/// The assessment and the plan, to the family and to members of the team by need to know.
struct PlanLetter: Letter {
  /// A need with its outcome.
  struct Need: Sendable {
    let need, outcome: String
  }

  /// What somebody is to do.
  struct Step: Sendable {
    let what, owner: String
    let due: Day
  }

  let child: String
  let from: Day
  let lead: String
  let strengths: String?
  let needs: [Need]
  let steps: [Step]
  let writer: LetterWriter

  static let id = "casework.plan"

  private static let guidance = "Working together to safeguard children, assessment and plan"

  static let particulars: [Particular<Self>] = [
    .text("childName", guidance) { $0.child }, .text("planFrom", guidance) { $0.from.inWords },
    .text("lead", guidance) { $0.lead },
    .group("assessed", guidance, of: \.strengths, [.text("strengths", guidance) { $0 }]),
    .list(
      "needs", guidance, atLeast: 1, of: \.needs,
      [.text("need", guidance) { $0.need }, .text("outcome", guidance) { $0.outcome }]),
    .list(
      "planSteps", guidance, atLeast: 1, of: \.steps,
      [
        .text("what", guidance) { $0.what }, .text("owner", guidance) { $0.owner },
        .text("due", guidance) { $0.due.inWords },
      ]), .statement("reviews", guidance),
    .group("writer", guidance, of: { $0.writer }, LetterWriter.particulars(guidance)),
  ]

  static let template = """
    id: casework.plan
    version: 1
    language: en
    format: letter
    title: Our plan
    ---
    <p>This is the plan for {{childName}} from {{planFrom}}. The lead practitioner is {{lead}}.</p>
    {{#assessed}}<p>What goes well: {{strengths}}</p>{{/assessed}}
    <h2>What we want to change</h2>
    <ul>{{#needs}}<li>{{need}} Aim: {{outcome}}</li>{{/needs}}</ul>
    <h2>Who does what</h2>
    <table>
    <tbody>
    <tr><th scope="col">What</th><th scope="col">Who</th><th scope="col">By</th></tr>
    {{#planSteps}}<tr><td>{{what}}</td><td>{{owner}}</td><td>{{due}}</td></tr>{{/planSteps}}
    </tbody>
    </table>
    {{#reviews}}<p>We look at it together at least every six weeks. You can ask for a change at any time.</p>{{/reviews}}
    <p>Yours sincerely</p>
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}
