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
/// - NT-8: the police are told of a missing child only where the safeguarding questions found a risk, and of the end of
///   the search only where they were told of it.
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
    let events: [any Reportable.Type]
    let bases: Set<LawfulBasis>
    let cells: [Cell]

    /// The Working Together to Improve School Attendance framework became statutory, and the 2024 Regulations began.
    private static let framework = Day(year: 2024, month: 8, day: 19)

    var rules: [InForce<DisclosureRule>] {
      events.flatMap { event in
        cells.map { cell in
          InForce(
            DisclosureRule(
              event: event.type, recipient: cell.recipient, highest: cell.highest, condition: cell.condition,
              // LB7, an agreement in force, is an instance of LB1 or LB2 (UK GDPR art 6 and 9).
              bases: (cell.bases ?? bases).union([.sharingAgreement])),
            from: Self.framework, source: cell.source ?? "\(source) \(cell.column)")
        }
      }
    }
  }

  /// Every row, each in the file of the program whose events it is about.
  static let rows = enforcement + registers + casework + licensing + cme

  static func finding<Topic: FindingTopic>(_: Topic.Type) -> [any Reportable.Type] {
    [Found<Topic>.self, Lapsed<Topic>.self]
  }

  static func school(_ highest: DisclosureLevel) -> Cell {
    Cell(recipient: .school, column: "S", highest: highest, condition: nil)
  }

  static func socialCare(_ highest: DisclosureLevel, _ condition: DisclosureRule.Condition?) -> Cell {
    Cell(recipient: .socialCare, column: "CW", highest: highest, condition: condition)
  }

  static func health(_ highest: DisclosureLevel, _ condition: DisclosureRule.Condition?) -> Cell {
    Cell(recipient: .health, column: "HV", highest: highest, condition: condition)
  }

  static func youthJustice(_ highest: DisclosureLevel) -> Cell {
    Cell(recipient: .youthJustice, column: "YOT", highest: highest, condition: .youthJusticeWorker)
  }

  static func virtualSchool(_ highest: DisclosureLevel) -> Cell {
    Cell(recipient: .virtualSchool, column: "VS", highest: highest, condition: .lookedAfter)
  }

  static func police(_ highest: DisclosureLevel) -> Cell {
    Cell(recipient: .police, column: "POL", highest: highest, condition: nil)
  }

  /// Another authority is told of a child who moved there only; of a missing one by a sealed alert.
  static func otherAuthority(_ highest: DisclosureLevel) -> Cell {
    Cell(recipient: .otherAuthority, column: "LA", highest: highest, condition: .movedThere)
  }

  static func earlyHelp(_ highest: DisclosureLevel) -> Cell {
    Cell(recipient: .earlyHelp, column: "EH", highest: highest, condition: nil)
  }
}
