import Contracts
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import RegistersDomain

/// What other suites use as well.
extension PupilFileTests {
  static func transfer(_ pupils: String...) -> String {
    "<CTfile><CTFpupilData>\(pupils.joined())</CTFpupilData></CTfile>"
  }

  static func child(_ number: Int, upn: String? = nil) -> String {
    """
    <Pupil><UPN>\(upn ?? MadeUp.upn(number).text)</UPN><Surname>Quarrington</Surname><Forename>Zed\(number)</Forename>\
    <DOB>2016-05-04</DOB></Pupil>
    """
  }
}
