import Letters
import Rulebook

extension EnforcementLetters {
  /// E18. Tells a parent, the child or children's services that an education supervision order has ended (Children Act
  /// 1989 Sch 3 paras 15 and 17).
  struct SupervisionEnd: FamilyLetter {
    /// Why it ended.
    enum Ground: String, Hashable, Sendable, CaseIterable {
      case expired, discharged
      /// The child is no longer of compulsory school age.
      case age
      /// A care order was made.
      case care
    }

    let writer: LetterWriter
    let child: String
    let made, lastDay: Day
    let ground: Ground
    /// What stays in place.
    let after: [String]

    /// - Throws: ``LetterError`` when it ended before it was made.
    init(
      writer: LetterWriter, child: String, made: Day, lastDay: Day, ground: Ground, after: [String]
    ) throws(LetterError) {
      guard made <= lastDay else {
        throw .contradictory("The order ended before it was made.", source: Self.schedule + "15")
      }
      (self.writer, self.child, self.made, self.lastDay) = (writer, child, made, lastDay)
      (self.ground, self.after) = (ground, after)
    }

    static let id = "enforcement.supervision-end"
    private static let schedule = "Children Act 1989 Sch 3 para "

    static let contents: [Particular<Self>] = [
      .text("childName", schedule + "15") { $0.child },
      .text("made", schedule + "15") { $0.made.inWords },
      .text("lastDay", schedule + "15") { $0.lastDay.inWordsWithWeekday },
      .statement("expired", schedule + "15", if: { $0.ground == .expired }),
      .statement("discharged", schedule + "17", if: { $0.ground == .discharged }),
      .statement("age", schedule + "15(6)", if: { $0.ground == .age }),
      .statement("care", schedule + "15(6)", if: { $0.ground == .care }),
      .statement("duties", schedule + "13", if: { $0.ground == .expired || $0.ground == .discharged }),
      .list("after", "DOC-12", of: { $0.after }, [.text("afterLine", "DOC-12") { $0 }]),
    ]

    static let template = """
      id: enforcement.supervision-end
      version: 1
      title: The education supervision order has ended
      ---
      <p>The education supervision order for {{childName}} that was made on {{made}} has ended. Its last day was
      {{lastDay}}.</p>
      {{#expired}}<p>It ended because its time was over.</p>{{/expired}}
      {{#discharged}}<p>It ended because the court discharged it.</p>{{/discharged}}
      {{#age}}<p>It ended because {{childName}} is no longer of compulsory school age.</p>{{/age}}
      {{#care}}<p>It ended because the court made a care order.</p>{{/care}}
      <p>The directions under the order no longer apply.</p>
      {{#duties}}<p>The duties of parents to secure suitable education and regular attendance at school apply
      again.</p>{{/duties}}
      <h2>What stays in place</h2>
      <ul>{{#after}}<li>{{afterLine}}</li>{{/after}}</ul>
      {{^after}}<p>Nothing that we arranged goes on. You can ask me or the school for help at any time.</p>{{/after}}
      \(closing)
      """
  }
}
