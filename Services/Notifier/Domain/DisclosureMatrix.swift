import Contracts
import Rulebook

/// The event × recipient matrix (NT-4, NT-5), as far as its events exist: dated data, a row a row.
///
/// Choices made here:
/// - NT-4: a virtual school and a youth justice service are told of their own children only, and so is social care of
///   the end of school age, also where a row leaves the condition out ("minimum necessary", UK GDPR art 5(1)). Social
///   care is told of every severe absence, as N15 says without a condition.
/// - NT-5: nobody but the school is told where the matrix has no row.
/// - NT-7: another authority is told of a school attendance order only where the child moved there.
/// - NT-6: a lapse has its finding's row; that only those are told who were told of the finding is ``Decision``'s.
enum DisclosureMatrix {
  /// What one kind of receiver gets of a row's events.
  struct Cell {
    let recipient: RecipientKind
    /// The recipient's column in the matrix.
    let column: String
    let highest: DisclosureLevel
    let condition: DisclosureRule.Condition?
    /// The row that it is taken from, where that is another.
    var source: String?
    /// The lawful bases, where they are not the row's.
    var bases: Set<LawfulBasis>?
  }

  /// One row.
  struct Row {
    /// What stands before the column in a rule's source.
    let source: String
    let events: [EventType]
    let bases: Set<LawfulBasis>
    let cells: [Cell]

    /// The Working Together to Improve School Attendance framework became statutory, and the 2024 Regulations began.
    private static let framework = Day(year: 2024, month: 8, day: 19)

    var rules: [InForce<DisclosureRule>] {
      events.flatMap { event in
        cells.map { cell in
          InForce(
            DisclosureRule(
              event: event, recipient: cell.recipient, highest: cell.highest, condition: cell.condition,
              // LB7, an agreement in force, is an instance of LB1 or LB2 (UK GDPR art 6 and 9).
              bases: (cell.bases ?? bases).union([.sharingAgreement])),
            from: Self.framework, source: cell.source ?? "\(source) \(cell.column)")
        }
      }
    }
  }

