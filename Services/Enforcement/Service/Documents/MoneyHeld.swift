import Contracts
import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// E6. Tells a payer that money is held that does not discharge a penalty notice, and asks what to do with it. It
  /// says nothing of the child (DOC-17).
  struct MoneyHeld: EnforcementLetter {
    let writer: LetterWriter
    let notice: DocumentNumber
    let held: Money
    /// Why it does not discharge the notice.
    let reason: String
    /// What would complete it until the last day; `nil` when nothing can any more.
    let missing: Money?
    /// The last day for completing it, or for asking for its return.
    let lastDay: Day
    /// What happens to the money when nobody answers.
    let otherwise: String

    /// - Throws: ``LetterError`` when nothing is held or nothing is missing.
    init(
      writer: LetterWriter, notice: DocumentNumber, held: Money, reason: String, missing: Money?, lastDay: Day,
      otherwise: String
    ) throws(LetterError) {
      guard held > .zero, missing.map({ $0 > .zero }) ?? true else {
        throw .contradictory("Nothing is held, or nothing is missing.", source: Self.interpretation)
      }
      (self.writer, self.notice, self.held, self.reason) = (writer, notice, held, reason)
      (self.missing, self.lastDay, self.otherwise) = (missing, lastDay, otherwise)
    }

    static let id = "enforcement.money-held"
    private static let interpretation = "SI 2007/1867 regs 4 and 5; PN-13"

    static let contents: [Particular<Self>] = [
      .text("noticeNumber", interpretation) { $0.notice.text },
      .text("held", interpretation) { LetterText.pounds(pence: $0.held.pence) },
      .text("reason", interpretation) { $0.reason },
      .group(
        "complete", interpretation, of: { $0.missing },
        [.text("missing", interpretation) { LetterText.pounds(pence: $0.pence) }]),
      .statement("noLonger", interpretation, if: { $0.missing == nil }),
      .statement("return", interpretation),
      .text("lastDay", interpretation) { $0.lastDay.inWordsWithWeekday },
      .text("otherwise", interpretation) { $0.otherwise },
    ]

    static let template = """
      id: enforcement.money-held
      version: 1
      title: Your payment does not settle the penalty notice
      ---
      <p>We hold {{held}} that was paid for penalty notice {{noticeNumber}}. It does not settle the notice.</p>
      <p>{{reason}}</p>
      {{#noLonger}}<p>The time for paying this notice is over, so it cannot be completed.</p>{{/noLonger}}
      <h2>What you can do by {{lastDay}}</h2>
      <ul>
      {{#complete}}<li>Pay another {{missing}}, so that we have it by that day. The notice is then
      settled.</li>{{/complete}}
      {{#return}}<li>Ask us to send back what we hold. Tell us how you paid, and we will return it in that
      way.</li>{{/return}}
      </ul>
      <h2>If we do not hear from you by then</h2>
      <p>{{otherwise}}</p>
      <p>Questions about this payment:</p>
      \(closing)
      """
  }
}
