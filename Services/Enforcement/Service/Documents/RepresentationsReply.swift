import Contracts
import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// E8. Answers what a parent said against a penalty notice.
  struct RepresentationsReply: FamilyLetter {
    /// What was decided of the notice.
    enum Decision: Hashable, Sendable {
      case withdrawn
      /// It stands. What is due and the last day for it; `nil` when the time for paying is over.
      case stands(due: Due?)
      /// It stands and is paid.
      case settled

      struct Due: Hashable, Sendable {
        let sum: Money
        let by: Day
      }
    }

    let writer: LetterWriter
    let child: String
    let notice: DocumentNumber
    /// The day on which the representations came.
    let received: Day
    /// What the parent asked, and on what ground.
    let ground: String
    let decision: Decision
    let reasons: [String]

    /// - Throws: ``LetterError`` when nothing is due, or its last day is before the representations.
    init(
      writer: LetterWriter, child: String, notice: DocumentNumber, received: Day, ground: String, decision: Decision,
      reasons: [String]
    ) throws(LetterError) {
      if case .stands(let due?) = decision, due.sum <= .zero || due.by < received {
        throw .contradictory("Nothing is due, or its last day is over.", source: Self.code)
      }
      (self.writer, self.child, self.notice, self.received) = (writer, child, notice, received)
      (self.ground, self.decision, self.reasons) = (ground, decision, reasons)
    }

    static let id = "enforcement.representations-reply"
    private static let code = "local code of conduct; DOC-3, DOC-12"

    private var due: Decision.Due? { if case .stands(let due) = decision { due } else { nil } }

    static let contents: [Particular<Self>] = [
      .text("childName", code) { $0.child },
      .text("noticeNumber", code) { $0.notice.text },
      .text("received", code) { $0.received.inWords },
      .text("ground", code) { $0.ground },
      .statement("withdrawn", code, if: { $0.decision == .withdrawn }),
      .statement("stands", code, if: { $0.decision != .withdrawn }),
      .lines("reasons", of: "reason", code) { $0.reasons },
      .group(
        "due", code, of: { $0.due },
        [
          .text("dueSum", code) { LetterText.pounds(pence: $0.sum.pence) },
          .text("dueBy", code) { $0.by.inWordsWithWeekday },
        ]),
      .statement("timeOver", code, if: { $0.decision == .stands(due: nil) }),
      .statement("settled", code, if: { $0.decision == .settled }),
    ]

    static let template = """
      id: enforcement.representations-reply
      version: 1
      title: What you told us about your penalty notice
      ---
      <p>On {{received}} we received what you told us about the penalty notice for {{childName}}, number
      {{noticeNumber}}. We have read it and looked at the notice again.</p>
      <h2>What you asked</h2>
      <p>{{ground}}</p>
      <h2>What we decided</h2>
      {{#withdrawn}}<p><strong>We have decided to withdraw the notice.</strong> You will get a notice of withdrawal
      separately.</p>{{/withdrawn}}
      {{#stands}}<p><strong>The notice stands.</strong></p>{{/stands}}
      <h2>Why</h2>
      <ul>{{#reasons}}<li>{{reason}}</li>{{/reasons}}</ul>
      {{#due}}<h2>What you must do</h2>
      <p>To settle the notice, pay {{dueSum}} so that we have it by {{dueBy}}. Give the number of the notice when you
      pay.</p>{{/due}}
      {{#timeOver}}<p>The time for paying this notice is over. You may be prosecuted for the absences in
      it.</p>{{/timeOver}}
      {{#settled}}<p>The penalty is paid. You do not have to do anything.</p>{{/settled}}
      \(closing)
      """
  }
}
