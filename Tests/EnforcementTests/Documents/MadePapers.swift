import EnforcementDomain
import Letters
import Rulebook

@testable import EnforcementService

/// Made-up papers of proceedings and orders. What can contradict is a parameter.
enum MadePapers {
  static let fine = EnforcementLetters.CourtFine(level: 3, most: .pounds(1_000))

  static func interview(
    _ say: Say, period: DayRange = days("2026-09-01", "2026-11-20"), answerBy: String = "2026-12-09"
  ) throws -> EnforcementLetters.InterviewInvitation {
    try .init(
      writer: say.writer, child: say.child, school: say.school, period: period, appointment: say.meeting,
      answerBy: day(answerBy))
  }

  static func finalWarning(
    _ say: Say, unauthorised: Int = 12, decision: String = "2027-01-11"
  ) throws -> EnforcementLetters.FinalWarning {
    try .init(
      writer: say.writer, child: say.child, school: say.school,
      figures: MadeNotices.figures(unauthorised: unauthorised), meeting: say.meeting, decision: day(decision),
      changes: say.lines("changes", of: "change", ["No half day missed without permission until then"]))
  }

  static func result(
    _ say: Say, reader: EnforcementLetters.ProceedingsResult.Reader = .parent(appealBy: day("2027-03-24")),
    outcome: EnforcementLetters.ProceedingsResult.Outcome = .convicted, orders: [String] = ["A fine of £160"]
  ) throws -> EnforcementLetters.ProceedingsResult {
    try .init(
      writer: say.writer, reader: reader, parent: say.parent, child: say.child, school: say.school,
      court: say("court", "Exampleton Magistrates’ Court"),
      offence: say("offence", "Education Act 1996, section 444(1), 1 September to 20 November 2026"),
      decided: day("2027-03-03"), outcome: outcome, orders: say.texts("order", orders))
  }

  static func toSatisfy(
    _ say: Say, lastDay: String = "2026-12-15"
  ) throws -> EnforcementLetters.NoticeToSatisfy {
    try .init(
      writer: say.writer, child: say.child,
      reasons: say.lines("reasons", of: "reason", ["Ann is not on the roll of a school."]),
      evidence: say.lines("evidence", of: "evidenceLine", ["A report of what Ann learns, with examples of work"]),
      served: day("2026-12-01"), lastDay: day(lastDay))
  }

  static func intention(
    _ say: Say, alternatives: [String] = ["Sample Academy"], lastDay: String = "2027-01-05"
  ) throws -> EnforcementLetters.NoticeOfIntention {
    try .init(
      writer: say.writer, child: say.child, school: say.school, alternatives: say.texts("alternative", alternatives),
      served: day("2026-12-22"), lastDay: day(lastDay))
  }

  static func consultation(
    _ say: Say, birth: String = "2017-05-06", lastDay: String = "2026-12-31"
  ) throws -> EnforcementLetters.SchoolConsultation {
    try .init(
      writer: say.writer, child: say.child, birth: day(birth), yearGroup: say("yearGroup", "Year 5"),
      school: say.school, served: day("2026-12-17"), lastDay: day(lastDay))
  }

  static func order(
    _ say: Say, isCopy: Bool = true, intention: String? = "2026-12-22", fine: EnforcementLetters.CourtFine = fine
  ) throws -> EnforcementLetters.AttendanceOrder {
    try .init(
      writer: say.writer, isCopy: isCopy, parent: say.parent, child: say.child, birth: day("2017-05-06"),
      school: say.school, schoolAddress: say.lines("schoolAddress", of: "schoolAddressLine", ["2 School Lane"]),
      notices: (day("2026-12-01"), intention.map { day($0) }), registerBy: day("2027-01-18"), fine: fine)
  }

  static func decision(
    _ say: Say, _ decision: EnforcementLetters.AttendanceOrderDecision.Decision, from: String = "2027-02-01"
  ) throws -> EnforcementLetters.AttendanceOrderDecision {
    try .init(
      writer: say.writer, parent: say.parent, child: say.child, order: noticeNumber(), ordered: day("2027-01-07"),
      decision: decision, grounds: say.lines("grounds", of: "ground", ["Sample Academy has offered a place."]),
      from: day(from),
      secretaryOfState: say("secretaryOfState", "Department for Education, 20 Great Smith Street, London SW1P 3BT"))
  }

  static func parentingOrder(
    _ say: Say, order: DayRange = days("2027-03-03", "2028-03-02"),
    programme: DayRange? = days("2027-03-15", "2027-06-14"), hadEarlierOrder: Bool = false
  ) throws -> EnforcementLetters.ParentingOrderRecord {
    try .init(
      writer: say.writer, parent: say.parent, child: say.child, court: say("court", "Exampleton Magistrates’ Court"),
      order: order,
      requirements: say.lines("requirements", of: "requirement", ["To bring Ann to school each day by 8:45am"]),
      programme: programme.map { .init(name: say("programmeName", "Parents together"), days: $0) },
      hadEarlierOrder: hadEarlierOrder)
  }

