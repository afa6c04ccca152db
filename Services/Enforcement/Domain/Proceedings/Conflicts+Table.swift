public import Rulebook

extension Conflicts {
  /// What is in force since when. A step has no answer beside a matter that it cannot meet.
  public static let table: Dated<Table> = [
    InForce(
      Table(
        matters: [
          .noticeSameSessions: noticeSameSessions, .noticeOtherSessions: noticeOtherSessions,
          .prosecutionSameSessions: prosecution, .supervisionOrder: supervisionOrder,
          .attendanceOrder: attendanceOrder, .parentingOrder: parentingOrder,
        ],
        circumstances: [
          .noticeSameSessions: circumstances, .noticeOtherSessions: circumstances,
          .prosecutionSameSessions: circumstances,
          .supervisionOrder: circumstances.merging([
            .inCare: Cell(.hardBlock, "No supervision order is made for a child in care.")
          ]) { $1 }, .attendanceOrder: circumstances.filter { $0.key != .noControl }, .parentingOrder: circumstances,
        ]),
      from: Day(year: 2024, month: 8, day: 19),
      source: "Education Act 1996 ss444, 444A, 447; Children Act 1989 s36, Sch 3 para 13; interpretations EN-20, EN-28")
  ]

  private static let replaced = Cell(
    .block, "While a supervision order is in force, its directions replace the parent's duty.")
  private static let stillToPay = Cell(.hardBlock, "The parent has 28 days to pay the notice for these sessions.")
  private static let discharged = Cell(.hardBlock, "Payment discharged the offence of these sessions.")
  private static let laid = Cell(.hardBlock, "These sessions are before a court.")
  private static let improving = Cell(.block, "The period of the notice to improve has not ended.")
  private static let inOrderProcess = Cell(.block, "The steps to a school attendance order have begun.")
  private static let nothing = Cell(.allow, "")

  private static let noticeSameSessions: [Matter: Cell] = [
    .noticeToImprove: improving, .openNotice: stillToPay, .paidNotice: discharged, .supervisionOrder: replaced,
    .prosecution: laid, .attendanceOrder: inOrderProcess,
  ]

  private static let noticeOtherSessions: [Matter: Cell] = [
    .noticeToImprove: improving,
    .openNotice: Cell(.warn, "The parent has not yet had the time to answer the other notice."),
    .paidNotice: nothing, .supervisionOrder: replaced,
    .prosecution: Cell(.warn, "Other sessions of the same child are before a court."),
    .attendanceOrder: inOrderProcess,
  ]

  private static let prosecution: [Matter: Cell] = [
    .noticeToImprove: Cell(.warn, "The period of the notice to improve has not ended."),
    .openNotice: stillToPay, .paidNotice: discharged, .supervisionOrder: replaced, .prosecution: laid,
    .attendanceOrder: Cell(.warn, "The steps to a school attendance order have begun."),
  ]

  /// An order in force is extended and not applied for.
  private static let supervisionOrder: [Matter: Cell] = [
    .noticeToImprove: nothing, .openNotice: nothing, .paidNotice: nothing, .prosecution: nothing,
    .attendanceOrder: nothing,
  ]

  /// The steps to one order are one case.
  private static let attendanceOrder: [Matter: Cell] = [
    .noticeToImprove: nothing, .openNotice: nothing, .paidNotice: nothing, .prosecution: nothing,
    .supervisionOrder: Cell(.block, "While a supervision order is in force, it decides where the child is educated."),
  ]

  private static let parentingOrder = Dictionary(
    uniqueKeysWithValues: Matter.allCases.map { ($0, nothing) })

  private static let circumstances: [Circumstance: Cell] = [
    .protectionAdvice: Cell(.block, "A child protection enquiry advises otherwise."),
    .inCare: Cell(.block, "The child is in care: a step against a birth parent needs legal advice."),
    .authorityIsParent: Cell(.hardBlock, "The authority takes no step against itself."),
    .planUnassessed: Cell(.block, "A plan for the child's disability or anxiety has not been assessed."),
    .noControl: Cell(.block, "The parent did not have control of the absence."),
  ]
}
