public import Rulebook

/// A notice as the register of notices has it (SI 2007/1867 reg 20).
public struct RegisteredNotice: Hashable, Sendable {
  public let number: String
  public let issued: Day
  /// 1 for a first notice, 2 for a second.
  public let level: Int
  /// Whether all its sessions are holiday without leave.
  public let isForHoliday: Bool
  public let period: NoticePeriod?
  public let standing: NoticeStanding
  public let dischargedOn: Day?

  public init(
    number: String, issued: Day, level: Int, isForHoliday: Bool, period: NoticePeriod?, standing: NoticeStanding,
    dischargedOn: Day?
  ) {
    self.number = number
    self.issued = issued
    self.level = level
    self.isForHoliday = isForHoliday
    self.period = period
    self.standing = standing
    self.dischargedOn = dischargedOn
  }
}

/// The figures of penalty notices for the yearly return on parental responsibility measures: notices issued in a school
/// year, by what has become of them.
public struct NoticeReturn: Hashable, Sendable, Codable {
  public private(set) var issued = 0
  public private(set) var forHoliday = 0
  public private(set) var second = 0
  /// Within the days for the reduced sum, whatever was due in them.
  public private(set) var paidEarly = 0
  /// After those, within the days for the full sum.
  public private(set) var paidLater = 0
  public private(set) var withdrawn = 0
  public private(set) var prosecuted = 0
  /// Neither paid, withdrawn nor prosecuted.
  public private(set) var open = 0

  /// - Parameter reducedDays: how many days there are for the reduced sum, by the day of issue.
  public init(of year: SchoolYear, _ notices: some Sequence<RegisteredNotice>, reducedDays: (Day) -> Int) {
    for notice in notices where year.days.contains(notice.issued) {
      issued += 1
      if notice.isForHoliday { forHoliday += 1 }
      if notice.level > 1 { second += 1 }
      switch notice.standing {
      case .withdrawn: withdrawn += 1
      case .prosecutionPending, .convicted, .acquitted: prosecuted += 1
      case .open: open += 1
      case .paid:
        let early = notice.period.map { $0.received.adding(days: reducedDays(notice.issued) - 1) }
        if let early, let day = notice.dischargedOn, early < day { paidLater += 1 } else { paidEarly += 1 }
      }
    }
  }
}
