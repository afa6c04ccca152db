import Foundation
import Rulebook
import Testing

@testable import EnforcementDomain

/// What a pack must have, by route, against what section 15 of the domain lists.
@Suite("What a court pack must have")
struct PackRulesTests {
  private func gaps(_ contents: PackContents) -> [PackGap] { contents.gaps(on: MadeUpPack.day, codes: .england) }

  @Test("A complete pack lacks nothing", arguments: PackRoute.allCases)
  func complete(route: PackRoute) throws {
    #expect(gaps(MadeUpPack.contents(route)) == [])
    try MadeUpPack.contents(route).check()
  }

  @Test("Without a document exactly that one is named, with its rule", arguments: PackRoute.allCases)
  func missing(route: PackRoute) {
    for (document, _) in MadeUpPack.documents(route) {
      let found = gaps(MadeUpPack.contents(route, without: document))
      #expect(found.count == 1 && found.first?.document.map { $0 == document } ?? false, "\(document)")
      guard case .missing(let documents)? = found.first?.problem else {
        Issue.record("\(document) is not missed")
        continue
      }
      #expect(documents.contains(document))
      #expect(found[0].words.contains(document.words) && found[0].words.hasSuffix("(\(found[0].source))."))
    }
  }

  @Test("A document that another person made is refused, and so is each thing that it does not contain")
  func makersAndContents() throws {
    for route in PackRoute.allCases {
      let rules = try #require(PackRules.required(for: route).inForce(on: MadeUpPack.day)).value
      for (document, maker) in MadeUpPack.documents(route) {
        let other = PackMaker.allCases.first { $0 != maker } ?? maker
        let byAnother = MadeUpPack.contents(route) { $0.document == document ? MadeUpPack.part(document, other) : $0 }
        #expect(gaps(byAnother).map(\.problem) == [.maker(maker)], "\(route) \(document)")
        let rule = try #require(rules.first { $0.documents.contains(document) })
        for content in rule.contents {
          let lacking = MadeUpPack.contents(route) {
            $0.document == document ? MadeUpPack.part(document, maker, lacking: content) : $0
          }
          #expect(gaps(lacking).map(\.problem) == [.lacks(content)], "\(route) \(document) \(content)")
        }
      }
    }
  }

  @Test("What each document of a prosecution contains is what the law asks for")
  func whatDocumentsContain() throws {
    let asked: [PackDocument: Set<PackContent>] = [
      .information: [.prosecutor, .defendant, .dateOfBirth, .child, .school, .statute, .period],
      .attendanceCertificate: [.child, .school, .period, .possibleAndAttended, .dailyCodes, .signature, .date],
      .witnessStatement: [
        .narrative, .exhibitsIdentified, .exhibitsCopied, .signature, .truthDeclaration, .liabilityKnown,
      ],
      .nonPayment: [.noticeNumber, .unpaidByDate, .signature],
      .supervisionConsidered: [.decisionMaker, .date, .reasons],
      .fullCodeTest: [
        .evidence, .statutoryCauses, .leave, .transport, .justification, .mobileParents, .publicInterest,
        .equalityAndHealth,
      ], .unusedMaterial: [.registerAmendments],
    ]
    let rules = try #require(PackRules.required(for: .summons).inForce(on: MadeUpPack.day)).value
    for (document, contents) in asked {
      #expect(rules.first { $0.documents == [document] }.map { Set($0.contents) } == contents, "\(document)")
    }
  }

