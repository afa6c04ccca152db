import Contracts
import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// Tells a payer that money went back, and why. It says nothing of the child (DOC-17).
  struct MoneyReturned: EnforcementLetter {
    let writer: LetterWriter
    /// The notice on which it was; `nil` where it was on none.
    let notice: DocumentNumber?
    let sum: Money
    let returned: Day
    let reason: ReturnReason
    /// How it was sent back.
    let how: String

    /// - Throws: ``LetterError`` when nothing went back.
    init(
      writer: LetterWriter, notice: DocumentNumber?, sum: Money, returned: Day, reason: ReturnReason, how: String
    ) throws(LetterError) {
      guard sum > .zero else { throw .contradictory("Nothing went back.", source: Self.interpretation) }
      (self.writer, self.notice, self.sum, self.returned) = (writer, notice, sum, returned)
      (self.reason, self.how) = (reason, how)
    }

    static let id = "enforcement.money-returned"
    private static let interpretation = "SI 2007/1867 regs 4, 5 and 8; PN-13, DOC-18"

    private static func because(_ name: String, _ reason: ReturnReason) -> Particular<Self> {
      .statement(name, interpretation, if: { $0.reason == reason })
    }

    static let contents: [Particular<Self>] = [
      .text("sum", interpretation) { LetterText.pounds(pence: $0.sum.pence) },
      .text("returned", interpretation) { $0.returned.inWordsWithWeekday },
      .group("onNotice", interpretation, of: { $0.notice }, [.text("noticeNumber", interpretation) { $0.text }]),
      because("short", .short), because("late", .late), because("double", .double), because("overpaid", .overpaid),
      because("withdrawn", .withdrawn), because("unknown", .unknown), because("otherAccount", .otherAccount),
      .text("how", interpretation) { $0.how },
    ]

    static let template = """
      id: enforcement.money-returned
      version: 1
      title: We have returned a payment
      ---
      <p>On {{returned}} we returned {{sum}}. {{how}}</p>
      {{#onNotice}}<p>It was paid for penalty notice {{noticeNumber}}.</p>{{/onNotice}}
      <h2>Why</h2>
      {{#short}}<p>It was less than the penalty, which cannot be paid in parts. The notice is not settled.</p>{{/short}}
      {{#late}}<p>It came after the last day for paying. The notice is not settled, and can no longer be
      paid.</p>{{/late}}
      {{#double}}<p>The notice had been paid already. It is settled.</p>{{/double}}
      {{#overpaid}}<p>It was more than the penalty. The notice is settled.</p>{{/overpaid}}
      {{#withdrawn}}<p>The notice has been withdrawn.</p>{{/withdrawn}}
      {{#unknown}}<p>We could not tell what it was for.</p>{{/unknown}}
      {{#otherAccount}}<p>It was for something else. We passed it on to the right account.</p>{{/otherAccount}}
      <p>Questions about this payment:</p>
      \(closing)
      """
  }
}
