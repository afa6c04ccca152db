import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Letters
import Rulebook
import ServiceKit

/// The program's own letters as parts of a pack: each page as it was issued, and the record of its service.
struct LetterParts {
  /// What a document is in a pack, and what it contains; every other one is a letter.
  private static let kinds: [String: (document: PackDocument, contents: [PackContent])] = [
    PenaltyNotice.id: (.penaltyNotice, [.noticeNumber, .date]),
    EnforcementLetters.NoticeToSatisfy.id: (.noticeToSatisfy, [.date]),
    EnforcementLetters.NoticeOfIntention.id: (.noticeOfIntention, [.date]),
    EnforcementLetters.SchoolConsultation.id: (.schoolConsultation, [.date]),
    EnforcementLetters.AttendanceOrder.id: (.attendanceOrder, [.date, .school]),
    EnforcementLetters.PaymentCertificate.id: (.nonPayment, [.noticeNumber, .unpaidByDate, .signature]),
  ]

  let documents: Documents

  /// - Parameter pupil: the child that the pack is about; a letter about another is not found.
  /// - Throws: `Problem` invalid for what is no such letter.
  func parts(_ numbers: [String], about pupil: PupilID, in db: Database) throws -> [PackPart] {
    try numbers.enumerated().flatMap { index, text -> [PackPart] in
      let unknown = Problem.invalid([.init("/letters/\(index)", "must be the number of a letter about the child")])
      guard let number = DocumentNumber(text) else { throw unknown }
      do {
        let document = try documents.document(number, in: db)
        guard document.filing.about == pupil else { throw unknown }
        return try [page(document, in: db)] + proof(document, in: db)
      } catch DocumentError.unknown, DocumentError.disposed { throw unknown }
    }
  }

  /// The printed page, or the page as it was issued while it is not printed.
  private func page(_ document: IssuedDocument, in db: Database) throws -> PackPart {
    let contents = try documents.contents(document.number, in: db)
    let kind = Self.kinds[document.kind] ?? (.letters, [])
    let number = document.number.text.lowercased()
    return PackPart(
      document: kind.document, name: "\(number).\(contents.pdf == nil ? "html" : "pdf")",
      mediaType: contents.pdf == nil ? "text/html" : "application/pdf",
      maker: kind.document == .nonPayment ? .properOfficer : .officer, madeBy: document.issuedBy,
      madeOn: document.issuedOn, contents: kind.contents, bytes: contents.pdf ?? contents.html)
  }

  /// On which day it counts as served, and by which rule; nothing while it does not.
  private func proof(_ document: IssuedDocument, in db: Database) throws -> [PackPart] {
    guard let served = try documents.served(document.number, in: db) else { return [] }
    let text = """
      document,issued,served,rule,source\r
      \(document.number.text),\(document.issuedOn.iso),\(served.day.iso),\(served.rule),"\(served.source)"\r

      """
    return [
      PackPart(
        document: .proofOfService, name: "\(document.number.text.lowercased())-service.csv", mediaType: "text/csv",
        maker: .officer, madeBy: document.issuedBy, madeOn: served.day, contents: [.date], bytes: Data(text.utf8))
    ]
  }
}
