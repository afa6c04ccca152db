import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook

/// What cme adds to the search for a missing child: what is known from the roll and the enquiries, and what it publishes.
struct MissingChildren: CaseProgram {
  typealias Kind = MissingChild

  /// Told of a child who was found to be educated at home: the last school, the day, and the search. `nil` where a search
  /// is only opened.
  var taughtAtHome: (@Sendable (PupilID, URN?, Day, String, UnitOfWork) throws -> Void)?

  func facts(of stored: StoredCase<MissingChild>, in unit: UnitOfWork) throws -> Facts<MissingChild.Fact> {
    let calendar = try calendar(of: stored, in: unit)
    // A decision is judged by its own day, so that time alone does not put it in doubt.
    let day = stored.file.decisions.last { $0.stands && $0.act == .closeUnlocated }?.on ?? unit.today
    let began = try Searches.began(stored.number, in: unit.db) ?? unit.today
    func end(_ span: Dated<Span>) -> Day { span.value(on: began).end(from: began, in: calendar).day }
    let enquiry = try Enquiries.enquiry(of: stored, began: began, in: unit.db)
    let repeatedSince = day.adding(days: -Searches.repeatedWithinDays(on: day))
    var facts = Facts<MissingChild.Fact>([
      .onRoll: .flag(try Searches.isOnRoll(stored.pupil, on: unit.today, in: unit.db)),
      .pastReview: .flag(end(SearchClocks.unlocatedReview) <= day),
      .pastSearch: .flag(end(SearchClocks.search) <= day),
      .checksRepeated: .flag(enquiry.isRepeated(since: repeatedSince)),
    ])
    facts[.receipt] = try Searches.receipt(stored.number, in: unit.db).map(FactValue.text)
    facts[.certificate] = try Enquiries.judge(enquiry, of: stored, on: unit.today, in: unit.db)?.certificate
      .map { .text($0.rawValue) }
    return facts
  }

  func calendar(of stored: StoredCase<MissingChild>, in unit: UnitOfWork) throws -> SchoolCalendar? {
    try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
  }

  func happened(_ entry: Entry<MissingChild>, in stored: StoredCase<MissingChild>, _ unit: UnitOfWork) throws {
    guard case .acted(let act) = entry.what else { return }
    let pupil = try stored.pupil
    let subject = pupil.text
    let concerns = try Roll.concerns(of: pupil, on: entry.on, in: unit.db)
    func fact<Fact: EventFact>(_: Fact.Type) -> ChildFact<Fact> {
      ChildFact(case: stored.id, pupil: pupil, school: stored.school, on: entry.on, concerns: concerns)
    }
    switch act {
    case .open, .reopen:
      try unit.publish(
        SearchOpened(
          case: stored.id, pupil: pupil, school: stored.school,
          trigger: stored.file.stated.text(.trigger) ?? Trigger.report.rawValue, openedOn: entry.on, concerns: concerns),
        subject: subject)
    case .lose:
      try unit.publish(fact(UnknownWhereabouts.self), subject: subject)
    case .escalate:
      try unit.publish(fact(FoundRisk.self), subject: subject)
    case .close, .ageOut, .closeUnlocated, .lapse, .join:
      let outcome = act == .join ? .duplicate : entry.stated.text(.outcome).flatMap(Outcome.init)
      try unit.publish(
        SearchClosed(
          case: stored.id, pupil: pupil, outcome: outcome?.rawValue, located: outcome?.isLocated,
          closedOn: entry.on, school: stored.school, concerns: concerns), subject: subject)
      guard outcome == .homeEducated else { return }
      try taughtAtHome?(pupil, stored.school, entry.on, stored.id, unit)
    default: break
    }
  }
}

/// Questions about searches.
enum Searches {
  /// The day on which a search began, or began anew; `nil` before it has.
  static func began(_ number: Int64, in db: Database) throws -> Day? {
    try Int32.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT max(on_day) FROM case_entry WHERE case_number = ? AND name IN ('acted open', 'acted reopen')
          """), arguments: [number]
    ).map(Day.init(ordinal:))
  }

  /// Under which reference another authority keeps the last alert for a search that it acknowledged.
  static func receipt(_ number: Int64, in db: Database) throws -> String? {
    try Alerts.sent(forSearch: number, in: db).compactMap {
      try Cases<SentAlert>.find("c\($0.caseNumber)", in: db)?.file.stated.text(.reference)
    }.last
  }

  /// Whether a child is on a roll that the authority knows.
  static func isOnRoll(_ pupil: PupilID, on day: Day, in db: Database) throws -> Bool {
    try Roll.registrations(of: pupil, in: db).contains { $0.stands(on: day) }
  }

  /// Whether the child is of compulsory school age on a day; taken to be so where no date of birth is known.
  static func isOfAge(_ pupil: PupilID, on day: Day, in db: Database) throws -> Bool {
    try Roll.pupil(pupil, in: db)?.dateOfBirth.map {
      CompulsorySchoolAge.isCompulsory(dateOfBirth: $0, on: day)
    } ?? true
  }

  /// Within how many days before its closing every check of a search must have been made again.
  static func repeatedWithinDays(on day: Day) -> Int {
    SearchClocks.laterReview.value(on: day).end(from: day, in: nil).day - day
  }
}
