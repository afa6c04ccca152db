import Contracts
import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// E7. Withdraws a penalty notice: because it should not stand, with what was paid (SI 2007/1867 reg 8), or because
  /// nobody prosecutes (reg 9).
  struct Withdrawal: FamilyLetter {
    let writer: LetterWriter
    let child: String
    let notice: DocumentNumber
    let issued: Day
    let ground: NoticeWithdrawal.Ground
    let withdrawn: Day
    /// What was paid, and how it is sent back; `nil` when nothing was.
    let repaid: (sum: Money, how: String)?

    /// - Throws: ``LetterError`` when the days are not in order, nothing is sent back, or money came for a notice that
    /// is withdrawn because it was not paid.
    init(
      writer: LetterWriter, child: String, notice: DocumentNumber, issued: Day, ground: NoticeWithdrawal.Ground,
      withdrawn: Day, repaid: (sum: Money, how: String)? = nil
    ) throws(LetterError) {
      guard issued <= withdrawn else {
        throw .contradictory("It was withdrawn before it was issued.", source: Self.regulation)
      }
      guard repaid.map({ $0.sum > .zero }) ?? true else {
        throw .contradictory("Nothing is sent back.", source: Self.regulation)
      }
      guard repaid == nil || ground != .unpaidNotProsecuted else {
        throw .contradictory("A notice that was not paid is withdrawn without repayment.", source: Self.unpaid)
      }
      (self.writer, self.child, self.notice, self.issued) = (writer, child, notice, issued)
      (self.ground, self.withdrawn, self.repaid) = (ground, withdrawn, repaid)
    }

    static let id = "enforcement.withdrawal"
    private static let regulation = "SI 2007/1867 reg 8"
    private static let unpaid = "SI 2007/1867 reg 9"

    static let contents: [Particular<Self>] = [
      .text("childName", regulation) { $0.child },
      .text("noticeNumber", regulation) { $0.notice.text },
      .text("issued", regulation) { $0.issued.inWords },
      .text("withdrawn", regulation) { $0.withdrawn.inWordsWithWeekday },
      .statement("notToBeIssued", regulation, if: { $0.ground == .oughtNotHaveBeenIssued }),
      .statement("wrongPerson", regulation, if: { $0.ground == .wrongPerson }),
      .statement("materialError", regulation, if: { $0.ground == .materialError }),
      .statement("notProsecuted", unpaid, if: { $0.ground == .unpaidNotProsecuted }),
      .group(
        "repaid", regulation, of: { $0.repaid },
        [
          .text("repaidSum", regulation) { LetterText.pounds(pence: $0.sum.pence) },
          .text("repaidHow", regulation) { $0.how },
        ]),
      .statement("noProceedings", "SI 2007/1867 regs 8 and 9; EN-6"),
    ]

    static let template = """
      id: enforcement.withdrawal
      version: 1
      title: Your penalty notice is withdrawn
      ---
      <p>We have withdrawn the penalty notice about {{childName}} with the number {{noticeNumber}} and the date
      {{issued}}. It has no effect from {{withdrawn}}.</p>
      {{#notToBeIssued}}<p>We withdrew it because it should not have been issued.</p>{{/notToBeIssued}}
      {{#wrongPerson}}<p>We withdrew it because it should not have been issued to you.</p>{{/wrongPerson}}
      {{#materialError}}<p>We withdrew it because there were material errors in it.</p>{{/materialError}}
      {{#notProsecuted}}<p>The penalty was not paid in time. We are not prosecuting, so we must withdraw the
      notice.</p>{{/notProsecuted}}
      {{#repaid}}<p>We are returning the {{repaidSum}} that was paid. {{repaidHow}}</p>{{/repaid}}
      {{#noProceedings}}<p>No proceedings for the absences in that notice will be started or continued against you. You
      do not have to do anything.</p>{{/noProceedings}}
      \(closing)
      """
  }
}
