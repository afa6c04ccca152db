import Contracts
import Rulebook
import SuiteDomain

/// The children whose stories are told, by what happens to them.
enum DemoPart: String, CaseIterable, Comparable {
  /// Has the tenth session without leave on the morning of the first day.
  case tenth
  /// Has a social worker; is not in on that morning, and nobody knows why.
  case socialWorker
  /// On part-time timetables for more than six weeks, and for more than twelve.
  case partTimeWeeks, partTimeQuarter
  /// Looked after: since before the year began, and since a week ago.
  case care1, care2, care3, care4, careLate
  /// A notice about them is out when a mark is corrected.
  case corrected
  /// The mother has a notice from elsewhere; twenty sessions.
  case second
  /// First a notice to improve, then a notice that is not paid as it should be.
  case unpaid
  /// Referred by the school, helped, and in school again.
  case helped
  /// Fourteen years old, with a paper round.
  case paperRound
  /// In a play.
  case actor1, actor2, actor3, actor4
  /// Taken off the roll to be taught at home.
  case homeEducated

  static let inCare: [DemoPart] = [.care1, .care2, .care3, .care4, .careLate]
  static let actors: [DemoPart] = [.actor1, .actor2, .actor3, .actor4]

  static func < (a: DemoPart, b: DemoPart) -> Bool { a.order < b.order }
  private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Finds a child for each part: one in the first school, the others in one secondary school.
  ///
  /// - Returns: `nil` when there are too few.
  static func cast(from authority: MadeUpAuthority, on day: Day) -> [DemoPart: DemoWorld.Child]? {
    func places(_ school: Int) -> [Int] {
      authority.schools[school].pupils.indices.filter {
        let pupil = authority.schools[school].pupils[$0]
        return !pupil.habit.isPersistent
          && CompulsorySchoolAge.isCompulsory(dateOfBirth: pupil.dateOfBirth, on: MadeUpAuthority.schoolYear.first)
      }
    }
    for number in authority.schools.indices.dropFirst() where authority.schools[number].phase == .secondary {
      var free = places(number)
      let isFourteen = { (place: Int) in
        let born = authority.schools[number].pupils[place].dateOfBirth
        return born.adding(months: 14 * 12 + 2) <= day && day < born.adding(months: 15 * 12 - 4)
      }
      guard let first = places(0).first, let fourteen = free.first(where: isFourteen), free.count >= allCases.count
      else { continue }
      free.removeAll { $0 == fourteen }
      var cast = [tenth: DemoWorld.Child(school: 0, place: first), paperRound: .init(school: number, place: fourteen)]
      for part in allCases where cast[part] == nil {
        cast[part] = DemoWorld.Child(school: number, place: free.removeFirst())
      }
      return cast
    }
    return nil
  }
}
