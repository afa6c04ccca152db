import CMEDomain
import Letters
import Rulebook

/// An enquiry that somebody has to make, as letters show it.
struct EnquiryTask: Sendable {
  let number: Int
  let title, part: String
  let by: Day

  static func parts(_ source: String) -> [Particular<Self>] {
    [
      .text("enquiryNumber", source) { String($0.number) }, .text("enquiry", source) { $0.title },
      .text("enquiryPart", source) { $0.part }, .text("enquiryBy", source) { $0.by.inWords },
    ]
  }
}

/// That the enquiries for a child are opened: who does what by when (M4). To the child's school.
struct EnquiryOpenedLetter: Letter {
  let child: String
  let opened: Day
  let tasks: [EnquiryTask]
  let writer: LetterWriter

  static let id = "cme.enquiry-opened"

  private static let source = "Children missing education: statutory guidance, reasonable enquiries"

  static let particulars: [Particular<Self>] = [
    .text("childName", source) { $0.child }, .text("openedOn", source) { $0.opened.inWords },
    .list("tasks", source, atLeast: 1, of: \.tasks, EnquiryTask.parts(source)),
    .statement("stayOnRoll", "SI 2024/208 reg 9(1)"), .statement("neighbours", "UK GDPR Art 5(1)(c)"),
    .group("writer", source, of: { $0.writer }, LetterWriter.particulars(source)),
  ]

  static let template = """
    id: cme.enquiry-opened
    version: 1
    language: en
    format: letter
    title: Enquiries for a child who may be missing education
    ---
    <p>On {{openedOn}} we opened enquiries for {{childName}}. Each of them has somebody who makes it and a last day.</p>
    <table><thead><tr><th scope="col">Number</th><th scope="col">Enquiry</th><th scope="col">Who</th>
    <th scope="col">By</th></tr></thead><tbody>
    {{#tasks}}<tr><td>{{enquiryNumber}}</td><td>{{enquiry}}</td><td>{{enquiryPart}}</td><td>{{enquiryBy}}</td></tr>
    {{/tasks}}</tbody></table>
    {{#stayOnRoll}}<p>Keep the name on the roll until a ground for deletion is met. Under grounds (h) and (i) that is not
    before both of us have made these enquiries.</p>{{/stayOnRoll}}
    {{#neighbours}}<p>Ask neighbours for news and tell them nothing.</p>{{/neighbours}}
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}

/// What could be found out jointly before a name is deleted under ground (h) or (i) (M5). To the school, which deletes.
struct JointEnquiriesCertificate: Letter {
  /// A day of the leave or of the absence, with its mark in words.
  struct Absence: Codable, Sendable {
    let day: Day
    let mark: String
  }

  /// An enquiry that was made, with its result.
  struct Made: Sendable {
    let title, part: String
    let on: Day
    let result: String
  }

  let child: String
  let ground: DeletionGround
  let certificate: Certificate
  let absences: [Absence]
  let made: [Made]
  /// The offices of those who answer for both sides.
  let schoolOfficer, authorityOfficer: String

  static let id = "cme.joint-enquiries"

  private static let source = "SI 2024/208 reg 9(1)(h), (i)"
  private static let guidance = "Children missing education: statutory guidance, reasonable enquiries"

  static let particulars: [Particular<Self>] = [
    .text("childName", source) { $0.child }, .text("ground", source) { "(\($0.ground.rawValue))" },
    .list(
      "absences", source, atLeast: 1, of: \.absences,
      [.text("absenceDay", source) { $0.day.inWordsWithWeekday }, .text("absenceMark", source) { $0.mark }]),
    .list(
      "made", guidance, atLeast: 1, of: \.made,
      [
        .text("madeEnquiry", guidance) { $0.title }, .text("madePart", guidance) { $0.part },
        .text("madeOn", guidance) { $0.on.inWords }, .text("madeResult", guidance) { $0.result },
      ]),
    .statement("effortsFailed", source) { $0.certificate == .effortsFailed },
    .statement("noReturn", source) { $0.certificate == .noReturnExpected },
    .text("schoolOfficer", guidance) { $0.schoolOfficer }, .text("authorityOfficer", guidance) { $0.authorityOfficer },
    .statement("schoolDeletes", "SI 2024/208 reg 13(4); CME-3"),
  ]

  static let template = """
    id: cme.joint-enquiries
    version: 1
    language: en
    format: letter
    title: Certificate of joint enquiries
    ---
    <p>This is about {{childName}} and ground {{ground}} for deleting a name from the admission register.</p>
    {{#effortsFailed}}<p>We certify that the school and the authority made reasonable efforts jointly to find out where the
    pupil is, and that they failed.</p>{{/effortsFailed}}
    {{#noReturn}}<p>We certify that the pupil was found, and that the school and the authority agree that there are no
    reasonable grounds to expect a return.</p>{{/noReturn}}
    <table><caption>The days of absence with their marks</caption><tbody>
    {{#absences}}<tr><th scope="row">{{absenceDay}}</th><td>{{absenceMark}}</td></tr>{{/absences}}
    </tbody></table>
    <table><caption>The enquiries that were made</caption><tbody>
    {{#made}}<tr><th scope="row">{{madeEnquiry}}</th><td>{{madePart}}</td><td>{{madeOn}}</td><td>{{madeResult}}</td></tr>{{/made}}
    </tbody></table>
    <p>For the school: {{schoolOfficer}}. For the authority: {{authorityOfficer}}.</p>
    {{#schoolDeletes}}<p>This certificate deletes no name. The school does, and files the return with the ground at once and
    no later than the deletion.</p>{{/schoolDeletes}}
    """
}

/// A question to an agency about a child: the least that finds the child (M6).
struct InformationRequest: Letter {
  let child: String
  let born: Day
  let question: String
  /// Why the law allows the question and the answer.
  let basis, purpose: String
  let answerBy: Day
  let writer: LetterWriter

  static let id = "cme.information-request"

  private static let source = "UK GDPR Arts 5(1) and 6(1)(c), (e); Education Act 1996 s436A"

  static let particulars: [Particular<Self>] = [
    .text("childName", source) { $0.child }, .text("dateOfBirth", source) { $0.born.inWords },
    .text("question", source) { $0.question }, .text("basis", source) { $0.basis },
    .text("purpose", source) { $0.purpose }, .text("answerBy", source) { $0.answerBy.inWordsWithWeekday },
    .statement("channel", "UK GDPR Art 32"), .statement("least", "UK GDPR Art 5(1)(c)"),
    .group("writer", source, of: { $0.writer }, LetterWriter.particulars(source)),
  ]

  static let template = """
    id: cme.information-request
    version: 1
    language: en
    format: letter
    title: A question about a child
    ---
    <p>We are looking for {{childName}}, born on {{dateOfBirth}}. Please answer by {{answerBy}}:</p>
    <p>{{question}}</p>
    <p>Why we may ask and you may answer: {{basis}}. What for: {{purpose}}.</p>
    {{#least}}<p>Tell us no more than we ask. If you do not know the child, say so, and keep nothing of this letter.</p>{{/least}}
    {{#channel}}<p>Answer by telephone or by secure mail to the person below, never by plain e-mail.</p>{{/channel}}
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}
