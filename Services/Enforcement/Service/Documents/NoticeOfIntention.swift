import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// E14. Tells a parent which school an attendance order is to name, and what can be chosen instead (Education Act
  /// 1996 s438).
  struct NoticeOfIntention: FamilyLetter {
    let writer: LetterWriter
    let child: String
    let school: String
    /// Schools that the authority regards as suitable alternatives.
    let alternatives: [String]
    /// The day of service that the authority relies on.
    let served: Day
    let lastDay: Day

    /// - Throws: ``LetterError`` when a school is named twice or the period is shorter than the law lets it be.
    init(
      writer: LetterWriter, child: String, school: String, alternatives: [String], served: Day, lastDay: Day
    ) throws(LetterError) {
      guard Set(alternatives + [school]).count == alternatives.count + 1 else {
        throw .contradictory("A school is named twice.", source: Self.section + "(2)")
      }
      let least = SchoolAttendanceOrder.Rule.inForce.value(on: served).toChoose
      guard served.adding(days: least) <= lastDay.adding(days: 1) else {
        throw .contradictory("The period is too short.", source: Self.section + "(3)")
      }
      (self.writer, self.child, self.school, self.alternatives) = (writer, child, school, alternatives)
      (self.served, self.lastDay) = (served, lastDay)
    }

    static let id = "enforcement.notice-of-intention"
    static let service = ServiceRules.educationAct
    private static let section = "Education Act 1996 s438"

    static let contents: [Particular<Self>] = [
      .text("childName", section + "(2)") { $0.child },
      .statement("intention", section + "(2)"),
      .text("schoolName", section + "(2)") { $0.school },
      .text("served", section + "(2)") { $0.served.inWordsWithWeekday },
      .text("lastDay", section + "(2)") { $0.lastDay.inWordsWithWeekday },
      .list(
        "alternatives", section + "(2)", of: { $0.alternatives }, [.text("alternative", section + "(2)") { $0 }]),
      .statement("choose", section + "(3)", if: { !$0.alternatives.isEmpty }),
      .statement("apply", section + "(4)-(6)"),
      .statement("nothing", section + "(3)"),
      .statement("satisfy", "Education Act 1996 s437(3)"),
    ]

    static let template = """
      id: enforcement.notice-of-intention
      version: 1
      title: Notice that we intend to serve a school attendance order
      ---
      {{#intention}}<p>We are not satisfied that {{childName}} is receiving suitable education. We intend to serve a
      school attendance order on you (Education Act 1996, section 438). It will require you to register {{childName}} as
      a pupil at {{schoolName}}, unless you do one of the things below by the last day.</p>{{/intention}}
      <table>
      <tbody>
      <tr><th scope="row">School that we intend to name</th><td>{{schoolName}}</td></tr>
      {{#alternatives}}<tr><th scope="row">Alternative</th><td>{{alternative}}</td></tr>{{/alternatives}}
      <tr><th scope="row">Last day to choose</th><td>{{lastDay}}</td></tr>
      </tbody>
      </table>
      <p>The days are counted from {{served}}, when we take it that this notice was served on you.</p>
      <h2>What you can do</h2>
      <ul>
      {{#choose}}<li>Choose one of the alternatives. Tell me which by the last day, and the order will name that
      school.</li>{{/choose}}
      {{#apply}}<li>Apply for a place at another school, and tell me by the last day that you have. If {{childName}} is
      offered the place, the order will name that school.</li>{{/apply}}
      {{#satisfy}}<li>Show me that {{childName}} is receiving suitable education at home or in another way. Then there
      is no order.</li>{{/satisfy}}
      </ul>
      {{#nothing}}<p>If you do none of these by the last day, the order will name {{schoolName}}.</p>{{/nothing}}
      \(closing)
      """
  }
}
