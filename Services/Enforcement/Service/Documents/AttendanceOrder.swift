import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// E16. A school attendance order (Education Act 1996 s437(3)), and its copy for the school (DOC-14). The prescribed
  /// form was not found; what it contains follows the Act (DOC-16).
  struct AttendanceOrder: EnforcementLetter {
    let writer: LetterWriter
    /// Whether this is the copy for the school.
    let isCopy: Bool
    let parent, child: String
    let birth: Day
    let school: String
    let schoolAddress: [String]
    /// The days on which the notice to satisfy and the notice of intention were served; there is no second where the
    /// child's plan names the school (s441).
    let notices: (toSatisfy: Day, ofIntention: Day?)
    /// The day by which the child has to be registered.
    let registerBy: Day
    let fine: CourtFine

    /// - Throws: ``LetterError`` when the days are not in order.
    init(
      writer: LetterWriter, isCopy: Bool, parent: String, child: String, birth: Day, school: String,
      schoolAddress: [String], notices: (toSatisfy: Day, ofIntention: Day?), registerBy: Day, fine: CourtFine
    ) throws(LetterError) {
      let last = notices.ofIntention ?? notices.toSatisfy
      guard birth < notices.toSatisfy, notices.ofIntention.map({ notices.toSatisfy < $0 }) ?? true, last < registerBy
      else {
        throw .contradictory("The notices and the order are not in this order.", source: Self.section + "(3)")
      }
      guard fine.most > .zero else { throw .contradictory("There is no fine.", source: "Education Act 1996 s443") }
      (self.writer, self.isCopy, self.parent, self.child) = (writer, isCopy, parent, child)
      (self.birth, self.school, self.schoolAddress) = (birth, school, schoolAddress)
      (self.notices, self.registerBy, self.fine) = (notices, registerBy, fine)
    }

    static let id = "enforcement.school-attendance-order"
    static let service = ServiceRules.educationAct
    private static let section = "Education Act 1996 s437"

    static let contents: [Particular<Self>] = [
      .text("parentName", section + "(3)") { $0.parent },
      .text("childName", section + "(3)") { $0.child },
      .text("birth", section + "(3)") { $0.birth.inWords },
      .text("schoolName", section + "(3)") { $0.school },
      .lines("schoolAddress", of: "schoolAddressLine", section + "(3)") { $0.schoolAddress },
      .text("noticeServed", section + "(1)") { $0.notices.toSatisfy.inWords },
      .group(
        "intention", "Education Act 1996 s438(2)", of: { $0.notices.ofIntention },
        [.text("intentionServed", "Education Act 1996 s438(2)") { $0.inWords }]),
      .statement("plan", "Education Act 1996 s441", if: { $0.notices.ofIntention == nil }),
      .statement("duty", section + "(3)"),
      .text("registerBy", section + "(3)") { $0.registerBy.inWordsWithWeekday },
      .statement("lasts", section + "(4)"),
      .statement("change", "Education Act 1996 ss440 and 442"),
      .statement("breach", "Education Act 1996 s443"),
      .group("fine", "Education Act 1996 s443", of: { $0.fine }, CourtFine.particulars("Education Act 1996 s443")),
      .statement("copy", section + "(5), (6)", if: { $0.isCopy }),
      .statement("interpreter", "Equality Act 2010 s149; DOC-11"),
    ]

    static let template = """
      id: enforcement.school-attendance-order
      version: 1
      title: School attendance order
      ---
      {{#copy}}<p><strong>Copy for the school.</strong> The school that this order names must be told of it, and must
      admit the child (Education Act 1996, section 437(5) and (6)).</p>{{/copy}}
      <table>
      <tbody>
      <tr><th scope="row">Parent</th><td>{{parentName}}</td></tr>
      <tr><th scope="row">Child</th><td>{{childName}}</td></tr>
      <tr><th scope="row">Child’s date of birth</th><td>{{birth}}</td></tr>
      <tr><th scope="row">School</th><td>{{schoolName}}, {{#schoolAddress}}{{schoolAddressLine}}
      {{/schoolAddress}}</td></tr>
      </tbody>
      </table>
      <p>On {{noticeServed}} we served a notice that required the parent to satisfy us that the child is receiving
      suitable education. The parent has not satisfied us. {{#intention}}On {{intentionServed}} we served notice of the
      school that we intended to name.{{/intention}}{{#plan}}The school is the one that the child’s education, health and
      care plan names.{{/plan}} In our opinion it is expedient that the child should attend school.</p>
      {{#duty}}<p><strong>This order requires {{parentName}} to cause {{childName}} to become a registered pupil at
      {{schoolName}} by {{registerBy}}</strong> (Education Act 1996, section 437(3)).</p>{{/duty}}
      {{#lasts}}<p>The order is in force for as long as the child is of compulsory school age, unless we revoke it or a
      court ends it.</p>{{/lasts}}
      <h2>If circumstances change</h2>
      {{#change}}<p>The parent can ask us to name another school at which the child is offered a place. The parent can
      ask us to revoke the order if the child will receive suitable education otherwise than at school. Write to us for
      either.</p>{{/change}}
      <h2>If the order is not followed</h2>
      {{#breach}}<p>A parent who does not comply with this order commits an offence, unless the parent proves that the
      child is receiving suitable education otherwise than at school (Education Act 1996, section 443).</p>{{/breach}}
      {{#fine}}<p>The court can impose a fine at level {{fineLevel}}, which is up to {{fineMost}}.</p>{{/fine}}
      {{#interpreter}}<p>If you would like this order in another language or in large print, or someone to explain it to
      you, tell us. It is free.</p>{{/interpreter}}
      \(closing)
      """
  }
}
