import Contracts
import HTTPTypes
import Testing

/// Children with contacts at two schools.
enum PersonStory {
  static let second = "900102"
  static let reason = #"{"reason":"Birth certificate seen"}"#

  static func contact(
    _ given: String = "Ada", _ family: String = "Tarn", relation: String = "mother", telephone: String = "01632 960001",
    _ more: String = ""
  ) -> String {
    #"""
    {"givenName":"\#(given)","familyName":"\#(family)","relation":"\#(relation)","parentalResponsibility":true,
     "livesWith":true,"telephone":"\#(telephone)","address":"1 Quay Row","postcode":"ZZ1 1ZZ"\#(more)}
    """#
  }

  static func pupil(_ number: Int, _ contacts: String...) -> String {
    World.pupil(number, #","contacts":[\#(contacts.joined(separator: ","))]"#)
  }

  /// Registers with two schools.
  static func run(_ body: @Sendable @escaping (World) async throws -> Void) async throws {
    try await World.run { world in
      try await world.open()
      try await world.open(second)
      try await body(world)
    }
  }
}

extension World {
  /// A child's contacts as they were published last.
  func contacts(of pupil: String) async throws -> [ContactsRecorded.Contact] {
    try await all(ContactsRecorded.self).last { $0.pupil.text == pupil }?.contacts ?? []
  }

  func personPairs(_ query: String = "") async throws -> [[String: Any]] {
    try await send(.get, "/person-pairs\(query)").list("pairs")
  }

  func decide(pair number: Int, _ word: String) async throws -> Answer {
    try await send(.post, "/person-pairs/\(number)/\(word)", PersonStory.reason)
  }

  /// Two children of one family at two schools, each with its mother; the mothers' identifiers by child.
  ///
  /// - Parameter more: what else the second school states of her.
  func siblings(_ more: String = "") async throws -> (pupils: [String], persons: [String], pair: Int) {
    let rows = [
      PersonStory.pupil(0, PersonStory.contact()), PersonStory.pupil(1, PersonStory.contact("Ada", "Tarn", more)),
    ]
    let one = try #require(try await enter([rows[0]]).ids.first)
    let two = try #require(try await enter([rows[1]], school: PersonStory.second).ids.first)
    let persons = try await [contacts(of: one)[0].person.text, contacts(of: two)[0].person.text]
    return ([one, two], persons, try #require(try await personPairs().first?["number"] as? Int))
  }
}
