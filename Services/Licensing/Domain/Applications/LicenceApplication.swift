public import Rulebook

/// An application for a child to take part in a production (`licensing.md` 3, 4 and 10).
public struct LicenceApplication: Hashable, Sendable, Codable {
  /// One day at the place.
  public struct PlannedDay: Hashable, Sendable, Codable {
    /// From arriving to leaving.
    public let atPlace: LocalSpan
    public let parts: [PerformanceDay.Part]
    public let breaks: [LocalSpan]
    /// How many children are there at once, this one included.
    public let children: Int
    /// Those in charge, the whole time.
    public let chaperones: [PlannedChaperone]
    /// Whether the child's parent is in charge of it.
    public let isWithParent: Bool?
    /// Whether night work is applied for.
    public let isNightWork: Bool?
    /// Whether the child lives or is educated at the place.
    public let isHomeOrSchool: Bool?

    public init(
      atPlace: LocalSpan, parts: [PerformanceDay.Part], breaks: [LocalSpan], children: Int,
      chaperones: [PlannedChaperone], isWithParent: Bool? = nil, isNightWork: Bool? = nil, isHomeOrSchool: Bool? = nil
    ) {
      self.atPlace = atPlace
      self.parts = parts
      self.breaks = breaks
      self.children = children
      self.chaperones = chaperones
      self.isWithParent = isWithParent
      self.isNightWork = isNightWork
      self.isHomeOrSchool = isHomeOrSchool
    }
  }

  /// A chaperone of the day, for all of the children's time at the place.
  public struct PlannedChaperone: Hashable, Sendable, Codable {
    /// The chaperone's opaque identifier in this register.
    public let chaperone: String

    public init(chaperone: String) { self.chaperone = chaperone }
  }

  /// What must be sent with it (2014 Regulations Sch 2).
  public enum Document: String, Hashable, Sendable, Codable, CaseIterable {
    case proofOfAge = "proof-of-age"
    case photographs, contract
    case headTeacher = "head-teacher"
    case parentStatement = "parent-statement"
    case parentSignature = "parent-signature"
    case earnings, care
    case earlierLicences = "earlier-licences"

    /// As the letter to the applicant names it.
    public var words: String {
      switch self {
      case .proofOfAge: "the birth certificate or other proof of age"
      case .photographs: "two recent photographs of the child"
      case .contract: "the contract"
      case .headTeacher: "the head teacher’s letter about absence"
      case .parentStatement: "the parent’s statement about the child’s health and activities"
      case .parentSignature: "the parent’s signature"
      case .earnings: "what the child earns and how it is held"
      case .care: "lodging and travel"
      case .earlierLicences: "the child’s licences, refusals and exempt performances of the last twelve months"
      }
    }
  }

  /// The most days, and the most parts, breaks and chaperones of one.
  public static let (mostDays, mostOfADay) = (200, 60)

  /// The person responsible for the production, by an opaque identifier.
  public private(set) var holder: String
  /// Its name.
  public let production: String
  /// What the child does in it.
  public let part: String
  public let place: String
  public let activity: LicenceNeed.Activity
  /// Who arranges it, as far as the law asks; another where it is absent.
  public let arranger: LicenceNeed.Arranger?
  /// What the need of a licence depends on (s37): payment of the child beyond expenses, a charge, licensed premises,
  /// broadcast or recording, absence from school. Absent is no.
  public let isPaid, isCharged, isOnLicensedPremises, isBroadcastOrRecorded, isAbsentFromSchool: Bool?
  /// When the authority received it.
  public private(set) var received: Day
  public let days: [PlannedDay]
  /// The days of the child's performances before, of the last twelve months.
  public let earlierDates: [Day]?
  /// Circuses are excepted from the break in performances.
  public let isCircus: Bool?
  /// The weeks of lessons with a private teacher; absent where the school goes on teaching.
  public let lessons: [LessonPlan.Week]?
  /// What was sent with it.
  public private(set) var documents: [Document]
  /// How the child is taught meanwhile: the school, or the private teacher with qualifications, place and times.
  public var education: String?
  /// What the child earns and how it is held.
  public var earnings: String?
  /// The three-digit code of the authority of the place, where that is another; it has the particulars (reg 9).
  public var placeAuthority: String?
  /// How many children the private teacher teaches together, and whether they are of like standard.
  public var taughtTogether: Int?
  public var isOfLikeStandard: Bool?