  @Test("What circumstances ask for is asked only then")
  func circumstances() {
    let paid = MadeUpPack.contents(.summons, without: .nonPayment, circumstances: [])
    #expect(gaps(paid) == [])
    let older = MadeUpPack.contents(.parentingOrder, without: .familyCircumstances, circumstances: [])
    #expect(gaps(older) == [])
    func aged(_ circumstances: Set<PackCircumstance>) -> [PackGap.Problem] {
      let contents = MadeUpPack.contents(
        .summons,
        changing: {
          $0.document == .witnessStatement ? MadeUpPack.part(.witnessStatement, .officer, lacking: .makerAge) : $0
        }, circumstances: circumstances)
      return gaps(contents).map(\.problem)
    }
    #expect(aged([.penaltyNotice]) == [])
    #expect(aged([.penaltyNotice, .makerUnderEighteen]) == [.lacks(.makerAge)])
  }

  @Test("A single justice bundle may have a summary, statements or both; a statement is then a good one")
  func summaryOrStatement() {
    let statement = MadeUpPack.part(.witnessStatement, .officer)
    #expect(gaps(MadeUpPack.contents(.singleJustice, without: .caseSummary, also: [statement])) == [])
    #expect(gaps(MadeUpPack.contents(.singleJustice, also: [statement])) == [])
    let untrue = MadeUpPack.part(.witnessStatement, .officer, lacking: .truthDeclaration)
    #expect(gaps(MadeUpPack.contents(.singleJustice, also: [untrue])).map(\.problem) == [.lacks(.truthDeclaration)])
  }

  @Test("The reviewer is not the case officer, and what is charged is unauthorised absence")
  func independenceAndCharge() {
    #expect(
      gaps(MadeUpPack.contents(.summons, caseOfficer: "u-reviewer")).map(\.problem) == [.notIndependent])
    #expect(gaps(MadeUpPack.contents(.knowingSummons, charged: [])).map(\.problem) == [.nothingCharged])
    #expect(gaps(MadeUpPack.contents(.orderBreach, charged: [])) == [])
    let ill = MadeUpPack.register.prefix(8).map(\.place)
    #expect(gaps(MadeUpPack.contents(.summons, charged: ill)).map(\.problem) == [.notUnauthorised(2)])
  }

  @Test("Before there was such a rule a pack cannot be complete")
  func beforeTheRule() {
    let early = MadeUpPack.contents(.singleJustice).gaps(on: MadeUpPack.date("2020-10-04"), codes: .england)
    #expect(early.map(\.problem) == [.missing([])])
  }

  @Test("What is no pack at all is refused, with all that is wrong")
  func malformed() {
    let same = MadeUpPack.part(.exhibit, .officer)
    let hostile = PackPart(
      document: .exhibit, name: "../Manifest.json", mediaType: "text", maker: .officer, madeBy: "a b",
      madeOn: MadeUpPack.day, contents: [], bytes: Data())
    let own = PackPart(
      document: .exhibit, name: "manifest.json", mediaType: "text/plain", maker: .officer, madeBy: "u",
      madeOn: MadeUpPack.day, contents: [], bytes: Data([1]))
    let pointers = faults(
      MadeUpPack.contents(
        .summons, charged: [RegisterSession(MadeUpPack.date("2027-01-04"), .am)], also: [same, same, hostile, own]))
    #expect(
      pointers == [
        "/charged", "/parts", "/parts/14/name", "/parts/14/mediaType", "/parts/14/madeBy", "/parts/14/bytes",
        "/parts/15/name",
      ])
    let twice = PackContents(
      route: .summons, matter: "", person: "p", caseOfficer: "u", register: MadeUpPack.register + MadeUpPack.register,
      charged: [], parts: [])
    #expect(faults(twice) == ["/matter", "/register"])
    let large = PackPart(
      document: .exhibit, name: "x", mediaType: "text/plain", maker: .officer, madeBy: "u", madeOn: MadeUpPack.day,
      contents: [], bytes: Data(count: PackLimits.partBytes + 1))
    #expect(faults(MadeUpPack.contents(.summons, also: [large])) == ["/parts/12/bytes"])
  }

  private func faults(_ contents: PackContents) -> [String] {
    do throws(Faults) { try contents.check() } catch { return error.all.map(\.pointer) }
    return []
  }
}
