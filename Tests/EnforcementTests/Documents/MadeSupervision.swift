import EnforcementDomain
import Letters
import Rulebook

@testable import EnforcementService

/// Made-up papers of an education supervision order. What can contradict is a parameter.
enum MadeSupervision {
  static let order = days("2027-02-01", "2028-01-31")

  static func consultation(_ say: Say) -> EnforcementLetters.SupervisionConsultation {
    .init(
      writer: say.writer, child: say.child, birth: day("2017-05-06"), school: say.school,
      ground: say("ground", "Ann does not attend school regularly."),
      tried: say.lines("tried", of: "triedLine", ["An attendance contract"]), answerBy: day("2026-12-11"))
  }

  static func application(_ say: Say, event: String = "2026-10-05") throws -> EnforcementLetters.SupervisionApplication
  {
    try .init(
      writer: say.writer, child: say.child, birth: day("2017-05-06"), school: say.school,
      parents: say.lines("parents", of: "parentName", ["Mary Sample", "John Sample"]),
      ground: say("ground", "Ann does not attend school regularly."),
      tried: say.lines("tried", of: "triedLine", ["An attendance contract, which was not kept"]),
      consultation: .init(day: day("2026-12-09"), text: say("consultation", "They see no risk of harm.")),
      directions: say.lines("directions", of: "direction", ["To meet the supervisor every two weeks"]),
      chronology: say.rows(
        "chronology",
        [
          .init(day: day("2026-11-02"), text: say("event", "A meeting at school")),
          .init(day: day(event), text: say("event", "A visit at home")),
        ]), wishes: say.wishes)
  }

  static func directions(
    _ say: Say, given: String = "2027-02-08", from: String = "2027-02-15"
  ) throws -> EnforcementLetters.SupervisionDirections {
    try .init(
      writer: say.writer, child: say.child, order: order, given: day(given),
      directions: say.rows(
        "directions", [.init(text: say("direction", "To bring Ann to the breakfast club"), from: day(from))]),
      wishes: say.wishes, fine: MadePapers.fine)
  }

  static func review(_ say: Say, next: String? = "2027-07-12") throws -> EnforcementLetters.SupervisionReview {
    try .init(
      writer: say.writer, child: say.child, school: say.school, order: order, reviewed: day("2027-04-12"),
      figures: MadeNotices.figures(first: "2027-02-01", last: "2027-04-09"), wishes: say.wishes,
      findings: say.lines("findings", of: "finding", ["Mornings go better."]),
      next: say.lines("next", of: "nextLine", ["The school keeps the place at the club."]), nextReview: next.map(day))
  }

  static func end(
    _ say: Say, _ ground: EnforcementLetters.SupervisionEnd.Ground, lastDay: String = "2028-01-31",
    after: [String] = ["The breakfast club"]
  ) throws -> EnforcementLetters.SupervisionEnd {
    try .init(
      writer: say.writer, child: say.child, made: order.first, lastDay: day(lastDay), ground: ground,
      after: say.texts("afterLine", after))
  }

  private static let signed = ["Pat Officer", "Attendance officer", "01632 960001"]
  private static let wishes = ["Ann wants to be with her friends.", "To be helped."]

  static let samples: [LetterSample] = [
    LetterSample(
      "E18, consultation",
      says: signed + [
        "Ann Sample", "6 May 2017", "section 36(8)", "does not attend school regularly", "An attendance contract",
        "Friday 11 December 2026", "safety",
      ], omits: ["Mary"]
    ) { consultation($0) },
    LetterSample(
      "E18, application",
      says: signed + wishes + [
        "Ann Sample", "Mary Sample", "John Sample", "does not attend school regularly", "which was not kept",
        "Answer of children’s services, 9 December 2026", "no risk of harm", "every two weeks",
        "5 October 2026 A visit at home 2 November 2026 A meeting at school",
      ]
    ) { try application($0) },
    LetterSample(
      "E18, directions",
      says: signed + wishes + [
        "made on 1 February 2027", "Monday 31 January 2028", "on Monday 8 February 2027", "breakfast club Monday 15",
        "takes the place of a parent’s duties", "offence", "level 3", "£1,000", "change it in writing",
      ]
    ) { try directions($0) },
    LetterSample(
      "E18, review",
      says: signed + wishes + [
        "Monday 12 April 2027", "Monday 31 January 2028", "From 1 February 2027 to 9 April 2027", "Mornings go better",
        "keeps the place", "next review is on Monday 12 July 2027",
      ], omits: ["No other review"]
    ) { try review($0) },
    LetterSample("E18, last review", says: ["No other review"], omits: ["next review is"]) {
      try review($0, next: nil)
    },
    LetterSample(
      "E18, expired",
      says: signed + [
        "made on 1 February 2027", "Monday 31 January 2028", "its time was over", "duties of parents",
        "The breakfast club",
      ], omits: ["Nothing that we arranged"]
    ) { try end($0, .expired) },
    LetterSample(
      "E18, out of age", says: ["no longer of compulsory school age", "Nothing that we arranged"],
      omits: ["duties of parents"]
    ) { try end($0, .age, after: []) },
    LetterSample("E18, discharged", says: ["the court discharged it"], omits: ["its time was over"]) {
      try end($0, .discharged)
    },
    LetterSample("E18, care order", says: ["made a care order"], omits: ["discharged", "duties of parents"]) {
      try end($0, .care)
    },
  ]
}