  private static let signed = ["Pat Officer", "Attendance officer", "01632 960001"]
  private static let meeting = ["Friday 11 December 2026, 10:30am", "County Hall Room 4"]

  static let samples: [LetterSample] = [
    LetterSample(
      "E9",
      says: signed + meeting + [
        "Ann Sample", "Example Primary School", "1 September 2026 and 20 November 2026", "444(1A)",
        "You do not have to come", "not under arrest", "right to legal advice", "solicitor",
        "bring someone to support you", "like an interpreter", "You do not have to say anything",
        "Wednesday 9 December 2026", "We record the interview", "If you do not come",
      ]
    ) { try interview($0) },
    LetterSample(
      "E10",
      says: signed + meeting + [
        "Ann Sample", "From 1 September 2026 to 20 November 2026", "110", "17", "12", "444(1)", "bring someone",
        "No half day missed without permission until then", "Monday 11 January 2027",
      ]
    ) { try finalWarning($0) },
    LetterSample(
      "E12, to the parent",
      says: signed + [
        "Mary Sample", "Ann Sample", "Exampleton Magistrates’ Court", "section 444(1)", "Wednesday 3 March 2027",
        "guilty or was found guilty", "A fine of £160", "appeal must reach the court by Wednesday 24 March 2027",
      ], omits: ["head teacher", "no order", "not guilty"]
    ) { try result($0) },
    LetterSample(
      "E12, to the school", says: ["found not guilty", "made no order", "head teacher"],
      omits: ["appeal", "pleaded", "withdrawn"]
    ) { try result($0, reader: .school, outcome: .acquitted, orders: []) },
    LetterSample("E12, withdrawn", says: ["The case was withdrawn"], omits: ["guilty"]) {
      try result($0, reader: .parent(appealBy: nil), outcome: .withdrawn, orders: [])
    },
    LetterSample(
      "E13",
      says: signed + [
        "Ann Sample", "not receiving suitable education", "Ann is not on the roll", "with examples of work",
        "by Tuesday 15 December 2026", "counted from Tuesday 1 December 2026", "educate your child at home",
        "school attendance order",
      ]
    ) { try toSatisfy($0) },
    LetterSample(
      "E14",
      says: signed + [
        "intend to serve a school attendance order", "Example Primary School", "Sample Academy",
        "Tuesday 5 January 2027", "counted from Tuesday 22 December 2026", "Choose one of the alternatives",
        "Apply for a place at another school", "If you do none of these by the last day",
      ]
    ) { try intention($0) },
    LetterSample("E14, no alternatives", says: ["Apply for a place"], omits: ["Choose one", "Alternative"]) {
      try intention($0, alternatives: [])
    },
    LetterSample(
      "E15",
      says: signed + [
        "Ann Sample", "6 May 2017", "Year 5", "We propose to name Example Primary School",
        "Answer by Thursday 31 December 2026", "counted from Thursday 17 December 2026", "direction",
      ], omits: ["Mary"]
    ) { try consultation($0) },
    LetterSample(
      "E16, copy for the school",
      says: signed + [
        "Copy for the school", "must admit", "Mary Sample", "Ann Sample", "6 May 2017", "2 School Lane",
        "requires Mary Sample to cause Ann Sample to become a registered pupil at Example Primary School by Monday 18 "
          + "January 2027", "1 December 2026", "22 December 2026", "name another school", "revoke the order", "offence",
        "section 443", "level 3", "£1,000",
      ]
    ) { try order($0) },
    LetterSample(
      "order for the school of a plan", says: ["education, health and care plan names"],
      omits: ["served notice of the school"]
    ) { try order($0, intention: nil) },
    LetterSample("E16", says: ["This order requires"], omits: ["Copy for the school"]) {
      try order($0, isCopy: false)
    },
    LetterSample(
      "E17, amended",
      says: signed + [
        "880-EN-2627-000042-B of 7 January 2027", "Monday 1 February 2027", "amended the order",
        "register the child at Sample Academy", "offered a place", "Secretary of State", "20 Great Smith Street",
      ], omits: ["revoked"]
    ) { try decision($0, .amended(school: $0("schoolName", "Sample Academy"))) },
    LetterSample("E17, revoked", says: ["We have revoked the order"], omits: ["amended", "refused"]) {
      try decision($0, .revoked)
    },
    LetterSample("E17, not revoked", says: ["We have refused to revoke the order"], omits: ["amended"]) {
      try decision($0, .notRevoked)
    },
    LetterSample(
      "E19",
      says: signed + [
        "Mary Sample", "Exampleton Magistrates’ Court", "Wednesday 3 March 2027", "Thursday 2 March 2028",
        "by 8:45am", "Parents together, from Monday 15 March 2027 to Monday 14 June 2027",
      ], omits: ["None."]
    ) { try parentingOrder($0) },
    LetterSample("E19, no programme", says: ["had a parenting order before"]) {
      try parentingOrder($0, programme: nil, hadEarlierOrder: true)
    },
  ]
}