  /// The same as somebody else sends it: from a party, received on a day, with these documents and no others.
  public func sent(by party: String, on day: Day, with documents: [Document]) -> LicenceApplication {
    var copy = self
    (copy.holder, copy.received, copy.documents) = (party, day, documents)
    return copy
  }

  /// The days on which the child is at the place, in order.
  public var dates: [Day] { Set(days.map(\.atPlace.start.day)).sorted() }

  /// Why it cannot be entered: a field and what is wrong.
  public var faults: [(field: String, text: String)] {
    var faults: [(String, String)] = []
    if !(1...Self.mostDays ~= days.count) { faults.append(("/days", "must be 1 to \(Self.mostDays) days")) }
    let isLong = days.contains { max($0.parts.count, $0.breaks.count, $0.chaperones.count) > Self.mostOfADay }
    if isLong { faults.append(("/days", "must have at most \(Self.mostOfADay) parts, breaks or chaperones each")) }
    if days.contains(where: { !(1...500 ~= $0.children) }) {
      faults.append(("/days", "must be for 1 to 500 children each"))
    }
    if (earlierDates?.count ?? 0) > 400 || (lessons?.count ?? 0) > 60 || documents.count > 20 {
      faults.append(("", "has too many earlier dates, weeks of lessons or documents"))
    }
    for (field, text) in [("/education", education), ("/earnings", earnings)] where (text?.count ?? 0) > 2_000 {
      faults.append((field, "must have at most 2000 characters"))
    }
    if let placeAuthority, (try? AuthorityCode(placeAuthority)) == nil {
      faults.append(("/placeAuthority", "must be the three digits of an authority"))
    }
    if let taughtTogether, !(1...500 ~= taughtTogether) {
      faults.append(("/taughtTogether", "must be 1 to 500"))
    }
    for (field, text) in [("/production", production), ("/part", part), ("/place", place)]
    where !(1...500 ~= text.count) {
      faults.append((field, "must have 1 to 500 characters"))
    }
    return faults
  }

  /// What it lacks, in the order of the Schedule.
  public var missing: [Document] { Document.allCases.filter { !documents.contains($0) } }

  /// Whether it says how the child is taught meanwhile (2014 Regulations reg 13 and Sch 2).
  public var saysEducation: Bool { !(education ?? "").allSatisfy(\.isWhitespace) }

  /// Whether it came in time for the first performance; `nil` without one.
  public var timing: LicenceTiming? { dates.first.map { LicenceTiming(received: received, firstPerformance: $0) } }

  /// The earlier days that count for the last of its days under the four-day rule, in order (LIC-8).
  public func countedDays(under law: Dated<LicenceNeed.Rule> = LicenceNeed.Rule.england) -> [Day] {
    guard let last = dates.last else { return [] }
    let first = last.adding(months: -law.value(on: last).months)
    return Set((earlierDates ?? []) + dates).filter { first <= $0 && $0 < last }.sorted()
  }

  /// Whether a licence is needed for any of its days, the earlier ones among them counted for the later.
  public func need(dateOfBirth: Day) -> LicenceNeed? {
    let needs = dates.map { date in
      var question = LicenceNeed.Question(dateOfBirth: dateOfBirth, date: date, activity: activity)
      question.arranger = arranger ?? .other
      question.isPaid = isPaid ?? false
      question.isCharged = isCharged ?? false
      question.isOnLicensedPremises = isOnLicensedPremises ?? false
      question.isBroadcastOrRecorded = isBroadcastOrRecorded ?? false
      question.isAbsentFromSchool = isAbsentFromSchool ?? false
      question.earlierDates = Set((earlierDates ?? []) + dates)
      return LicenceNeed(question)
    }
    return needs.first(where: \.isRequired) ?? needs.last
  }
}
