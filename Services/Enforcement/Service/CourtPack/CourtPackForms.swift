import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import Rulebook
import ServiceKit

/// What the routes of court packs take.
enum CourtPackForms {
  /// The contents of a pack.
  struct Contents: Codable, Sendable {
    struct Sessions: Codable, Sendable {
      let date: Day
      let session: Session
    }

    struct Part: Codable, Sendable {
      let document: PackDocument
      let name: String
      let mediaType: String
      let maker: PackMaker
      /// Opaque.
      let madeBy: String
      let madeOn: Day
      let contents: [PackContent]
      /// The file, base64.
      let base64: String
    }

    let route: PackRoute
    let matter, person, caseOfficer: String
    let circumstances: [PackCircumstance]
    let register: [PackMark]
    let charged: [Sessions]
    let stated: [PackFigure.Name: Int]
    let parts: [Part]
    /// The numbers of letters of this program that go in as they were issued, each with the record of its service.
    let letters: [String]

    /// - Parameter letters: those letters as parts; they come behind the others.
    /// - Throws: `Problem` invalid for a part that is not base64.
    func value(with letters: [PackPart] = []) throws(Problem) -> PackContents {
      var faults = Faults()
      let parts = self.parts.enumerated().map { index, part in
        let bytes = Data(base64Encoded: part.base64)
        faults.require(bytes != nil, "/parts/\(index)/base64", "must be base64")
        return PackPart(
          document: part.document, name: part.name, mediaType: part.mediaType, maker: part.maker, madeBy: part.madeBy,
          madeOn: part.madeOn, contents: part.contents, bytes: bytes ?? Data())
      }
      try faults.refuse()
      return PackContents(
        route: route, matter: matter, person: person, caseOfficer: caseOfficer, circumstances: Set(circumstances),
        register: register, charged: charged.map { RegisterSession($0.date, $0.session) }, stated: stated,
        parts: parts + letters)
    }
  }

  struct Begin: Codable, Sendable {
    let pupil: PupilID
    let school: URN
    let reason: String
    let contents: Contents
  }
}

/// What they answer.
enum CourtPackAnswers {
  struct Gap: Codable, Sendable {
    /// Absent for the pack as a whole.
    let document: PackDocument?
    let detail: String
    /// The rule that asks for it.
    let source: String

    init(_ gap: PackGap) {
      document = gap.document
      detail = gap.words
      source = gap.source
    }
  }

  struct Figure: Codable, Sendable {
    let name: PackFigure.Name
    let value: Int
    let sessions: [PackMark]
  }

  struct Part: Codable, Sendable {
    let name: String
    let document: PackDocument
    let mediaType: String
    let maker: PackMaker
    let madeBy: String
    let madeOn: Day
    let contents: [PackContent]
  }

  /// A pack as it stands.
  struct Detail: Codable, Sendable {
    let id, number, state: String
    let route: PackRoute
    let matter, person: String
    let revision: Int
    let parts: [Part]
    /// What the pack lacks, each with the rule; empty when it is complete.
    let gaps: [Gap]
    /// Each with the sessions that it counts.
    let figures: [Figure]
    /// The charged sessions that the register has amended since the pack was put together.
    let amended: [CourtPackForms.Contents.Sessions]
    /// The key that signed it; absent until then.
    let key: String?

    init(
      _ found: CourtPacks.Pack, _ contents: PackContents, gaps: [PackGap], figures: [PackFigure],
      amended: [RegisterSession], key: String?
    ) {
      id = found.stored.id
      number = found.pack.number
      state = found.stored.file.state?.rawValue ?? ""
      route = contents.route
      matter = contents.matter
      person = contents.person
      revision = found.pack.revision
      parts = contents.parts.map {
        Part(
          name: $0.name, document: $0.document, mediaType: $0.mediaType, maker: $0.maker, madeBy: $0.madeBy,
          madeOn: $0.madeOn, contents: $0.contents)
      }
      self.gaps = gaps.map(Gap.init)
      self.figures = figures.map { Figure(name: $0.name, value: $0.value, sessions: $0.sessions) }
      self.amended = amended.map { .init(date: $0.date, session: $0.session) }
      self.key = key
    }
  }
}
