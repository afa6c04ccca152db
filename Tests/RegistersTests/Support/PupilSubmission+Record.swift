import Foundation
import Rulebook
import Testing

@testable import RegistersDomain

extension PupilSubmission {
  /// The record.
  ///
  /// - Throws: the first thing that costs the child.
  func record(dates: PupilDates = .standard) throws -> PupilRecord {
    let checked = checked(at: MadeUp.school, today: MadeUp.today, dates: dates)
    if let refusal = checked.refusals.first { throw refusal }
    return try #require(checked.record)
  }
}
