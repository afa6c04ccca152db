import Contracts
import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// Reminds a parent of a school attendance order that is not complied with, before proceedings (EN-26).
  struct AttendanceOrderReminder: FamilyLetter {
    let writer: LetterWriter
    let child, school: String
    let order: DocumentNumber
    let ordered: Day
    /// The day by which the child had to be registered.
    let registerBy: Day
    /// The last day for doing it before proceedings are considered.
    let lastDay: Day
    let fine: CourtFine

    /// - Throws: ``LetterError`` when the days are not in order.
    init(
      writer: LetterWriter, child: String, school: String, order: DocumentNumber, ordered: Day, registerBy: Day,
      lastDay: Day, fine: CourtFine
    ) throws(LetterError) {
      guard ordered < registerBy, registerBy < lastDay else {
        throw .contradictory("The order and its days are not in this order.", source: Self.section)
      }
      (self.writer, self.child, self.school, self.order) = (writer, child, school, order)
      (self.ordered, self.registerBy, self.lastDay, self.fine) = (ordered, registerBy, lastDay, fine)
    }

    static let id = "enforcement.attendance-order-reminder"
    static let service = ServiceRules.educationAct
    private static let section = "Education Act 1996 s443; EN-26"

    static let contents: [Particular<Self>] = [
      .text("childName", section) { $0.child },
      .text("schoolName", section) { $0.school },
      .text("orderNumber", section) { $0.order.text },
      .text("ordered", section) { $0.ordered.inWords },
      .text("registerBy", section) { $0.registerBy.inWords },
      .text("lastDay", section) { $0.lastDay.inWordsWithWeekday },
      .statement("breach", section),
      .group("fine", section, of: { $0.fine }, CourtFine.particulars(section)),
    ]

    static let template = """
      id: enforcement.attendance-order-reminder
      version: 1
      title: Reminder of a school attendance order
      ---
      <p>The school attendance order {{orderNumber}} of {{ordered}} requires you to register {{childName}} as a pupil at
      {{schoolName}} by {{registerBy}}. The school tells us that {{childName}} is not registered.</p>
      <p><strong>Register {{childName}} by {{lastDay}}.</strong> If you need help to do it, or think that the order should
      be changed, tell me now.</p>
      {{#breach}}<p>A parent who does not comply with the order commits an offence, unless the parent proves that the child
      is receiving suitable education otherwise than at school (Education Act 1996, section 443).</p>{{/breach}}
      {{#fine}}<p>The court can impose a fine at level {{fineLevel}}, which is up to {{fineMost}}.</p>{{/fine}}
      \(closing)
      """
  }
}
