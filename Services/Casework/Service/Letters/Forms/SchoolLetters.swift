import CaseworkDomain
import Letters
import Rulebook

/// The action plan that a school and the authority agreed.
struct ActionPlanLetter: Letter {
  let school: String
  let actions: [SchoolAction]
  let writer: LetterWriter

  static let id = "casework.school-action-plan"

  private static let guidance = "Working together to improve school attendance, targeting support meetings"

  static let particulars: [Particular<Self>] = [
    .text("schoolName", guidance) { $0.school },
    .list(
      "actions", guidance, atLeast: 1, of: \.actions,
      [
        .text("objective", guidance) { $0.objective }, .text("action", guidance) { $0.action },
        .text("owner", guidance) { $0.owner }, .text("due", guidance) { $0.due.inWords },
        .text("measure", guidance) { $0.measure }, .text("review", guidance) { $0.review.inWords },
      ]), .group("writer", guidance, of: { $0.writer }, LetterWriter.particulars(guidance)),
  ]

  static let template = """
    id: casework.school-action-plan
    version: 1
    language: en
    format: letter
    title: School action plan
    ---
    <p>This is what {{schoolName}} and the authority agreed.</p>
    <table>
    <tbody>
    <tr><th scope="col">Objective</th><th scope="col">Action</th><th scope="col">Who</th><th scope="col">By</th>
    <th scope="col">Measure</th><th scope="col">Review</th></tr>
    {{#actions}}<tr><td>{{objective}}</td><td>{{action}}</td><td>{{owner}}</td><td>{{due}}</td><td>{{measure}}</td><td>{{review}}</td></tr>{{/actions}}
    </tbody>
    </table>
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}

/// What an inspection of a school's registers found.
struct InspectionLetter: Letter {
  /// What is to be put right.
  struct Task: Codable, Sendable {
    let what: String
    let due: Day
  }

  let school: String
  let day: Day
  let checks: [String]
  /// With the marks that they are about, and without a child's name.
  let findings: [String]
  let actions: [Task]
  let writer: LetterWriter

  static let id = "casework.register-inspection"

  private static let law = "School Attendance (Pupil Registration) (England) Regulations 2024 reg 14"

  static let particulars: [Particular<Self>] = [
    .text("schoolName", law) { $0.school }, .text("inspectedOn", law) { $0.day.inWordsWithWeekday },
    .list("checks", law, atLeast: 1, of: \.checks, [.text("check", law) { $0 }]),
    .list("findings", law, of: \.findings, [.text("found", law) { $0 }]),
    .list(
      "actions", law, of: \.actions, [.text("what", law) { $0.what }, .text("due", law) { $0.due.inWords }]),
    .group("writer", law, of: { $0.writer }, LetterWriter.particulars(law)),
  ]

  static let template = """
    id: casework.register-inspection
    version: 1
    language: en
    format: letter
    title: Register inspection
    ---
    <p>We inspected the registers of {{schoolName}} on {{inspectedOn}}.</p>
    <h2>What we checked</h2>
    <ul>{{#checks}}<li>{{check}}</li>{{/checks}}</ul>
    <h2>What we found</h2>
    <ul>{{#findings}}<li>{{found}}</li>{{/findings}}</ul>
    {{^findings}}<p>Nothing has to be put right.</p>{{/findings}}
    <h2>What is to be done</h2>
    <ul>{{#actions}}<li>{{what}}, by {{due}}</li>{{/actions}}</ul>
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}

/// What a school bought, used and has left.
struct StatementLetter: Letter {
  let school: String
  let agreement: TradedAgreement
  let statement: TradedStatement
  let writer: LetterWriter

  static let id = "casework.traded-statement"

  private static let terms = "the agreement with the school"

  private static func hours(_ minutes: Int) -> String {
    let (hours, rest) = (abs(minutes) / 60, abs(minutes) % 60)
    let words = rest == 0 ? "\(hours) hours" : "\(hours) hours \(rest) minutes"
    return minutes < 0 ? "\(words) more than was bought" : words
  }

  static let particulars: [Particular<Self>] = [
    .text("schoolName", terms) { $0.school }, .text("package", terms) { $0.agreement.package },
    .text("agreedFrom", terms) { $0.agreement.from.inWords }, .text("agreedTo", terms) { $0.agreement.to.inWords },
    .text("bought", terms) { hours($0.statement.boughtMinutes) },
    .text("used", terms) { hours($0.statement.usedMinutes) }, .text("left", terms) { hours($0.statement.leftMinutes) },
    .statement("free", "Working together to improve school attendance, core functions"),
    .group("writer", terms, of: { $0.writer }, LetterWriter.particulars(terms)),
  ]

  static let template = """
    id: casework.traded-statement
    version: 1
    language: en
    format: letter
    title: Statement of services
    ---
    <p>{{schoolName}} has the package {{package}} from {{agreedFrom}} to {{agreedTo}}.</p>
    <table>
    <tbody>
    <tr><th scope="col">Bought</th><th scope="col">Used</th><th scope="col">Left</th></tr>
    <tr><td>{{bought}}</td><td>{{used}}</td><td>{{left}}</td></tr>
    </tbody>
    </table>
    {{#free}}<p>Advice, the termly meeting, help for families of several agencies, and legal intervention are free to every
    school and are not in this statement.</p>{{/free}}
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}
