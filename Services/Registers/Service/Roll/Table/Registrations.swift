import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// A child's time on one roll.
struct Registration: Hashable, Sendable {
  var number: Int64
  let school: URN
  var enrolledOn: Day
  /// The last day on roll.
  var leftOn: Day?
  var status = RegistrationStatus.single
  var ground: DeletionGround?
  /// A school's URN or words; empty when it is not known.
  var destination: String?
  var enteredOn: Day?
  var deletedOn: Day?
  /// When an officer took the entry back as made by mistake; `nil` while it stands.
  var withdrawnAt: Timestamp?

  /// Whether it shares a day with a span.
  func overlaps(_ first: Day, _ last: Day?) -> Bool {
    (last.map { enrolledOn <= $0 } ?? true) && (leftOn.map { first <= $0 } ?? true)
  }

  /// Whether the child is on the roll on a day.
  func covers(_ day: Day) -> Bool { overlaps(day, day) }

  /// Which sessions count for the child whose registration it is.
  func time(of pupil: StoredPupil) -> TimeOnRoll { TimeOnRoll(first: enrolledOn, last: leftOn, taught: pupil.taught) }

  /// This registration as a school states it now. What it did not say stays, unless the child came back.
  func stating(_ record: PupilRecord) -> Registration {
    var now = self
    now.enrolledOn = record.enrolledOn
    now.status = record.status ?? status
    now.enteredOn = record.enteredOn ?? enteredOn
    if record.isLeavingUnread { return now }
    now.leftOn = record.leftOn
    let hasLeft = record.leftOn != nil
    now.ground = hasLeft ? record.ground ?? ground : nil
    now.deletedOn = hasLeft ? record.deletedOn ?? deletedOn : nil
    now.destination = record.destination ?? (hasLeft ? destination ?? "" : nil)
    return now
  }
}

/// A time on a roll as officers see it who compare records.
struct RollPlace: Codable, Sendable {
  let school: URN
  let enrolledOn: Day
  let leftOn: Day?

  init(_ registration: Registration) {
    (school, enrolledOn, leftOn) = (registration.school, registration.enrolledOn, registration.leftOn)
  }
}

extension Pupils {
  /// A child's registrations at all schools that stand, oldest first.
  static func registrations(of pupil: Int64, in db: Database) throws -> [Registration] {
    try db.rows("SELECT * FROM standing_registrations WHERE pupil = ? ORDER BY enrolled_on, number", [pupil]).map(
      registration)
  }

  /// A child's registrations with those that were taken back as made by mistake, oldest first.
  static func registrationsEver(of pupil: Int64, in db: Database) throws -> [Registration] {
    try db.rows("SELECT * FROM registrations WHERE pupil = ? ORDER BY enrolled_on, number", [pupil]).map(registration)
  }

  /// Enters a child's time on a roll.
  ///
  /// - Returns: the registration's number.
  static func enrol(
    _ pupil: Int64, _ registration: Registration, upload: Int64?, in db: Database
  ) throws -> Int64 {
    try db.insert(
      "registrations",
      ["pupil": pupil, "school": registration.school, "upload": upload] + columns(registration))
  }

  /// Replaces what is known of a time on a roll, and lets it stand.
  static func update(_ registration: Registration, in db: Database) throws {
    let stands: ColumnValues = [
      "withdrawn_millis": nil, "withdrawn_actor": nil, "withdrawn_role": nil, "withdrawn_reason": nil,
    ]
    try db.update("registrations", registration.number, columns(registration) + stands)
  }

  /// Takes a time on a roll back as entered by mistake.
  static func withdraw(_ number: Int64, reason: String, in unit: UnitOfWork) throws {
    try unit.db.update(
      "registrations", number,
      [
        "withdrawn_millis": unit.at, "withdrawn_actor": unit.caller.subject,
        "withdrawn_role": unit.caller.role.rawValue, "withdrawn_reason": reason,
      ])
  }

  /// The registrations that an upload entered and that stand, in the order of entry, with their children's numbers.
  static func registrations(
    ofUpload upload: Int64, at school: URN, in db: Database
  ) throws -> [(pupil: Int64, registration: Registration)] {
    try db.rows(
      "SELECT * FROM standing_registrations WHERE upload = ? AND school = ? ORDER BY number", [upload, school]
    ).map { ($0["pupil"], try registration($0)) }
  }

  private static func columns(_ registration: Registration) -> ColumnValues {
    [
      "enrolled_on": registration.enrolledOn, "left_on": registration.leftOn,
      "status": registration.status.rawValue, "ground": registration.ground?.rawValue,
      "destination": registration.destination, "entered_on": registration.enteredOn,
      "deleted_on": registration.deletedOn,
    ]
  }

  /// A registration from a row of its table.
  static func registration(_ row: Row) throws -> Registration {
    Registration(
      number: row["number"], school: try row.get("school"), enrolledOn: try row.get("enrolled_on"),
      leftOn: try row.get("left_on"), status: try row.get("status"),
      ground: try row.get("ground", as: DeletionGround?.self), destination: row["destination"],
      enteredOn: try row.get("entered_on"), deletedOn: try row.get("deleted_on"),
      withdrawnAt: try row.get("withdrawn_millis"))
  }
}

extension Pupils {
  /// The child of a time on a roll, and which of its sessions count.
  static func place(ofRegistration number: Int64, in db: Database) throws -> (pupil: PupilID, time: TimeOnRoll) {
    let row = try db.row(
      """
      SELECT p.id, r.enrolled_on, r.left_on, p.year_group, p.year_group_year, p.date_of_birth
      FROM registrations r JOIN pupils p ON p.number = r.pupil WHERE r.number = ?
      """, [number])
    guard let row else { throw DatabaseError.damaged }
    let taught = TaughtGroup(
      stated: row[3], (row[4] as Int?).map(SchoolYear.init(startYear:)), dateOfBirth: try row.get(5))
    return (try row.get(0), TimeOnRoll(first: try row.get(1), last: try row.get(2), taught: taught))
  }

  /// The child of a time on a roll.
  static func id(ofRegistration number: Int64, in db: Database) throws -> PupilID {
    try db.value(
      "SELECT p.id FROM registrations r JOIN pupils p ON p.number = r.pupil WHERE r.number = ?", [number],
      as: PupilID.self
    ).orDamaged()
  }
}
