import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// The children who are on two rolls where each school says that the child is on its roll alone: one of the entries was
/// made by mistake, the child has left, or the schools share it. Every child shown is on record as read.
struct DoubleRegistrationRoutes: Sendable {
  let registers: Registers

  private static let pageSize = 200

  private struct Child: Listed {
    static let list = "children"

    let pupil: PupilID
    /// The entry that was made first before the other.
    let places: [RollPlace]
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/double-registrations", .roles(.attendanceOfficer, .cmeOfficer, reach: .wholeAuthority),
      "Children on two rolls today where each school says that the child is on its roll alone", query: [.after]
    ) { call in
      let after = try call.after
      return try await registers.write(by: call.caller) { unit in
        let pairs = try Pupils.onTwoRolls(on: unit.today, after: after, limit: Self.pageSize, in: unit.db)
        try unit.audit(.pupilDoubleRegistrationRead, ofEach: pairs.map(\.pupil))
        return Page(pairs, of: Self.pageSize, endsAt: \.places[1].number) {
          Child(pupil: $0.pupil, places: $0.places.map(RollPlace.init))
        }
      }
    }
  }
}

extension Pupils {
  /// Who is on two rolls on a day, by the number of the later entry, which stands behind the earlier.
  static func onTwoRolls(
    on day: Day, after number: Int64, limit: Int, in db: Database
  ) throws -> [(pupil: PupilID, places: [Registration])] {
    try db.rows(
      """
      SELECT p.id AS pupil_id, a.number AS first, b.number AS second FROM standing_registrations b
      JOIN standing_registrations a ON a.pupil = b.pupil AND a.number < b.number AND a.school <> b.school
      JOIN pupils p ON p.number = b.pupil
      WHERE b.number > ?1 AND a.status = 'single' AND b.status = 'single'
        AND a.enrolled_on <= ?2 AND (a.left_on IS NULL OR a.left_on >= ?2)
        AND b.enrolled_on <= ?2 AND (b.left_on IS NULL OR b.left_on >= ?2)
      ORDER BY b.number, a.number LIMIT ?3
      """, [number, day, limit]
    ).map { row in
      let places = try ["first", "second"].map { place in
        try registration(
          db.row("SELECT * FROM standing_registrations WHERE number = ?", [row[place] as Int64]).orDamaged())
      }
      return (try row.get("pupil_id"), places)
    }
  }
}
