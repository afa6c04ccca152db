public import Rulebook

/// What the authority certifies when it has looked for a child jointly with the school, before the school may delete
/// the name under ground (h) or (i) (SI 2024/208 reg 9(1)). It deletes nothing itself: the school does, with the return
/// of the ground (CME-3).
public enum Certificate: String, Hashable, Sendable, Codable, CaseIterable {
  /// Reasonable efforts were made jointly and failed.
  case effortsFailed = "efforts-failed"
  /// The pupil was found, and both agree that there are no reasonable grounds to expect a return.
  case noReturnExpected = "no-return-expected"

  /// What both sides say beside the checks.
  public struct Statement: Hashable, Sendable {
    /// What became of the pupil.
    public enum Finding: String, Hashable, Sendable, Codable, CaseIterable {
      case notFound = "not-found"
      /// Found, and both agree that no return is to be expected.
      case foundNoReturn = "found-no-return"
      /// Found, and a return is to be expected.
      case foundReturning = "found-returning"
      /// Found in the area without a place.
      case foundWithoutPlace = "found-without-place"
    }

    public let finding: Finding
    public let isSafeguardingAnswered: Bool
    /// Whether sickness or another unavoidable cause is believed.
    public let isUnavoidable: Bool
    /// Whether the days of the leave, or the twenty days with their marks, are shown.
    public let areDaysShown: Bool
    public let hasSchoolOfficer: Bool
    public let hasAuthorityOfficer: Bool

    public init(
      _ finding: Finding, isSafeguardingAnswered: Bool, isUnavoidable: Bool, areDaysShown: Bool, hasSchoolOfficer: Bool,
      hasAuthorityOfficer: Bool
    ) {
      self.finding = finding
      self.isSafeguardingAnswered = isSafeguardingAnswered
      self.isUnavoidable = isUnavoidable
      self.areDaysShown = areDaysShown
      self.hasSchoolOfficer = hasSchoolOfficer
      self.hasAuthorityOfficer = hasAuthorityOfficer
    }
  }

  /// Why there is no certificate.
  public enum Obstacle: Hashable, Sendable {
    /// The ground of deletion asks for no joint enquiries, or there is none.
    case notJoint
    /// An item of the list has no answer of a part that makes it.
    case unanswered(item: Int, EnquiryPart)
    case safeguardingUnanswered
    /// Not for deletion: the attendance case goes on.
    case unavoidableCause
    case daysNotShown
    case noOfficer(EnquiryPart)
    /// A return is expected: the name stays on the roll.
    case returnExpected
    /// Found without a place: the search goes on to find one.
    case withoutPlace
  }

  /// What keeps an enquiry from being certified, and the certificate when nothing does.
  ///
  /// - Parameter day: checks asked later are not counted.
  public static func judge(
    _ enquiry: Enquiry, _ statement: Statement, on day: Day
  ) -> (certificate: Certificate?, obstacles: [Obstacle]) {
    var obstacles: [Obstacle] = enquiry.ground?.needsJointEnquiries == true ? [] : [.notJoint]
    obstacles += unanswered(in: enquiry, on: day)
    if !statement.isSafeguardingAnswered { obstacles.append(.safeguardingUnanswered) }
    if statement.isUnavoidable { obstacles.append(.unavoidableCause) }
    if !statement.areDaysShown { obstacles.append(.daysNotShown) }
    if !statement.hasSchoolOfficer { obstacles.append(.noOfficer(.school)) }
    if !statement.hasAuthorityOfficer { obstacles.append(.noOfficer(.authority)) }
    var certificate: Certificate?
    switch statement.finding {
    case .notFound: certificate = .effortsFailed
    case .foundNoReturn: certificate = .noReturnExpected
    case .foundReturning: obstacles.append(.returnExpected)
    case .foundWithoutPlace: obstacles.append(.withoutPlace)
    }
    return (obstacles.isEmpty ? certificate : nil, obstacles)
  }

  private static func unanswered(in enquiry: Enquiry, on day: Day) -> [Obstacle] {
    let list = EnquiryChecklist.inForce.value(on: enquiry.opened)
    let made = enquiry.checks.filter { $0.askedOn <= day && $0.isAnswered }
    return list.items.filter { list.certified.contains($0.number) }.flatMap { item in
      item.parts.sorted().filter { part in !made.contains { $0.item == item.number && $0.part == part } }
        .map { Obstacle.unanswered(item: item.number, $0) }
    }
  }
}
