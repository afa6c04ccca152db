import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Letters
import Messaging
import Rulebook
import SealedPacks
import ServiceKit
import Store
import Testing

@testable import EnforcementService

/// The program's own letters in a pack.
@Suite("Letters in court packs") struct LetterPartsTests {
  @Test(
    "A penalty notice goes in as it was issued, with the record of its service; a letter about another child does not")
  func issuedLetters() async throws {
    let service = try await Enforced.withProposal()
    let number = try await service.issue(try await service.consider())
    let letters = LetterParts(documents: service.desk.notices.documents)
    let (pupil, documents) = (service.pupil, service.desk.notices.documents)
    let (parts, page) = try await service.store.read { db in
      (
        try letters.parts([number.text], about: pupil, in: db), try documents.contents(number, in: db)
      )
    }
    #expect(parts.first?.document == .penaltyNotice && parts.first?.bytes == page.pdf ?? page.html)
    #expect(parts.first?.contents == [.noticeNumber, .date] && parts.first?.madeBy == "u-officer")
    let served = try await service.store.read { try documents.served(number, in: $0) }
    #expect(parts.count == (served == nil ? 1 : 2))
    if let served {
      #expect(parts.last?.document == .proofOfService && parts.last?.madeOn == served.day)
      let proof = String(decoding: parts.last?.bytes ?? Data(), as: UTF8.self)
      #expect(proof.contains(served.day.iso))
    }
    for (index, wrong) in ["880-EN-2627-999999-A", "no number", number.text].enumerated() {
      let child = try #require(PupilID(index == 2 ? "p000000002" : pupil.text))
      let problem = await #expect(throws: Problem.self) {
        try await service.store.read { _ = try letters.parts([wrong], about: child, in: $0) }
      }
      #expect(problem?.faults.map(\.pointer) == ["/letters/0"])
    }
  }
}
