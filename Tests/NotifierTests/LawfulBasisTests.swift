import Foundation
import Rulebook
import TestKit
import Testing

@testable import NotifierDomain

/// Every lawful basis is explained where those who set up subscriptions look.
@Suite struct LawfulBasisTests {
  @Test func theDocumentationExplainsEach() throws {
    let page = try String(contentsOf: projectFolder.appending(path: "docs/http.md"), encoding: .utf8)
    for basis in LawfulBasis.allCases {
      #expect(page.contains("| \(basis.rawValue) | \(basis.meaning) | "), "\(basis.rawValue)")
    }
    #expect(page.contains("| \(LawfulBasis.notTaken.code) | \(LawfulBasis.notTaken.meaning) | no |"))
    let taken = Set(DisclosurePolicy.standard.rules.flatMap { $0.value.bases.map(\.rawValue) })
    for basis in LawfulBasis.allCases {
      let isRefused = page.contains("| \(basis.rawValue) | \(basis.meaning) | named by no event yet: refused |")
      #expect(isRefused != taken.contains(basis.rawValue), "\(basis.rawValue)")
    }
  }

  @Test func theInterfaceNamesAll() {
    for code in ["LB1", "LB2", "LB3", "LB4", "LB5", "LB6", "LB7", "LB8"] {
      #expect(LawfulBasis.explanation.contains("\(code): "), "\(code)")
    }
    #expect(LawfulBasis(rawValue: LawfulBasis.notTaken.code) == nil)
  }
}
