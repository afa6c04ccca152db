import Letters
import Rulebook

extension EnforcementLetters {
  /// E20. Asks another authority whether a parent was given penalty notices for a child. It says of both only what the
  /// other needs to find them, and asks for no more than it needs to know (EN-7, DOC-15).
  struct EarlierNoticesEnquiry: EnforcementLetter {
    let writer: LetterWriter
    let parent, child: String
    let birth: Day
    /// The school in the other's area on whose roll the child was.
    let school: String
    let purpose: String
    /// The days of issue that are asked for.
    let period: DayRange
    let answerBy: Day

    /// - Throws: ``LetterError`` when the period is empty or reaches behind the day of the answer.
    init(
      writer: LetterWriter, parent: String, child: String, birth: Day, school: String, purpose: String,
      period: DayRange, answerBy: Day
    ) throws(LetterError) {
      try EnforcementLetters.inOrder(period, source: Self.interpretation)
      guard period.last <= answerBy else {
        throw .contradictory("The period ends after the answer.", source: Self.interpretation)
      }
      (self.writer, self.parent, self.child, self.birth) = (writer, parent, child, birth)
      (self.school, self.purpose, self.period, self.answerBy) = (school, purpose, period, answerBy)
    }

    static let id = "enforcement.earlier-notices-enquiry"
    private static let interpretation = "SI 2007/1867 reg 20; EN-7, DOC-15"

    static let contents: [Particular<Self>] = [
      .text("parentName", interpretation) { $0.parent },
      .text("childName", interpretation) { $0.child },
      .text("birth", interpretation) { $0.birth.inWords },
      .text("schoolName", interpretation) { $0.school },
      .text("purpose", interpretation) { $0.purpose },
      .text("periodFirstDay", interpretation) { $0.period.first.inWords },
      .text("periodLastDay", interpretation) { $0.period.last.inWords },
      .statement("answer", interpretation),
      .text("answerBy", interpretation) { $0.answerBy.inWordsWithWeekday },
      .statement("basis", "UK GDPR Art 5(1)(c) and 6(1)(e)"),
    ]

    static let template = """
      id: enforcement.earlier-notices-enquiry
      version: 1
      title: Enquiry about earlier penalty notices
      ---
      <p>Please tell us by <strong>{{answerBy}}</strong> whether your records have penalty notices for absence from
      school to this parent for this child.</p>
      <table>
      <tbody>
      <tr><th scope="row">Parent</th><td>{{parentName}}</td></tr>
      <tr><th scope="row">Child</th><td>{{childName}}</td></tr>
      <tr><th scope="row">Child’s date of birth</th><td>{{birth}}</td></tr>
      <tr><th scope="row">School in your area</th><td>{{schoolName}}</td></tr>
      <tr><th scope="row">Issued between</th><td>{{periodFirstDay}} and {{periodLastDay}}</td></tr>
      </tbody>
      </table>
      <h2>Why we ask</h2>
      <p>{{purpose}}</p>
      <h2>What to answer</h2>
      {{#answer}}<p>Answer yes or no. If yes, give the date of each notice and its status: paid, unpaid, withdrawn, or
      prosecuted and with what result. Please send nothing else about the family.</p>{{/answer}}
      {{#basis}}<p>We ask as part of our duty to apply the limit on penalty notices, and use your answer for nothing
      else.</p>{{/basis}}
      \(closing)
      """
  }
}
