import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// E1. Warns each parent what absence on some days will cost when leave was refused or not asked for.
  struct AbsenceWarning: FamilyLetter {
    let writer: LetterWriter
    let child, school: String
    let away: DayRange
    /// Whether leave was asked for, and refused; otherwise nobody asked.
    let wasAsked: Bool
    let first: (reduced: Money, full: Money)
    let second: Money
    let terms: PenaltyNoticeTerms

    /// - Throws: ``LetterError`` when the days contradict one another, or there are not two notices of which the first
    /// can be discharged by less: those are what its words describe.
    init(
      writer: LetterWriter, child: String, school: String, away: DayRange, wasAsked: Bool, terms: PenaltyNoticeTerms
    ) throws(LetterError) {
      try EnforcementLetters.inOrder(away, source: Self.rule)
      guard terms.sums.count == 2, let reduced = terms.sums[0].reduced, terms.sums[1].reduced == nil else {
        throw .contradictory(
          "The words are those of two notices, of which the first can be reduced.", source: Self.cost)
      }
      (self.writer, self.child, self.school, self.away) = (writer, child, school, away)
      (self.wasAsked, self.terms) = (wasAsked, terms)
      (first, second) = ((reduced, terms.sums[0].full), terms.sums[1].full)
    }

    static let id = "enforcement.absence-warning"
    private static let rule = "Working together to improve school attendance, penalty notices; DOC-12"
    private static let cost = "SI 2007/1867 as amended by SI 2024/210"

    static let contents: [Particular<Self>] = [
      .text("childName", rule) { $0.child },
      .text("schoolName", rule) { $0.school },
      .text("firstDay", rule) { $0.away.first.inWordsWithWeekday },
      .text("lastDay", rule) { $0.away.last.inWordsWithWeekday },
      .statement("refused", rule, if: { $0.wasAsked }),
      .statement("notAsked", rule, if: { !$0.wasAsked }),
      .statement("eachParent", rule),
      .text("firstReduced", cost) { LetterText.pounds(pence: $0.first.reduced.pence) },
      .text("reducedDays", cost) { String($0.terms.reducedDays) },
      .text("firstFull", cost) { LetterText.pounds(pence: $0.first.full.pence) },
      .text("fullDays", cost) { String($0.terms.fullDays) },
      .text("second", cost) { LetterText.pounds(pence: $0.second.pence) },
      .text("years", cost) { String($0.terms.lookbackYears) },
      .statement("third", cost),
    ]

    static let template = """
      id: enforcement.absence-warning
      version: 1
      title: Absence from school without permission
      ---
      {{#refused}}<p>You asked {{schoolName}} for {{childName}} to be away from school on these days. The school did not
      agree.</p>{{/refused}}
      {{#notAsked}}<p>We understand that {{childName}} will miss school at {{schoolName}} on these days, or has missed
      it. Nobody asked the school for permission.</p>{{/notAsked}}
      <table>
      <tbody>
      <tr><th scope="row">Child</th><td>{{childName}}</td></tr>
      <tr><th scope="row">School</th><td>{{schoolName}}</td></tr>
      <tr><th scope="row">First day away</th><td>{{firstDay}}</td></tr>
      <tr><th scope="row">Last day away</th><td>{{lastDay}}</td></tr>
      </tbody>
      </table>
      {{#eachParent}}<p>A child who is away on these days misses school without permission. Each parent can then be
      given a penalty notice, and one for each child.</p>{{/eachParent}}
      <h2>What a penalty notice costs</h2>
      <table>
      <caption>Notices to the same parent for the same child in {{years}} years</caption>
      <tbody>
      <tr><th scope="row">First notice</th><td>{{firstReduced}} if you pay within {{reducedDays}} days, and
      {{firstFull}} after that</td></tr>
      <tr><th scope="row">Second notice</th><td>{{second}}</td></tr>
      </tbody>
      </table>
      <p>You have {{fullDays}} days to pay. The day on which you receive a notice is the first of them, and the notice
      names the last.</p>
      {{#third}}<p>There is no third notice in that time. We will consider prosecuting instead.</p>{{/third}}
      <p>If something makes it hard for {{childName}} to be in school, please tell the school or me. We would rather
      help.</p>
      \(closing)
      """
  }
}
