import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// E18. Directions under an education supervision order, to a parent or the child (Children Act 1989 Sch 3 paras 12
  /// to 18).
  struct SupervisionDirections: FamilyLetter {
    struct Direction: Hashable, Sendable {
      let text: String
      /// The day from which it is to be followed.
      let from: Day
    }

    let writer: LetterWriter
    let child: String
    /// The days on which the order is in force.
    let order: DayRange
    let given: Day
    let directions: [Direction]
    let wishes: Wishes
    let fine: CourtFine

    /// - Throws: ``LetterError`` when the order is not in force on a day of the directions.
    init(
      writer: LetterWriter, child: String, order: DayRange, given: Day, directions: [Direction], wishes: Wishes,
      fine: CourtFine
    ) throws(LetterError) {
      guard order.contains(given), directions.allSatisfy({ order.contains($0.from) && given <= $0.from }) else {
        throw .contradictory("The order is not in force on a day of the directions.", source: Self.schedule + "12")
      }
      (self.writer, self.child, self.order, self.given) = (writer, child, order, given)
      (self.directions, self.wishes, self.fine) = (directions, wishes, fine)
    }

    static let id = "enforcement.supervision-directions"
    private static let schedule = "Children Act 1989 Sch 3 para "

    static let contents: [Particular<Self>] = [
      .text("childName", schedule + "12") { $0.child },
      .text("orderFirstDay", schedule + "15") { $0.order.first.inWords },
      .text("orderLastDay", schedule + "15") { $0.order.last.inWordsWithWeekday },
      .text("given", schedule + "12") { $0.given.inWordsWithWeekday },
      .list(
        "directions", schedule + "12", atLeast: 1, of: { $0.directions },
        [
          .text("direction", schedule + "12") { $0.text },
          .text("directionFrom", schedule + "12") { $0.from.inWordsWithWeekday },
        ]),
      .group("wishes", schedule + "12(2)", of: { $0.wishes }, Wishes.particulars(schedule + "12(2)")),
      .statement("duties", schedule + "13"),
      .statement("breach", schedule + "18"),
      .group("fine", schedule + "18", of: { $0.fine }, CourtFine.particulars(schedule + "18")),
      .statement("disagree", schedule + "12(2)"),
    ]

    static let template = """
      id: enforcement.supervision-directions
      version: 1
      title: Directions under an education supervision order
      ---
      <p>An education supervision order for {{childName}} was made on {{orderFirstDay}}. Its last day is
      {{orderLastDay}}. As supervisor I give these directions on {{given}}.</p>
      <table>
      <caption>Directions</caption>
      <thead><tr><th scope="col">What must be done</th><th scope="col">From</th></tr></thead>
      <tbody>
      {{#directions}}<tr><td>{{direction}}</td><td>{{directionFrom}}</td></tr>
      {{/directions}}</tbody>
      </table>
      <h2>What you told me</h2>
      <p>Before I gave them I asked what {{childName}} and the parents want, and took it into account:</p>
      {{#wishes}}\(Wishes.words){{/wishes}}
      <h2>What this means</h2>
      {{#duties}}<p>While the order is in force, following these directions takes the place of a parent’s duties to
      secure education and attendance at school.</p>{{/duties}}
      {{#breach}}<p>A parent who persistently does not follow a direction commits an offence, unless the parent took all
      reasonable steps to follow it, the direction was unreasonable, or another order made it impossible.</p>{{/breach}}
      {{#fine}}<p>The court can impose a fine at level {{fineLevel}}, which is up to {{fineMost}}.</p>{{/fine}}
      {{#disagree}}<p>If a direction does not work for your family, tell me. I can change it in
      writing.</p>{{/disagree}}
      \(closing)
      """
  }
}
