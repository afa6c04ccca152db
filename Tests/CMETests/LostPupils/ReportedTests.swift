import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import Foundation
import GRDB
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import ServiceTestKit
import Store
import TestKit
import Testing

@testable import CMEService

/// Children whom no school has.
@Suite("Children whom no school has", .timeLimit(.minutes(5))) struct ReportedTests {
  private static let form = #"""
    {"child":{"givenName":"Canaryna","familyName":"Wrenfeld","dateOfBirth":"2016-11-30","sex":"F","upn":null},
    "trigger":"T11","source":"A refuge","reason":"Came last week"}
    """#

  private struct Decided: Decodable {
    let pupil: String
    let search: String?
  }

  private func send(_ service: BuiltProgram, _ path: String, _ body: String) async throws -> (status: Int, text: String)
  {
    let answer = try await service.send(.post, path, as: "u-officer", .cmeOfficer, body: body)
    return (answer.status, answer.text)
  }

  @Test("A report opens a search, proposes who of the roll it may be, and a person's yes moves the search there")
  func report() async throws {
    try await CMEApplication.run { service in
      let told = try await send(service, "/reported-children", Self.form)
      #expect(told.status == 200 && !told.text.contains("Canaryna"), "\(told.text)")
      let made = try JSONDecoder().decode(Decided.self, from: Data(told.text.utf8))
      #expect(made.search != nil)
      let list = try await service.send(.get, "/reported-children", as: "u-officer", .cmeOfficer).text
      #expect(list.contains("Canaryna") && list.contains(#""pupil":"p000000001""#), "a spelling is found: \(list)")
      let path = "/reported-children/\(made.pupil)/decision"
      let stranger = try await send(service, path, #"{"candidate":"p000000002","isSame":true,"reason":"Seen"}"#)
      #expect(stranger.status == 404)
      let no = try await send(service, path, #"{"candidate":"p000000001","isSame":false,"reason":"Seen both"}"#)
      #expect(no.status == 200, "\(no.text)")
      let again = try await service.send(.get, "/reported-children", as: "u-officer", .cmeOfficer).text
      #expect(again.contains(#""isSame":false"#), "\(again)")
      let yes = try await send(service, path, #"{"candidate":"p000000001","isSame":true,"reason":"The same mother"}"#)
      #expect(yes.status == 200 && yes.text.contains(#""pupil":"p000000001""#), "\(yes.text)")
      let gone = try await service.send(.get, "/reported-children", as: "u-officer", .cmeOfficer).text
      #expect(!gone.contains("Canaryna"), "the name goes: \(gone)")
      let closed = try await service.send(.get, "/cases/\(made.search ?? "")", as: "u-officer", .cmeOfficer).text
      #expect(closed.contains(#""state":"closed""#), "the child has a search already: \(closed)")
      let wrong = try await send(service, "/reported-children", Self.form.replacing("T11", with: "T1"))
      #expect(wrong.status == 422 && wrong.text.contains("/trigger"), "\(wrong.text)")
    }
  }

  @Test("A child who comes on a roll later is proposed; one of the same number and birth date is joined at once")
  func laterRoll() async throws {
    let service = try Searching()
    let upn = try UPN("A880123456789".withCheckLetter)
    let (spelt, numbered) = (try #require(PupilID("p000000021")), try #require(PupilID("p000000022")))
    func report(_ pupil: PupilID, _ given: String, upn: UPN?) async throws {
      try await service.transactions.write(by: .program(.cme)) { [desk = service.desk] unit in
        try ReportedChildren.add(
          LostPupil(
            givenName: given, familyName: "Wrenfield", dateOfBirth: Day(iso: "2016-05-10") ?? unit.today, sex: nil,
            upn: upn), pupil, source: "A refuge", on: unit.today, by: "u-officer", in: unit.db)
        _ = try desk.open(
          .init(.act(.open), stating: .init([.trigger: .text("T13")]), reason: "", evidence: []), about: pupil.text,
          pupil, at: nil, by: .program, in: unit)
      }
    }
    try await report(spelt, "Canarina", upn: nil)
    try await report(numbered, "Canaryna", upn: upn)
    try await service.apply(
      PupilEnrolled(
        pupil: service.pupil, school: service.school, upn: upn, givenName: "Canaryna", familyName: "Wrenfield",
        dateOfBirth: try #require(Day(iso: "2016-05-10")), yearGroup: nil,
        enrolledOn: service.clock.today().adding(days: -3), addressProtected: false, registration: 1))
    let pairs = try await service.store.read { try ReportedChildren.pairs(of: spelt, in: $0) }
    #expect(pairs == [.init(candidate: service.pupil, ground: "spelling", isSame: nil)])
    #expect(try await service.store.read { try ReportedChildren.find(numbered, in: $0) } == nil)
    let subjects = try await service.names("SELECT pupil FROM case_file ORDER BY number")
    #expect(subjects == [spelt.text, service.pupil.text])
    // Found on a roll: a search because no roll had the child falls away.
    #expect(try await service.states() == ["suspected", "closed"])
  }
}
