import Contracts
import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// Reminds the parent of a penalty notice that can still be paid.
  struct PaymentReminder: FamilyLetter {
    let writer: LetterWriter
    let child: String
    let notice: DocumentNumber
    let issued: Day
    /// What discharges the notice now, and the last day on which it does.
    let due: (sum: Money, by: Day)
    /// What does afterwards, where the sum is a reduced one.
    let later: (sum: Money, by: Day)?

    /// - Throws: ``LetterError`` when nothing is due, or the days are not in order.
    init(
      writer: LetterWriter, child: String, notice: DocumentNumber, issued: Day, due: (sum: Money, by: Day),
      later: (sum: Money, by: Day)? = nil
    ) throws(LetterError) {
      guard due.sum > .zero, issued <= due.by, later.map({ due.by < $0.by && due.sum < $0.sum }) ?? true else {
        throw .contradictory("Nothing is due, or the days are not in order.", source: Self.regulation)
      }
      (self.writer, self.child, self.notice, self.issued) = (writer, child, notice, issued)
      (self.due, self.later) = (due, later)
    }

    static let id = "enforcement.payment-reminder"
    private static let regulation = "SI 2007/1867 regs 4 and 5; DOC-18"

    static let contents: [Particular<Self>] = [
      .text("childName", regulation) { $0.child },
      .text("noticeNumber", regulation) { $0.notice.text },
      .text("issued", regulation) { $0.issued.inWords },
      .text("dueSum", regulation) { LetterText.pounds(pence: $0.due.sum.pence) },
      .text("dueBy", regulation) { $0.due.by.inWordsWithWeekday },
      .group(
        "later", regulation, of: { $0.later },
        [
          .text("laterSum", regulation) { LetterText.pounds(pence: $0.sum.pence) },
          .text("laterBy", regulation) { $0.by.inWordsWithWeekday },
        ]),
      .statement("notPaid", "Education Act 1996 s444A(3)"),
    ]

    static let template = """
      id: enforcement.payment-reminder
      version: 1
      title: Your penalty notice has not been paid
      ---
      <p>We gave you the penalty notice {{noticeNumber}} about {{childName}} on {{issued}}. It has not been paid.</p>
      <p>To settle it, pay <strong>{{dueSum}}</strong> so that we have it by <strong>{{dueBy}}</strong>. Give the number
      of the notice when you pay.</p>
      {{#later}}<p>After that day it costs {{laterSum}}, until {{laterBy}}.</p>{{/later}}
      {{#notPaid}}<p>If it is not paid in time, you may be prosecuted for the absences in it.</p>{{/notPaid}}
      <p>If you have paid, or think that the notice is wrong, tell me.</p>
      \(closing)
      """
  }
}
