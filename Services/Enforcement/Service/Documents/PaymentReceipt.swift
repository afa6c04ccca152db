import Contracts
import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// E5. Tells a payer that money for a penalty notice came. Sent by the program alone. The payer need not be the
  /// parent: it says nothing of the child (DOC-17).
  struct PaymentReceipt: EnforcementLetter {
    let writer: LetterWriter
    let notice: DocumentNumber
    let sum: Money
    let received: Day
    /// What is still due and the last day for it; `nil` when the notice is discharged.
    let due: (sum: Money, by: Day)?

    /// - Throws: ``LetterError`` when nothing came, nothing is due, or its last day is over.
    init(
      writer: LetterWriter, notice: DocumentNumber, sum: Money, received: Day, due: (sum: Money, by: Day)? = nil
    ) throws(LetterError) {
      guard sum > .zero else { throw .contradictory("Nothing was paid.", source: Self.regulation) }
      if let due, due.sum <= .zero || due.by < received {
        throw .contradictory("Nothing is due, or its last day is over.", source: Self.regulation)
      }
      (self.writer, self.notice, self.sum, self.received, self.due) = (writer, notice, sum, received, due)
    }

    static let id = "enforcement.payment-receipt"
    private static let regulation = "SI 2007/1867 regs 4 and 5; PN-13"

    static let contents: [Particular<Self>] = [
      .text("noticeNumber", regulation) { $0.notice.text },
      .text("sum", regulation) { LetterText.pounds(pence: $0.sum.pence) },
      .text("received", regulation) { $0.received.inWordsWithWeekday },
      .statement("discharged", regulation, if: { $0.due == nil }),
      .group(
        "due", regulation, of: { $0.due },
        [
          .text("dueSum", regulation) { LetterText.pounds(pence: $0.sum.pence) },
          .text("dueBy", regulation) { $0.by.inWordsWithWeekday },
        ]),
    ]

    static let template = """
      id: enforcement.payment-receipt
      version: 1
      title: Receipt for a penalty notice
      ---
      <p>Thank you. We have received your payment.</p>
      <table>
      <tbody>
      <tr><th scope="row">Penalty notice</th><td>{{noticeNumber}}</td></tr>
      <tr><th scope="row">Amount received</th><td>{{sum}}</td></tr>
      <tr><th scope="row">Received on</th><td>{{received}}</td></tr>
      </tbody>
      </table>
      {{#discharged}}<p>The penalty is paid in full. The person to whom the notice was given cannot be prosecuted for
      the absences in it.</p>{{/discharged}}
      {{#due}}<p><strong>The penalty is not paid in full.</strong> We must have another {{dueSum}} by {{dueBy}}. Until
      then the notice is not settled.</p>{{/due}}
      <p>Questions about this payment:</p>
      \(closing)
      """
  }
}
