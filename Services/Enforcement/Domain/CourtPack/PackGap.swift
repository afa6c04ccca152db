public import Rulebook

/// Something without which a pack is not complete.
public struct PackGap: Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    /// None of these documents is in the pack.
    case missing([PackDocument])
    /// The document is another's to make.
    case maker(PackMaker)
    /// The document does not say that it contains something.
    case lacks(PackContent)
    /// The reviewer is the case officer.
    case notIndependent
    /// No session is charged.
    case nothingCharged
    /// So many charged sessions are no unauthorised absence in the register.
    case notUnauthorised(Int)
    /// A document states another figure than the register gives.
    case figure(PackFigure.Name, stated: Int, counted: Int)
    /// A document that must state a figure does not.
    case unstated(PackFigure.Name)
  }

  /// `nil` for the pack as a whole.
  public let document: PackDocument?
  public let problem: Problem
  /// The rule that asks for it.
  public let source: String

  /// In words, with the rule; nothing of a person.
  public var words: String { "\(sentence) (\(source))." }

  private var sentence: String {
    let document = document?.words ?? "pack"
    return switch problem {
    case .missing(let documents): "The pack has no \(documents.map(\.words).joined(separator: " or "))"
    case .maker(let maker): "The \(document) must be made by \(maker.words)"
    case .lacks(let content): "The \(document) does not state \(content.words)"
    case .notIndependent: "The \(document) was made by the case officer"
    case .nothingCharged: "No session is charged"
    case .notUnauthorised(let count):
      "\(count) of the sessions charged \(count == 1 ? "is" : "are") not unauthorised absence in the register"
    case .figure(let name, let stated, let counted):
      "The \(document) states \(stated) for \(name.rawValue) sessions and the register gives \(counted)"
    case .unstated(let name): "The \(document) gives no number of \(name.rawValue) sessions"
    }
  }
}

extension PackContents {
  /// What the pack lacks by the rules in force on a day, in the order of the rules; empty when it is complete.
  public func gaps(on day: Day, codes: CodeBook) -> [PackGap] {
    guard let rules = PackRules.required(for: route).inForce(on: day) else {
      return [PackGap(document: nil, problem: .missing([]), source: "no rule is in force")]
    }
    let asked = rules.value.filter { rule in rule.circumstance.map(circumstances.contains) ?? true }
    return asked.flatMap(gaps) + chargeGaps(codes) + figureGaps(codes)
  }

  private func gaps(_ rule: PackRule) -> [PackGap] {
    let found = parts.filter { rule.documents.contains($0.document) }
    guard !found.isEmpty else {
      let missing = PackGap(document: rule.documents.first, problem: .missing(rule.documents), source: rule.source)
      return rule.isOptional ? [] : [missing]
    }
    let further = circumstances.sorted { $0.rawValue < $1.rawValue }.flatMap { rule.further[$0] ?? [] }
    let asked = rule.contents + further
    let groups = rule.isTogether ? [found] : found.map { [$0] }
    return found.flatMap { gaps($0, rule) }
      + groups.flatMap { group in
        asked.filter { content in !group.contains { $0.contents.contains(content) } }.map {
          PackGap(document: group[0].document, problem: .lacks($0), source: rule.source)
        }
      }
  }

  private func gaps(_ part: PackPart, _ rule: PackRule) -> [PackGap] {
    guard part.maker == rule.maker else {
      return [PackGap(document: part.document, problem: .maker(rule.maker), source: rule.source)]
    }
    let isOwnReview = rule.maker == .reviewer && part.madeBy == caseOfficer
    return isOwnReview ? [PackGap(document: part.document, problem: .notIndependent, source: rule.source)] : []
  }

  private func chargeGaps(_ codes: CodeBook) -> [PackGap] {
    guard route.chargesSessions else { return [] }
    let source = "Education Act 1996 s444"
    guard !charged.isEmpty else { return [PackGap(document: nil, problem: .nothingCharged, source: source)] }
    let places = Set(charged)
    let others = register.filter { places.contains($0.place) && !codes.has(.unauthorised, $0) }
    return others.isEmpty ? [] : [PackGap(document: nil, problem: .notUnauthorised(others.count), source: source)]
  }

  /// What the certificate states must be what the register gives.
  private func figureGaps(_ codes: CodeBook) -> [PackGap] {
    guard parts.contains(where: { $0.document == .attendanceCertificate }) else { return [] }
    let counted = Dictionary(
      uniqueKeysWithValues: PackFigure.all(of: self, codes: codes).map { ($0.name, $0.value) })
    return PackFigure.Name.allCases.compactMap { name in
      let problem: PackGap.Problem? =
        switch (stated[name], counted[name]) {
        case (nil, _): Self.alwaysStated.contains(name) ? .unstated(name) : nil
        case (let stated?, let count?) where stated != count: .figure(name, stated: stated, counted: count)
        default: nil
        }
      return problem.map {
        PackGap(document: .attendanceCertificate, problem: $0, source: "Education Act 1996 s566; CP-2")
      }
    }
  }

  /// What a certificate of attendance always gives.
  private static let alwaysStated: Set<PackFigure.Name> = [.possible, .attended]
}
