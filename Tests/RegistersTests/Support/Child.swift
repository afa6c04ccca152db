import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import ServiceTestKit
import Testing

/// What stands in one school's registers, as another school may have learnt it.
struct Child {
  let id: String
  let finding, contact, person, arrangement, waiting: String

  init(_ world: World, _ number: Int, at school: String) async throws {
    let contact = #","contacts":[{"givenName":"Ada","familyName":"Tarn","relation":"mother"}]"#
    let ids = try await world.enter([World.pupil(number, contact)], school: school).ids
    id = try #require(ids.first)
    _ = try await world.upload(
      ["\(MadeUp.upn(number)),2026-09-07,AM,N", "\(MadeUp.upn(number)),2026-09-07,PM,H"], school: school)
    func first(_ table: String, _ condition: String = "1") throws -> String {
      let rows = try world.sql("SELECT max(number) AS n FROM \(table) WHERE \(condition)")
      return String(try #require(rows.first?["n"] as Int64?))
    }
    let arranged = try await world.send(
      .post, "/schools/\(school)/arrangements",
      #"{"pupil":"\#(id)","kind":"leave","first":"2026-09-14","last":"2026-09-15","details":{"code":"C"}}"#)
    #expect(arranged.status == 200, "\(arranged.text)")
    finding = "f" + (try first("findings"))
    self.contact = try first("contacts")
    person = try #require(try world.sql("SELECT person FROM contacts WHERE number = \(self.contact)").first?["person"])
    arrangement = try first("arrangements")
    waiting = try first("quarantine", "school = '\(school)'")
  }

  /// A path with what it names filled in; the school is whose place it stands at.
  func path(_ template: String, school: String) -> String {
    let number =
      template.hasPrefix("/arrangements")
      ? arrangement : template.contains("/quarantine") ? waiting : template.contains("/contacts") ? contact : "1"
    let values = [
      "id": id, "sibling": id, "finding": finding, "number": number, "urn": school, "date": "2026-09-07",
      "session": "AM", "kind": template.contains("assignments") ? "cluster" : "free-meals", "year": "2026-27",
      "code": "C1", "name": "own", "action": "1", "person": person,
    ]
    return values.reduce(template) { $0.replacing("{\($1.key)}", with: $1.value) }
  }

  /// By operation a body that would do what it is for.
  func body(_ operation: String) -> String? {
    switch operation {
    case "POST /arrangements/{number}/end": #"{"last":"2026-09-14"}"#
    case "POST /schools/{urn}/amendments":
      #"{"pupil":"\#(id)","date":"2026-09-07","session":"AM","code":"G","reason":"Rang"}"#
    case "POST /schools/{urn}/arrangements":
      #"{"pupil":"\#(id)","kind":"leave","first":"2026-09-21","last":"2026-09-21","details":{"code":"C"}}"#
    case "POST /schools/{urn}/returns": #"{"pupil":"\#(id)","kind":"new-pupil"}"#
    case "POST /schools/{urn}/quarantine/{number}/correct": #"{"code":"G"}"#
    case "POST /schools/{urn}/quarantine/{number}/discard": #"{"reason":"Sent twice"}"#
    case "PUT /pupils/{id}/contacts/{number}":
      #"{"givenName":"Ada","familyName":"Tarn","relation":"mother","telephone":"01632 960002"}"#
    case "PUT /pupils/{id}/flags/{kind}": #"{"first":"2026-09-01"}"#
    case "PUT /pupils/{id}/marks/{date}/{session}": #"{"code":"I","detail":"Rang"}"#
    case "POST /pupils/{id}/siblings": #"{"sibling":"\#(id)"}"#
    case "POST /schools/{urn}/withdrawals": #"{"entries":[{"pupil":"\#(id)"}],"reason":"Sent by mistake"}"#
    default: nil
    }
  }
}
