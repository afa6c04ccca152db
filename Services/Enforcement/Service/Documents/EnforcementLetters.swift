import EnforcementDomain
import Letters
import Rulebook

/// The documents that enforcement issues. The penalty notice itself is ``PenaltyNotice``.
///
/// Sums and days are facts here: whoever issues a document works them out from dated law. A document checks only that
/// its facts do not contradict one another, nor the law that they say they follow.
enum EnforcementLetters {
  /// Every kind of document of the program.
  static let kinds: [any Letter.Type] = [
    PenaltyNotice.self, AbsenceWarning.self, NoticeToImprove.self, ImprovementOutcome.self, PaymentCertificate.self,
    PaymentReceipt.self, MoneyHeld.self, Withdrawal.self, RepresentationsReply.self, InterviewInvitation.self,
    FinalWarning.self, ProceedingsResult.self, NoticeToSatisfy.self, NoticeOfIntention.self, SchoolConsultation.self,
    AttendanceOrder.self, AttendanceOrderDecision.self, SupervisionConsultation.self, SupervisionApplication.self,
    SupervisionDirections.self, SupervisionReview.self, SupervisionEnd.self, ParentingOrderRecord.self,
    EarlierNoticesEnquiry.self, AttendanceCertificate.self, PaymentReminder.self, MoneyReturned.self,
    AttendanceOrderReminder.self,
  ]

  /// The kinds with their templates.
  ///
  /// - Parameter folder: the authority's own templates; `nil` when it has none.
  /// - Throws: what ``LetterBook`` throws.
  static func book(own folder: String? = nil) throws -> LetterBook { try LetterBook(kinds, folder: folder) }

  /// - Throws: ``LetterError/contradictory(_:source:)`` when a period ends before it begins.
  static func inOrder(_ period: DayRange, source: String) throws(LetterError) {
    guard period.first <= period.last else {
      throw .contradictory("The period ends before it begins.", source: source)
    }
  }
}

/// A document of enforcement: its facts, what it must contain beside the name of its writer, and its words.
protocol EnforcementLetter: Letter {
  /// Who writes it and answers questions about it (DOC-11).
  var writer: LetterWriter { get }
  /// What it must contain beside the writer.
  static var contents: [Particular<Self>] { get }
}

extension EnforcementLetter {
  static var particulars: [Particular<Self>] {
    contents + [.group("writer", "DOC-11", of: { $0.writer }, LetterWriter.particulars("DOC-11"))]
  }

  /// The last words of the template.
  static var closing: String { "{{#writer}}\(LetterWriter.signature){{/writer}}" }
}

/// A document to a parent: it offers other languages and formats.
protocol FamilyLetter: EnforcementLetter {}

extension FamilyLetter {
  static var particulars: [Particular<Self>] {
    contents + [
      .statement("interpreter", "Equality Act 2010 s149; DOC-11"),
      .group("writer", "DOC-11", of: { $0.writer }, LetterWriter.particulars("DOC-11")),
    ]
  }

  static var closing: String {
    """
    {{#interpreter}}<p>If you would like this in another language or in large print, or an interpreter when we talk,
    tell me. It is free.</p>{{/interpreter}}
    <p>Yours sincerely</p>
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
  }
}
