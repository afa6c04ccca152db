import Foundation
import Rulebook
import Testing

@testable import RegistersDomain

extension PupilSubmission {
  /// A pupil by the names of its fields.
  init(
    upn: String?, formerUPN: String?, givenName: String?, familyName: String?, dateOfBirth: String?, sex: String?,
    yearGroup: String?, enteredOn: String?, enrolledOn: String?, status: String?, leftOn: String?, deletedOn: String?,
    ground: String?, destination: String?, addressProtected: Bool?, contacts: [ContactSubmission]?
  ) {
    let texts: [PupilField: String?] = [
      .upn: upn, .formerUPN: formerUPN, .givenName: givenName, .familyName: familyName, .dateOfBirth: dateOfBirth,
      .sex: sex, .yearGroup: yearGroup, .enteredOn: enteredOn, .enrolledOn: enrolledOn, .status: status,
      .leftOn: leftOn, .deletedOn: deletedOn, .ground: ground, .destination: destination,
    ]
    self.init(texts.compactMapValues { $0 }, addressProtected: addressProtected, contacts: contacts)
  }

  /// The record.
  ///
  /// - Throws: the first thing that costs the child.
  func record(dates: PupilDates = .standard) throws -> PupilRecord {
    let checked = checked(at: MadeUp.school, today: MadeUp.today, dates: dates)
    if let refusal = checked.refusals.first { throw refusal }
    return try #require(checked.record)
  }
}
