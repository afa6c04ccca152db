public import Foundation
public import Rulebook

/// A figure of a pack. It is counted from the register in the pack and opens to the sessions that it counts, so that it
/// cannot say anything else (CP-2).
public struct PackFigure: Hashable, Sendable {
  /// What is counted.
  public enum Name: String, Hashable, Comparable, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    case possible, attended, authorised, unauthorised, charged

    public static func < (a: Name, b: Name) -> Bool { a.rawValue < b.rawValue }
  }

  public let name: Name
  /// In order.
  public let sessions: [PackMark]
  public var value: Int { sessions.count }

  /// Every figure of a pack.
  ///
  /// - Parameter codes: each entry is judged by the table of its own day.
  public static func all(of contents: PackContents, codes: CodeBook) -> [PackFigure] {
    let register = contents.register.sorted()
    let charged = Set(contents.charged)
    return Name.allCases.map { name in
      PackFigure(
        name: name,
        sessions: register.filter { mark in
          guard let traits = traits(of: name) else { return charged.contains(mark.place) }
          return codes.has(traits, mark)
        })
    }
  }

  private static func traits(of name: Name) -> CodeTraits? {
    switch name {
    case .possible: .possible
    case .attended: .present
    case .authorised: .authorised
    case .unauthorised: .unauthorised
    case .charged: nil
    }
  }
}

extension CodeBook {
  /// Whether an entry's code has any of some traits on its own day.
  func has(_ traits: CodeTraits, _ mark: PackMark) -> Bool {
    !scheme(on: mark.date).traits(mark.code).isDisjoint(with: traits)
  }
}

/// The two tables that a pack makes of its register: everybody can open them, and count.
public enum PackTables {
  /// `register.csv`: every entry of the period.
  public static func register(_ contents: PackContents) -> Data {
    csv("date,session,code", contents.register.sorted().map(line))
  }

  /// `figures.csv`: a line for each session of each figure, and one for a figure that is nought.
  public static func figures(_ figures: [PackFigure]) -> Data {
    csv(
      "figure,value,date,session,code",
      figures.flatMap { figure in
        let lines = figure.sessions.isEmpty ? [",,"] : figure.sessions.map(line)
        return lines.map { "\(figure.name.rawValue),\(figure.value),\($0)" }
      })
  }

  private static func line(_ mark: PackMark) -> String {
    "\(mark.date.iso),\(mark.session.rawValue),\(mark.code.text)"
  }

  private static func csv(_ header: String, _ lines: [String]) -> Data {
    Data(([header] + lines).map { $0 + "\r\n" }.joined().utf8)
  }
}
