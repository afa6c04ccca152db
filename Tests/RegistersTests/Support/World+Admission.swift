import Contracts
import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistersDomain
import Rulebook
import ServiceKit
import Store
import Testing

extension World {
  /// The data of every event of a type, in order.
  func all<Data: EventData>(_ type: Data.Type) async throws -> [Data] {
    try await events().filter { $0.type == Data.type.name }.map { try Data.decode($0) }
  }

  /// Sends rows of the admission register; the children's identifiers in the order of the rows that were accepted.
  func enter(_ rows: [String], school: String = World.school) async throws -> (answer: Answer, ids: [String]) {
    let answer = try await send(
      .post, "/schools/\(school)/pupils", "{\"pupils\":[\(rows.joined(separator: ","))]}")
    #expect(answer.status == 200)
    return (answer, answer.list("pupils").compactMap { $0["id"] as? String })
  }
}

/// What other suites use as well.
extension AdmissionTests {
  static let contact = #"""
    {"givenName":"Ada","familyName":"Tarn","relation":"mother","parentalResponsibility":true,"livesWith":true,
     "telephone":"01632 960001","address":"1 Quay Row","postcode":"ZZ1 1ZZ"}
    """#
}