  static let rows: [Row] = [
    // A proposal comes before a notice, so nobody is told more than N06 (notice issued) allows. Early help is not in N06; it is told as in N02, because support must be considered before a notice.
    Row(
      source: "disclosure table, N06",
      events: [PenaltyNoticeProposed.type, PenaltyNoticeProposalRevised.type, PenaltyNoticeProposalLapsed.type],
      bases: [.educationDuty, .criminalOffence],
      cells: [
        school(.attendance), socialCare(.identity, .openCase), virtualSchool(.attendance),
        Cell(
          recipient: .earlyHelp, column: "EH", highest: .attendance, condition: nil,
          source: "disclosure table, N02 EH", bases: [.educationDuty]),
      ]),
    // A withdrawal goes to those who were told of the issue (NT-6).
    Row(
      source: "disclosure table, N06",
      events: [NoticeToImproveIssued.type, PenaltyNoticeIssued.type, PenaltyNoticeWithdrawn.type],
      bases: [.educationDuty, .criminalOffence],
      cells: [school(.attendance), socialCare(.identity, .openCase), virtualSchool(.attendance)]),
    Row(
      source: "disclosure table, N07",
      events: [PenaltyNoticePaid.type, PenaltyNoticeUnpaid.type, PenaltyNoticeReopened.type],
      bases: [.educationDuty], cells: [school(.identity)]),
    // The result is not told with it: those who may know ask for it.
    Row(
      source: "disclosure table, N08", events: [ProsecutionLaid.type, ProsecutionDecided.type],
      bases: [.educationDuty, .criminalOffence],
      cells: [
        school(.attendance), socialCare(.attendance, nil), youthJustice(.attendance), virtualSchool(.attendance),
      ]),
    Row(
      source: "disclosure table, N09",
      events: [SupervisionOrderApplied.type, SupervisionOrderMade.type, SupervisionOrderEnded.type],
      bases: [.educationDuty, .safeguarding],
      cells: [
        school(.reasons), socialCare(.reasons, nil), health(.identity, nil), youthJustice(.attendance),
        virtualSchool(.reasons), earlyHelp(.reasons),
      ]),
    // Another authority is told of children who moved there only, which no event says yet (NT-7).
    Row(
      source: "disclosure table, N10",
      events: [AttendanceNoticeServed.type, AttendanceOrderServed.type, AttendanceOrderEnded.type],
      bases: [.educationDuty],
      cells: [
        school(.reasons), socialCare(.attendance, nil), health(.identity, nil), virtualSchool(.attendance),
        earlyHelp(.attendance),
        Cell(recipient: .otherAuthority, column: "LA", highest: .reasons, condition: .movedThere),
      ]),
    // The school is not told: it recorded the absence itself.
    Row(
      source: "disclosure table, N01", events: finding(UnexplainedAbsence.self),
      bases: [.educationDuty, .safeguarding],
      cells: [socialCare(.attendance, .openCase), youthJustice(.attendance), virtualSchool(.attendance)]),
    Row(
      source: "disclosure table, N02", events: finding(TenDayAbsence.self) + finding(TwentyDayAbsence.self),
      bases: [.educationDuty],
      cells: [
        school(.reasons), socialCare(.attendance, .openCase), youthJustice(.attendance), virtualSchool(.reasons),
        earlyHelp(.attendance),
      ]),
    Row(
      source: "disclosure table, N03", events: finding(FifteenDaySickness.self),
      bases: [.educationDuty, .specialCategory],
      cells: [school(.reasons), health(.identity, .medicalPlan), virtualSchool(.reasons)]),
    // A receipt. The partners of these rows are told of the finding that the return answers, and the event does not say
    // whose concern the child is.
    Row(
      source: "disclosure table, N02, N03 and N13", events: [ReturnFiled.type], bases: [.educationDuty],
      cells: [school(.reasons)]),
    Row(
      source: "disclosure table, N13", events: [PupilLeft.type], bases: [.educationDuty],
      cells: [
        school(.reasons), socialCare(.attendance, .openCase), virtualSchool(.reasons),
        Cell(recipient: .otherAuthority, column: "LA", highest: .reasons, condition: .movedThere),
      ]),
    Row(
      source: "disclosure table, N14", events: finding(PartTimeSixWeeks.self) + finding(PartTimeTwelveWeeks.self),
      bases: [.educationDuty],
      cells: [
        school(.reasons), socialCare(.reasons, .openCase), health(.identity, nil), youthJustice(.attendance),
        virtualSchool(.reasons), earlyHelp(.attendance),
      ]),
    Row(
      source: "disclosure table, N15", events: finding(SevereAbsence.self), bases: [.educationDuty],
      cells: [
        school(.attendance), socialCare(.attendance, nil), youthJustice(.attendance), virtualSchool(.reasons),
        earlyHelp(.attendance),
      ]),
    Row(
      source: "the product's own: no row in the disclosure table", events: finding(PersistentAbsence.self),
      bases: [.educationDuty], cells: [school(.attendance)]),
    Row(
      source: "disclosure table, N21", events: [CompulsorySchoolAgeReached.type, CompulsorySchoolAgeEnded.type],
      bases: [.educationDuty],
      cells: [
        school(.attendance), socialCare(.attendance, .openCase), youthJustice(.attendance), virtualSchool(.reasons),
        earlyHelp(.attendance),
      ]),
    // A child's social worker is told at referral and at every escalation, and the virtual school of its own children
    // (Working together to improve school attendance). Early help is voluntary: its basis is the family's consent.
    Row(
      source: "disclosure table, N04",
      events: [CaseOpened.type, CaseEscalated.type, CaseSteppedDown.type, CaseReviewed.type, CaseClosed.type],
      bases: [.educationDuty, .consent],
      cells: [
        school(.attendance), socialCare(.attendance, .openCase), virtualSchool(.attendance), earlyHelp(.attendance),
      ]),
    Row(
      source: "disclosure table, N05", events: [ContractOffered.type, ContractReviewed.type],
      bases: [.consent, .educationDuty],
      cells: [
        school(.reasons), socialCare(.attendance, .openCase), virtualSchool(.attendance), earlyHelp(.attendance),
      ]),
    // No child in it: the level counts the school's own day and session.
    Row(
      source: "the product's own: no row in the disclosure table",
      events: [RegisterMissing.type, RegisterReceived.type, RegisterMissingLapsed.type],
      bases: [.educationDuty], cells: [school(.attendance)]),
  ]

  private static func finding<Topic: FindingTopic>(_: Topic.Type) -> [EventType] {
    [Found<Topic>.type, Lapsed<Topic>.type]
  }

  private static func school(_ highest: DisclosureLevel) -> Cell {
    Cell(recipient: .school, column: "S", highest: highest, condition: nil)
  }

  private static func socialCare(_ highest: DisclosureLevel, _ condition: DisclosureRule.Condition?) -> Cell {
    Cell(recipient: .socialCare, column: "CW", highest: highest, condition: condition)
  }

  private static func health(_ highest: DisclosureLevel, _ condition: DisclosureRule.Condition?) -> Cell {
    Cell(recipient: .health, column: "HV", highest: highest, condition: condition)
  }

  private static func youthJustice(_ highest: DisclosureLevel) -> Cell {
    Cell(recipient: .youthJustice, column: "YOT", highest: highest, condition: .youthJusticeWorker)
  }

  private static func virtualSchool(_ highest: DisclosureLevel) -> Cell {
    Cell(recipient: .virtualSchool, column: "VS", highest: highest, condition: .lookedAfter)
  }

  private static func earlyHelp(_ highest: DisclosureLevel) -> Cell {
    Cell(recipient: .earlyHelp, column: "EH", highest: highest, condition: nil)
  }
}
