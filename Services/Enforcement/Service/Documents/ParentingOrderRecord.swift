import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// E19. The record of a parenting order for the officer who is responsible for it (Sentencing Act 2020 ss366 to 369).
  struct ParentingOrderRecord: EnforcementLetter {
    struct Programme: Hashable, Sendable {
      let name: String
      let days: DayRange
    }

    let writer: LetterWriter
    let parent, child, court: String
    /// From the day on which it was made to its last.
    let order: DayRange
    let requirements: [String]
    /// Counselling or guidance; `nil` when the parent has had an order before and the court wanted none.
    let programme: Programme?

    /// - Parameter hadEarlierOrder: whether the parent has had an order before.
    /// - Throws: ``LetterError`` when the order is not one that the law allows.
    init(
      writer: LetterWriter, parent: String, child: String, court: String, order: DayRange, requirements: [String],
      programme: Programme?, hadEarlierOrder: Bool
    ) throws(LetterError) {
      try EnforcementLetters.inOrder(order, source: Self.code)
      if let programme { try EnforcementLetters.inOrder(programme.days, source: Self.code) }
      let law = ParentingOrder(
        made: order.first, until: order.last, programme: programme?.days, hadEarlierOrder: hadEarlierOrder)
      guard law.violations.isEmpty else {
        throw .contradictory("The order or its programme is not as the law has it.", source: Self.code)
      }
      (self.writer, self.parent, self.child, self.court) = (writer, parent, child, court)
      (self.order, self.requirements, self.programme) = (order, requirements, programme)
    }

    static let id = "enforcement.parenting-order-record"
    private static let code = "Sentencing Act 2020 s369; Crime and Disorder Act 1998 s8(4)"

    static let contents: [Particular<Self>] = [
      .text("parentName", code) { $0.parent },
      .text("childName", code) { $0.child },
      .text("court", code) { $0.court },
      .text("made", code) { $0.order.first.inWordsWithWeekday },
      .text("lastDay", code) { $0.order.last.inWordsWithWeekday },
      .lines("requirements", of: "requirement", code) { $0.requirements },
      .group(
        "programme", code, of: { $0.programme },
        [
          .text("programmeName", code) { $0.name },
          .text("programmeFirstDay", code) { $0.days.first.inWordsWithWeekday },
          .text("programmeLastDay", code) { $0.days.last.inWordsWithWeekday },
        ]),
      .statement("noProgramme", code, if: { $0.programme == nil }),
    ]

    static let template = """
      id: enforcement.parenting-order-record
      version: 1
      title: Parenting order: record for the responsible officer
      ---
      <table>
      <caption>The order</caption>
      <tbody>
      <tr><th scope="row">Parent</th><td>{{parentName}}</td></tr>
      <tr><th scope="row">Child</th><td>{{childName}}</td></tr>
      <tr><th scope="row">Court</th><td>{{court}}</td></tr>
      <tr><th scope="row">Made on</th><td>{{made}}</td></tr>
      <tr><th scope="row">Last day</th><td>{{lastDay}}</td></tr>
      </tbody>
      </table>
      <h2>Requirements</h2>
      <ol>{{#requirements}}<li>{{requirement}}</li>{{/requirements}}</ol>
      <h2>Counselling or guidance programme</h2>
      {{#programme}}<p>{{programmeName}}, from {{programmeFirstDay}} to {{programmeLastDay}}.</p>{{/programme}}
      {{#noProgramme}}<p>None. The parent has had a parenting order before, and the court did not ask for a
      programme.</p>{{/noProgramme}}
      <p>Tell us if a requirement is not kept, or if the order should be changed.</p>
      \(closing)
      """
  }
}
