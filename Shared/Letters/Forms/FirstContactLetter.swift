public import Rulebook

/// The first letter to each parent, and to a young person, when a school or the authority begins to help with
/// attendance. It asks for a talk; nothing in it threatens.
public struct FirstContactLetter: Letter {
  public let child: String
  public let school: String
  public let writer: LetterWriter
  /// The figures of the child's register, frozen with the decision to write.
  public let figures: AttendanceFigures
  /// The day by which the officer will be in touch if nobody answers.
  public let answerBy: Day

  public init(child: String, school: String, writer: LetterWriter, figures: AttendanceFigures, answerBy: Day) {
    self.child = child
    self.school = school
    self.writer = writer
    self.figures = figures
    self.answerBy = answerBy
  }

  public static let id = "casework.first-contact"

  private static let guidance = "Working together to improve school attendance, support first"

  public static let particulars: [Particular<Self>] = [
    .text("childName", guidance) { $0.child },
    .text("schoolName", guidance) { $0.school },
    .group("writer", guidance, of: { $0.writer }, LetterWriter.particulars(guidance)),
    .statement("reason", guidance),
    .group("figures", guidance, of: { $0.figures }, AttendanceFigures.particulars(guidance)),
    .statement("next", guidance),
    .text("answerBy", guidance) { $0.answerBy.inWordsWithWeekday },
    .statement("meeting", guidance),
    .statement("sayingNo", guidance),
    .statement("interpreter", "Equality Act 2010 s149"),
    .statement("data", "UK GDPR Arts 13 and 14"),
  ]

  public static let template = """
    id: casework.first-contact
    version: 1
    language: en
    format: letter
    title: Your child’s attendance at school
    ---
    {{#reason}}
    <p>I am writing because {{childName}} has missed some school at {{schoolName}}. I would like to hear what is making it
    hard, and to see how we can help.</p>
    {{/reason}}
    <h2>What the register says</h2>
    {{#figures}}\(AttendanceFigures.table){{/figures}}
    <p>If you think any of this is wrong, tell me and I will check it with the school.</p>
    <h2>What happens next</h2>
    {{#next}}<p>Please call or write to me by {{answerBy}}. If I have not heard from you by then, I will call you.</p>{{/next}}
    {{#meeting}}<p>I can meet you at school, at home, or anywhere that suits you. You can bring someone with you.</p>{{/meeting}}
    {{#sayingNo}}<p>You do not have to accept our help. If you do not want it, tell me, and tell me if something else would
    help more.</p>{{/sayingNo}}
    {{#interpreter}}<p>If you would like this letter in another language or in large print, or an interpreter when we meet,
    tell me. It is free.</p>{{/interpreter}}
    <h2>How we use what we know about your family</h2>
    {{#data}}<p>We use information from the school’s register to do our duties on attendance. We share it only with people who
    need it to help. You can ask to see what we hold and ask us to correct it.</p>{{/data}}
    <p>Yours sincerely</p>
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}
