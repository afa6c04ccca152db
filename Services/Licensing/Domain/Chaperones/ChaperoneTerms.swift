public import Rulebook

/// How many children one person may be in charge of, and how long an approval lasts: dated law and practice.
public struct ChaperoneTerms: Hashable, Sendable {
  /// To an approved chaperone or the teacher who ordinarily teaches them (2014 Regulations reg 15(3)).
  public let mostChildren: Int
  /// To a private teacher who is also in charge of them.
  public let mostWithPrivateTeacher: Int
  /// The youngest age of a chaperone.
  public let lowestAge: Int
  /// For how many years an approval is valid, unless the authority has another time (LIC-13).
  public let years: Int
  /// How many years an authority may choose from.
  public let allowedYears: ClosedRange<Int>

  /// What is in force in England since when.
  public static let england: Dated<ChaperoneTerms> = [
    InForce(
      ChaperoneTerms(mostChildren: 12, mostWithPrivateTeacher: 3, lowestAge: 18, years: 3, allowedYears: 1...5),
      from: Day(year: 2015, month: 2, day: 6), source: "SI 2014/3309 reg 15; interpretation LIC-13")
  ]
}

/// Who is in charge of children at one place, and whether of too many.
public struct ChaperoneRatio: Hashable, Sendable {
  /// In what capacity somebody is in charge.
  public enum Role: String, Hashable, Sendable, Codable, CaseIterable {
    case chaperone
    /// The teacher who ordinarily teaches the child.
    case teacher
    case privateTeacher = "private_teacher"
    /// A parent or another holder of parental responsibility, for their own children.
    case parent
  }

  /// `nil` for parents: they take all their own and no others.
  public let mostChildren: Int?
  /// Whether the children are not too many, or for a parent no others than their own.
  public let isCompliant: Bool

  public init(_ role: Role, children: Int, areOwn: Bool, terms: ChaperoneTerms) {
    switch role {
    case .parent: mostChildren = nil
    case .privateTeacher: mostChildren = terms.mostWithPrivateTeacher
    case .chaperone, .teacher: mostChildren = terms.mostChildren
    }
    isCompliant = mostChildren.map { children <= $0 } ?? areOwn
  }
}
