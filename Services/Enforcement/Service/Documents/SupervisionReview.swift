import Letters
import Rulebook

extension EnforcementLetters {
  /// E18. The record of a review of an education supervision order, for the family.
  struct SupervisionReview: FamilyLetter {
    let writer: LetterWriter
    let child, school: String
    /// The days on which the order is in force.
    let order: DayRange
    let reviewed: Day
    let figures: AttendanceFigures
    let wishes: Wishes
    /// What goes well and what does not.
    let findings: [String]
    /// What is to be done, by whom.
    let next: [String]
    /// The day of the next review; `nil` when the order ends before it.
    let nextReview: Day?

    /// - Throws: ``LetterError`` when a review or the figures lie outside the order.
    init(
      writer: LetterWriter, child: String, school: String, order: DayRange, reviewed: Day, figures: AttendanceFigures,
      wishes: Wishes, findings: [String], next: [String], nextReview: Day?
    ) throws(LetterError) {
      guard order.contains(reviewed), figures.last <= reviewed,
        nextReview.map({ reviewed < $0 && order.contains($0) }) ?? true
      else { throw .contradictory("A review lies outside the order.", source: Self.guidance) }
      (self.writer, self.child, self.school, self.order) = (writer, child, school, order)
      (self.reviewed, self.figures, self.wishes) = (reviewed, figures, wishes)
      (self.findings, self.next, self.nextReview) = (findings, next, nextReview)
    }

    static let id = "enforcement.supervision-review"
    private static let guidance = "Children Act 1989 Sch 3 para 12; DOC-12"

    static let contents: [Particular<Self>] = [
      .text("childName", guidance) { $0.child },
      .text("schoolName", guidance) { $0.school },
      .text("orderLastDay", guidance) { $0.order.last.inWordsWithWeekday },
      .text("reviewed", guidance) { $0.reviewed.inWordsWithWeekday },
      .group("figures", guidance, of: { $0.figures }, AttendanceFigures.particulars(guidance)),
      .group("wishes", guidance, of: { $0.wishes }, Wishes.particulars(guidance)),
      .lines("findings", of: "finding", guidance) { $0.findings },
      .lines("next", of: "nextLine", guidance) { $0.next },
      .group(
        "nextReview", guidance, of: { $0.nextReview },
        [.text("nextReviewDay", guidance) { $0.inWordsWithWeekday }]),
    ]

    static let template = """
      id: enforcement.supervision-review
      version: 1
      title: Review of the education supervision order
      ---
      <p>We reviewed the education supervision order for {{childName}} on {{reviewed}}. The last day of the order is
      {{orderLastDay}}.</p>
      <h2>Attendance at {{schoolName}}</h2>
      {{#figures}}\(AttendanceFigures.table){{/figures}}
      <h2>What the child and the parents said</h2>
      {{#wishes}}\(Wishes.words){{/wishes}}
      <h2>What we found</h2>
      <ul>{{#findings}}<li>{{finding}}</li>{{/findings}}</ul>
      <h2>What happens next</h2>
      <ul>{{#next}}<li>{{nextLine}}</li>{{/next}}</ul>
      {{#nextReview}}<p>The next review is on {{nextReviewDay}}.</p>{{/nextReview}}
      {{^nextReview}}<p>No other review is planned before the order ends.</p>{{/nextReview}}
      \(closing)
      """
  }
}
