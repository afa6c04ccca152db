import Contracts
import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// The certificate of payment or non-payment of a penalty notice, as evidence (SI 2007/1867 reg 6). The writer is the
  /// proper officer.
  struct PaymentCertificate: EnforcementLetter {
    let writer: LetterWriter
    let notice: DocumentNumber
    /// The recipient of the notice.
    let parent: String
    let due: Money
    /// The day by which the certificate says that it was paid, or was not.
    let by: Day
    /// What came, and when; `nil` when it was not paid.
    let paid: (sum: Money, on: Day)?

    /// - Throws: ``LetterError`` when what came was not what was due, or came later.
    init(
      writer: LetterWriter, notice: DocumentNumber, parent: String, due: Money, by: Day,
      paid: (sum: Money, on: Day)? = nil
    ) throws(LetterError) {
      guard due > .zero else { throw .contradictory("Nothing was due.", source: Self.regulation) }
      if let paid, paid.sum < due || by < paid.on {
        throw .contradictory("It was not paid in full by the day.", source: Self.regulation)
      }
      (self.writer, self.notice, self.parent, self.due, self.by, self.paid) = (writer, notice, parent, due, by, paid)
    }

    static let id = "enforcement.payment-certificate"
    private static let regulation = "SI 2007/1867 reg 6"

    static let contents: [Particular<Self>] = [
      .text("noticeNumber", regulation) { $0.notice.text },
      .text("parentName", regulation) { $0.parent },
      .text("due", regulation) { LetterText.pounds(pence: $0.due.pence) },
      .text("by", regulation) { $0.by.inWordsWithWeekday },
      .group(
        "paid", regulation, of: { $0.paid },
        [
          .text("paidSum", regulation) { LetterText.pounds(pence: $0.sum.pence) },
          .text("paidOn", regulation) { $0.on.inWordsWithWeekday },
        ]),
      .statement("notPaid", regulation, if: { $0.paid == nil }),
      .statement("signed", regulation),
    ]

    static let template = """
      id: enforcement.payment-certificate
      version: 1
      title: Certificate about a penalty notice
      ---
      <table>
      <caption>The penalty notice</caption>
      <tbody>
      <tr><th scope="row">Number</th><td>{{noticeNumber}}</td></tr>
      <tr><th scope="row">Given to</th><td>{{parentName}}</td></tr>
      <tr><th scope="row">Penalty</th><td>{{due}}</td></tr>
      <tr><th scope="row">This certificate is about payment by</th><td>{{by}}</td></tr>
      </tbody>
      </table>
      {{#paid}}<p>I certify that {{paidSum}} was received by the authority for this penalty on {{paidOn}}.</p>{{/paid}}
      {{#notPaid}}<p>I certify that at the end of that day the authority had not received payment of this
      penalty.</p>{{/notPaid}}
      {{#signed}}<p>Signed by the proper officer of the authority named above (Education (Penalty Notices) (England)
      Regulations 2007, regulation 6):</p>{{/signed}}
      \(closing)
      """
  }
}
