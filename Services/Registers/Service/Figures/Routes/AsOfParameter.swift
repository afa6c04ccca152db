import Contracts
import Rulebook
import Schemas
import ServiceKit

extension QueryParameter where Value == Timestamp? {
  /// A past moment.
  static var asOf: Self {
    QueryParameter<Timestamp>(
      "asOf",
      "A moment that is over: marks and days on roll as they were known then. What is known now when absent."
    ).optional
  }
}

extension QueryParameter where Value == Day {
  static var from: Self { QueryParameter("from", "The first day.") }
  static var to: Self { QueryParameter("to", "The last day.") }
}

extension About.Parameter {
  static let asOf = QueryParameter<Timestamp?>.asOf.about
}

extension [About.Parameter] {
  /// The days that an answer is of; read by `Call.days(most:)`.
  static let days = [QueryParameter<Day>.from.about, QueryParameter<Day>.to.about]
}

extension Call {
  /// The span of the parameters `from` and `to`.
  ///
  /// - Throws: `Problem` invalid unless it is of at most so many days.
  func days(most: Int = FigureRoutes.mostDays) throws(Problem) -> DayRange {
    let (from, to) = (try self[.from], try self[.to])
    guard from <= to, to - from < most else {
      throw Problem.invalid([.init("to", "must be on or after from and within \(most) days of it")])
    }
    return DayRange(first: from, last: to)
  }
}
