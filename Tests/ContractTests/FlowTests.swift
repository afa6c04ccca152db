import CMEDomain
import CaseFlow
import CaseworkDomain
import EnforcementDomain
import Foundation
import LicensingDomain
import Testing

/// `docs/flows` is made from the flows of cases. `bin/contracts` writes it.
@Suite("Flow documents") struct FlowTests {
  static let flows: [(name: String, document: String)] = [
    (PenaltyNoticeCase.name, PenaltyNoticeCase.flow.document),
    (Prosecution.name, Prosecution.flow.document),
    (AttendanceOrderCase.name, AttendanceOrderCase.flow.document),
    (AttendanceOrderCase2026.name, AttendanceOrderCase2026.flow.document),
    (SupervisionOrderCase.name, SupervisionOrderCase.flow.document),
    (ParentingOrderCase.name, ParentingOrderCase.flow.document),
    (CourtPackCase.name, CourtPackCase.flow.document),
    (AttendanceCase.name, AttendanceCase.flow.document),
    (AttendanceContract.name, AttendanceContract.flow.document),
    (Section19.name, Section19.flow.document),
    (WorkPermit.name, WorkPermit.flow.document),
    (PerformanceLicence.name, PerformanceLicence.flow.document),
    (ChaperoneApproval.name, ChaperoneApproval.flow.document),
    (BodyApproval.name, BodyApproval.flow.document),
    (Inspection.name, Inspection.flow.document),
    (MissingChild.name, MissingChild.flow.document),
    (SentAlert.name, SentAlert.flow.document),
    (ReceivedAlert.name, ReceivedAlert.flow.document), (MatchLead.name, MatchLead.flow.document),
    (HomeEducation.name, HomeEducation.flow.document),
  ]

  @Test("docs/flows is what the programs go by", arguments: flows.indices)
  func documentIsCurrent(index: Int) throws {
    let (name, document) = Self.flows[index]
    let file = Goldens.repository.appending(path: "docs/flows/\(name).md")
    if ProcessInfo.processInfo.environment["UPDATE_CONTRACTS"] == "1" {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(document.utf8).write(to: file)
    }
    let found = try? String(contentsOf: file, encoding: .utf8)
    #expect(found == document, "docs/flows/\(name).md is not current: run bin/contracts")
  }
}
