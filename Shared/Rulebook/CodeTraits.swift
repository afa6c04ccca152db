/// What the rules ask of a code on a day, as bits: one look-up by register byte in ``CodeScheme/traits`` answers a
/// session. The statistical class and the age rule of a code are among them, so that a question of several is one mask.
public struct CodeTraits: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  // The statistical class, set by ``CodeScheme``.
  public static let attending = CodeTraits(rawValue: 1)
  public static let approvedActivity = CodeTraits(rawValue: 1 << 1)
  public static let authorised = CodeTraits(rawValue: 1 << 2)
  public static let unauthorised = CodeTraits(rawValue: 1 << 3)
  public static let notPossible = CodeTraits(rawValue: 1 << 4)
  public static let notCollected = CodeTraits(rawValue: 1 << 5)
  public static let present: CodeTraits = [.attending, .approvedActivity]
  public static let absent: CodeTraits = [.authorised, .unauthorised]
  public static let possible: CodeTraits = [.attending, .approvedActivity, .authorised, .unauthorised]

  // The age rule, set by ``CodeScheme``.
  /// Only for pupils of compulsory school age.
  public static let compulsoryOnly = CodeTraits(rawValue: 1 << 6)
  /// Only for pupils outside compulsory school age.
  public static let nonCompulsoryOnly = CodeTraits(rawValue: 1 << 7)

  // What a table says of a code beside these.
  /// Counts toward the national threshold for penalty notices (SI 2007/1867, as amended by SI 2024/210).
  public static let penaltyNotice = CodeTraits(rawValue: 1 << 8)
  /// Counts toward the attendance return (2024 Regulations, reg 13; ATT-12).
  public static let attendanceReturn = CodeTraits(rawValue: 1 << 9)
  /// Illness: counts toward the sickness return (2024 Regulations, reg 13; ATT-13).
  public static let illness = CodeTraits(rawValue: 1 << 10)
  /// Nobody has explained the absence yet.
  public static let unexplained = CodeTraits(rawValue: 1 << 11)
  /// Must be replaced once the reason is known (2024 Regulations, reg 10(7) to (9); ATT-2).
  public static let reasonNotEstablished = CodeTraits(rawValue: 1 << 12)
  /// What it must become when no reason was established.
  public static let noReasonFound = CodeTraits(rawValue: 1 << 13)
  /// Arrived late, before the register closed.
  public static let lateBeforeClose = CodeTraits(rawValue: 1 << 14)
  /// Arrived late, after the register closed.
  public static let lateAfterClose = CodeTraits(rawValue: 1 << 15)
  /// On an agreed part-time timetable (2024 Regulations, reg 11; ATT-11).
  public static let partTime = CodeTraits(rawValue: 1 << 16)
  /// Leave that an authorised person gives for named days (2024 Regulations, reg 11).
  public static let leave = CodeTraits(rawValue: 1 << 17)
  /// Suspended or permanently excluded: rests on a record of it.
  public static let suspension = CodeTraits(rawValue: 1 << 18)
  /// At a provision off site that confirms attendance.
  public static let provision = CodeTraits(rawValue: 1 << 19)
  /// Due at the other school where the pupil is registered.
  public static let dualRegistered = CodeTraits(rawValue: 1 << 20)
  /// A holiday without leave.
  public static let holiday = CodeTraits(rawValue: 1 << 21)
  /// Not yet on the admission register.
  public static let prospective = CodeTraits(rawValue: 1 << 22)
  /// The school is closed as planned: a marker of the calendar.
  public static let plannedClosure = CodeTraits(rawValue: 1 << 23)
  /// The whole site is closed unexpectedly.
  public static let siteClosed = CodeTraits(rawValue: 1 << 24)
  /// Part of the premises is closed.
  public static let partlyClosed = CodeTraits(rawValue: 1 << 25)
  /// The entry must say more: the provision, or the cause.
  public static let needsDetail = CodeTraits(rawValue: 1 << 26)
  /// Leave for a regulated performance or employment abroad: rests on a licence or an exemption for the day.
  public static let performanceLeave = CodeTraits(rawValue: 1 << 27)
  /// A medical or dental appointment.
  public static let appointment = CodeTraits(rawValue: 1 << 28)

  init(_ statisticalClass: StatisticalClass) {
    self =
      switch statisticalClass {
      case .attending: .attending
      case .approvedEducationalActivity: .approvedActivity
      case .authorisedAbsence: .authorised
      case .unauthorisedAbsence: .unauthorised
      case .notPossible: .notPossible
      case .notCollected: .notCollected
      }
  }
}
