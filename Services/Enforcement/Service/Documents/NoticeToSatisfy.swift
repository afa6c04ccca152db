import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// E13. Requires a parent to satisfy the authority that a child receives suitable education (Education Act 1996
  /// s437(1)).
  struct NoticeToSatisfy: FamilyLetter {
    let writer: LetterWriter
    let child: String
    /// Why it appears that the child does not receive suitable education.
    let reasons: [String]
    /// What would satisfy the authority.
    let evidence: [String]
    /// The day of service that the authority relies on.
    let served: Day
    let lastDay: Day

    /// - Throws: ``LetterError`` when the period is shorter than the law lets it be.
    init(
      writer: LetterWriter, child: String, reasons: [String], evidence: [String], served: Day, lastDay: Day
    ) throws(LetterError) {
      let least = SchoolAttendanceOrder.Rule.inForce.value(on: served).toSatisfy
      guard served.adding(days: least) <= lastDay.adding(days: 1) else {
        throw .contradictory("The period is too short.", source: Self.section + "(2)")
      }
      (self.writer, self.child, self.reasons, self.evidence) = (writer, child, reasons, evidence)
      (self.served, self.lastDay) = (served, lastDay)
    }

    static let id = "enforcement.notice-to-satisfy"
    static let service = ServiceRules.educationAct
    private static let section = "Education Act 1996 s437"

    static let contents: [Particular<Self>] = [
      .text("childName", section + "(1)") { $0.child },
      .statement("notice", section + "(1)"),
      .lines("reasons", of: "reason", section + "(1)") { $0.reasons },
      .lines("evidence", of: "evidenceLine", section + "(1)") { $0.evidence },
      .text("served", section + "(2)") { $0.served.inWordsWithWeekday },
      .text("lastDay", section + "(2)") { $0.lastDay.inWordsWithWeekday },
      .statement("otherwise", "Education Act 1996 s7"),
      .statement("follows", section + "(3)"),
    ]

    static let template = """
      id: enforcement.notice-to-satisfy
      version: 1
      title: Notice to show that your child is receiving suitable education
      ---
      {{#notice}}<p>It appears to us that {{childName}} is not receiving suitable education, either at school or in
      another way. This notice requires you to satisfy us by <strong>{{lastDay}}</strong> that {{childName}} is
      receiving it (Education Act 1996, section 437(1)).</p>{{/notice}}
      <p>The days are counted from {{served}}, when we take it that this notice was served on you.</p>
      <h2>Why we think so</h2>
      <ul>{{#reasons}}<li>{{reason}}</li>{{/reasons}}</ul>
      <h2>What would satisfy us</h2>
      <ul>{{#evidence}}<li>{{evidenceLine}}</li>{{/evidence}}</ul>
      {{#otherwise}}<p>You have the right to educate your child at home or in another way than at school. The education
      must be full-time and suitable for your child’s age, ability and aptitude, and for any special educational
      needs.</p>{{/otherwise}}
      <p>You can call me, write, send examples of work, or meet me. If you need help to find a school, tell me.</p>
      <h2>What happens next</h2>
      {{#follows}}<p>If we are satisfied, we tell you and the matter is closed. If we are not satisfied by the last day,
      and think that {{childName}} should go to school, we must begin to make a school attendance order. We would first
      tell you which school we mean to name, and you could choose another.</p>{{/follows}}
      \(closing)
      """
  }
}
