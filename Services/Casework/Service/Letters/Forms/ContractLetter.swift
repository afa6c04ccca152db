import Letters
import Rulebook

/// An attendance contract with one parent (Anti-social Behaviour Act 2003 s19): the parent's statement, the support, the
/// target and how it is measured, and that nobody is obliged to agree.
struct ContractLetter: Letter {
  let child: String
  let parent: String
  let first: Day
  let last: Day
  /// Per cent.
  let target: String
  let requirements: [String]
  let support: [String]
  let counselling: String?
  let childView: String
  let parentView: String
  let consequences: String
  let writer: LetterWriter

  static let id = "casework.contract"

  private static let act = "Anti-social Behaviour Act 2003 s19"
  private static let guidance = "Working together to improve school attendance, attendance contracts"

  static let particulars: [Particular<Self>] = [
    .text("childName", act) { $0.child }, .text("parentName", act) { $0.parent },
    .text("firstDay", "\(act)(4)") { $0.first.inWords }, .text("lastDay", "\(act)(4)") { $0.last.inWords },
    .statement("agreement", "\(act)(4)(a)"),
    .list("requirements", "\(act)(4)(a)", atLeast: 1, of: \.requirements, [.text("requirement", act) { $0 }]),
    .statement("undertaking", "\(act)(4)(b)"),
    .list("support", "\(act)(4)(b)", atLeast: 1, of: \.support, [.text("help", act) { $0 }]),
    .group("programme", "\(act)(6)", of: \.counselling, [.text("counselling", act) { $0 }]),
    .text("target", guidance) { $0.target }, .statement("measured", guidance), .statement("reviews", guidance),
    .text("childView", guidance) { $0.childView }, .text("parentView", guidance) { $0.parentView },
    .text("consequences", guidance) { $0.consequences }, .statement("voluntary", "\(act)(8)"),
    .statement("signatures", "\(act)(7)"),
    .group("writer", guidance, of: { $0.writer }, LetterWriter.particulars(guidance)),
  ]

  static let template = """
    id: casework.contract
    version: 1
    language: en
    format: letter
    title: Attendance contract
    ---
    {{#voluntary}}<p>This contract is voluntary. You do not have to agree to it.</p>{{/voluntary}}
    <p>It is about {{childName}} and lasts from {{firstDay}} to {{lastDay}}.</p>
    <h2>What you agree to</h2>
    {{#agreement}}<p>I, {{parentName}}, agree to do the following for as long as this contract lasts:</p>{{/agreement}}
    <ul>{{#requirements}}<li>{{requirement}}</li>{{/requirements}}</ul>
    {{#programme}}<p>This includes taking part in: {{counselling}}</p>{{/programme}}
    <h2>What we do</h2>
    {{#undertaking}}<p>We will give or arrange this support so that you can do so:</p>{{/undertaking}}
    <ul>{{#support}}<li>{{help}}</li>{{/support}}</ul>
    <h2>What we hope for</h2>
    <p>The target is an attendance of {{target}}%.</p>
    {{#measured}}<p>We count the half days that the school is open for {{childName}} while this contract lasts, and those that
    {{childName}} attends. We show you both numbers.</p>{{/measured}}
    {{#reviews}}<p>We look at how it goes together at least every six weeks.</p>{{/reviews}}
    <h2>What was said</h2>
    <p>{{childName}} said: {{childView}}</p>
    <p>You said: {{parentView}}</p>
    <h2>If it is not kept</h2>
    <p>{{consequences}}</p>
    {{#signatures}}<p>Signed, or agreed on record, by you and by us:</p>{{/signatures}}
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}
