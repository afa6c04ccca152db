import Foundation
import Rulebook

@testable import EnforcementDomain

/// A complete pack of each route, made up: what the tests take something away from.
enum MadeUpPack {
  static let day = date("2026-11-30")
  static let person = "parent-1"
  static let caseOfficer = "u-officer"

  /// What section 15 of the domain asks for, with who makes it; written out, not taken from the rules.
  static let prosecution: [(PackDocument, PackMaker)] = [
    (.attendanceCertificate, .headTeacher), (.letters, .officer), (.proofOfService, .officer),
    (.supportRecord, .officer), (.penaltyNotice, .officer), (.nonPayment, .properOfficer),
    (.supervisionConsidered, .manager), (.fullCodeTest, .reviewer), (.unusedMaterial, .officer), (.costs, .legal),
  ]

  static func documents(_ route: PackRoute) -> [(PackDocument, PackMaker)] {
    switch route {
    case .summons, .knowingSummons: [(.information, .legal), (.witnessStatement, .officer)] + prosecution
    case .singleJustice:
      [
        (.writtenCharge, .legal), (.caseSummary, .officer), (.sentenceMaterial, .legal), (.procedureNotice, .legal),
        (.pleaForms, .legal), (.meansForm, .legal),
      ] + prosecution
    case .orderBreach:
      [
        (.information, .legal), (.witnessStatement, .officer), (.noticeToSatisfy, .officer),
        (.noticeOfIntention, .officer), (.proofOfService, .officer), (.parentResponse, .officer),
        (.expediency, .officer), (.schoolConsultation, .officer), (.attendanceOrder, .officer),
        (.nonRegistration, .school), (.supervisionConsidered, .manager), (.fullCodeTest, .reviewer),
        (.unusedMaterial, .officer), (.costs, .legal),
      ]
    case .supervisionOrder:
      [
        (.application, .legal), (.alternatives, .officer), (.consultationReply, .socialServices), (.plan, .officer),
        (.chronology, .officer), (.wishes, .officer),
      ]
    case .parentingOrder: [(.orderRequest, .legal), (.programme, .officer), (.familyCircumstances, .officer)]
    }
  }

  static func part(_ document: PackDocument, _ maker: PackMaker, lacking: PackContent? = nil) -> PackPart {
    PackPart(
      document: document, name: "\(document.rawValue).pdf", mediaType: "application/pdf", maker: maker,
      madeBy: "u-\(maker.rawValue)", madeOn: day, contents: PackContent.allCases.filter { $0 != lacking },
      bytes: Data("Made-up \(document.rawValue)".utf8))
  }

  /// Two school weeks: the first three days absent without leave, ill on the fourth, then present.
  static let register: [PackMark] = (0..<10).flatMap { index -> [PackMark] in
    let monday = date("2026-11-02")
    let day = monday.adding(days: index + index / 5 * 2)
    return Session.allCases.map { session in
      let text = index < 3 ? "O" : index == 3 ? "I" : session == .am ? "/" : "\\"
      return PackMark(date: day, session: session, code: code(text))
    }
  }

  static let stated: [PackFigure.Name: Int] = [.possible: 20, .attended: 12, .unauthorised: 6]

  /// A complete pack.
  static func contents(
    _ route: PackRoute, without left: PackDocument? = nil, changing change: ((PackPart) -> PackPart)? = nil,
    circumstances: Set<PackCircumstance> = Set(PackCircumstance.allCases), stated: [PackFigure.Name: Int] = stated,
    charged: [RegisterSession]? = nil, caseOfficer: String = caseOfficer, also: [PackPart] = []
  ) -> PackContents {
    let parts = documents(route).filter { $0.0 != left }.map { part($0.0, $0.1) }.map { change?($0) ?? $0 }
    return PackContents(
      route: route, matter: "prosecution-1", person: person, caseOfficer: caseOfficer, circumstances: circumstances,
      register: register, charged: charged ?? register.prefix(6).map(\.place), stated: stated, parts: parts + also)
  }

  static func date(_ iso: String) -> Day { Day(iso: iso) ?? Day(ordinal: 0) }

  static func code(_ text: String) -> AttendanceCode {
    guard let code = AttendanceCode(text) else { preconditionFailure("a made-up code is none") }
    return code
  }
}
