import Foundation
public import Rulebook

/// The stages that an authority works by. Authorities name, number and own their stages differently; what the law and the
/// rules ask goes by levels, which are the same everywhere (CW-3): 1 universal, 2 school support, 3 referral and
/// assessment, 4 formal support, 5 notice and penalty, 6 legal.
public struct Pathway: Hashable, Sendable, Codable {
  /// The levels there are.
  public static let levels = 1...6
  /// The first level at which enforcement may be asked for.
  public static let formalLevel: Dated<Int> = [InForce(4, source: "CW-3")]
  /// The level at which the authority takes a case.
  public static let entryLevel: Dated<Int> = [InForce(3, source: "CW-3")]

  /// One stage of an authority.
  public struct Stage: Hashable, Sendable, Codable {
    public let title: String
    /// Who owns it, by role.
    public let owner: String
    /// What is done.
    public let content: String
    /// What ends it.
    public let exit: String
    /// Its first and last level.
    public let first: Int
    public let last: Int

    public init(_ title: String, owner: String, content: String, exit: String, levels: ClosedRange<Int>) {
      self.title = title
      self.owner = owner
      self.content = content
      self.exit = exit
      first = levels.lowerBound
      last = levels.upperBound
    }
  }

  public let name: String
  /// In order: together they cover every level once.
  public let stages: [Stage]
  /// Whether the fast track is used.
  public let hasFastTrack: Bool

  /// - Throws: ``Fault`` unless the stages cover every level once, in order, each with a title and an owner.
  public init(name: String, stages: [Stage], hasFastTrack: Bool) throws(Fault) {
    self.name = name
    self.stages = stages
    self.hasFastTrack = hasFastTrack
    try check()
  }

  /// What is wrong with a pathway.
  public enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The stages leave out, repeat or mix levels.
    case levels(pathway: String)
    /// A stage, by its place from 1, has no title or no owner.
    case unnamed(pathway: String, stage: Int)
    /// The pathways of an authority overlap, leave days out or are out of order.
    case days

    public var description: String {
      switch self {
      case .levels(let name): "the stages of \(name) do not cover the levels 1 to 6 once, in order"
      case .unnamed(let name, let stage): "stage \(stage) of \(name) needs a title and an owner"
      case .days: "the pathways overlap, leave days out or are out of order"
      }
    }
  }

  private enum CodingKeys: CodingKey { case name, stages, hasFastTrack }

  private func check() throws(Fault) {
    var next = Self.levels.lowerBound
    for (place, stage) in stages.enumerated() {
      guard stage.first == next, stage.first <= stage.last else { throw .levels(pathway: name) }
      guard !stage.title.isEmpty, !stage.owner.isEmpty else { throw .unnamed(pathway: name, stage: place + 1) }
      next = stage.last + 1
    }
    guard next == Self.levels.upperBound + 1 else { throw .levels(pathway: name) }
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      name: try values.decode(String.self, forKey: .name), stages: try values.decode([Stage].self, forKey: .stages),
      hasFastTrack: try values.decode(Bool.self, forKey: .hasFastTrack))
  }

  /// The number and the stage of a level.
  ///
  /// - Parameter level: one of ``levels``; another counts as the nearest.
  public func stage(ofLevel level: Int) -> (number: Int, stage: Stage) {
    let place = stages.lastIndex { $0.first <= level } ?? 0
    return (place + 1, stages[place])
  }

  /// The levels at which its stages begin: those that a case can be moved to.
  public var entries: [Int] { stages.map(\.first) }
}

/// An authority's pathways by date.
public struct Pathways: Sendable {
  public let dated: Dated<Pathway>

  /// One pathway with its days, as a configuration file has it.
  private struct Version: Decodable {
    let from, to: Day?
    let source: String
    let pathway: Pathway
  }

  public init(_ dated: Dated<Pathway>) { self.dated = dated }

  /// Reads a file: a JSON list of pathways, each with `from`, `to` and `source`, oldest first.
  ///
  /// - Throws: ``Pathway/Fault``, `DecodingError`.
  public init(json: some Sequence<UInt8>) throws {
    let versions = try JSONDecoder().decode([Version].self, from: Data(json))
    for (earlier, later) in zip(versions, versions.dropFirst()) {
      guard let end = earlier.to, let start = later.from, start == end.adding(days: 1) else { throw Pathway.Fault.days }
    }
    guard let first = versions.first, first.from == nil, versions.last?.to == nil else { throw Pathway.Fault.days }
    dated = Dated(versions.map { InForce($0.pathway, from: $0.from, to: $0.to, source: $0.source) })
  }

  /// The pathway of a day.
  public func pathway(on day: Day) -> Pathway { dated.value(on: day) }
}
