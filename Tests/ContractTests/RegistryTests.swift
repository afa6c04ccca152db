import Contracts
import Seeded
import TestKit
import Testing

@Suite("Registry") struct RegistryTests {
  /// Parts of field names that would tell who a child is or where it lives.
  private static let telling = [
    "givenname", "familyname", "forename", "surname", "fullname", "dateofbirth", "dob", "birth", "address", "postcode",
    "phone", "email", "upn", "note", "comment",
  ]

  @Test("Only the roll event is personal")
  func onlyOneIsPersonal() {
    #expect(
      EventRegistry.all.filter { $0.classification == .personal }.map(\.type.name)
        == ["uk.everyschoolday.registers.pupil-enrolled.v1"])
  }

  @Test("No other event has a field that names a person", arguments: EventRegistry.all)
  func nobodyIsNamed(_ definition: EventDefinition) {
    let paths = definition.schema.fieldPaths().filter { path in
      let field = path.split(separator: "/").last?.lowercased() ?? ""
      return Self.telling.contains { field.contains($0) }
    }
    #expect(paths.isEmpty == (definition.classification != .personal), "\(paths.sorted())")
  }

  @Test("An event about a child or another person is not internal", arguments: EventRegistry.all)
  func peopleAreNotInternal(_ definition: EventDefinition) {
    let isAboutPerson = definition.schema.fieldPaths().contains {
      ["/pupil", "/person"].contains(where: $0.hasSuffix) || $0 == "/marks"
    }
    #expect(isAboutPerson == (definition.classification != .internal))
  }

  @Test("Free text stands only where it is known to be harmless: a new place is a decision")
  func freeText() {
    let found = EventRegistry.all.filter { $0.classification != .personal }.flatMap { definition in
      definition.schema.freeTextPaths().map { "\(definition.fileName) \($0)" }
    }
    #expect(
      Set(found)
        == Set(FindingKind.allCases.map { "registers.\($0.rawValue)-found.v1 /rule/source" }).union([
          "registers.school-recorded.v1 /name",
          "enforcement.penalty-notice-proposed.v1 /proposal",
          "enforcement.penalty-notice-proposed.v1 /grounds/rule/id",
          "enforcement.penalty-notice-proposed.v1 /grounds/rule/source",
          "enforcement.penalty-notice-proposal-revised.v1 /proposal",
          "enforcement.penalty-notice-proposal-revised.v1 /grounds/rule/id",
          "enforcement.penalty-notice-proposal-revised.v1 /grounds/rule/source",
          "enforcement.penalty-notice-proposal-lapsed.v1 /proposal",
          "notifier.message-disclosed.v1 /message", "notifier.message-disclosed.v1 /subscription",
          "notifier.message-disclosed.v1 /event", "notifier.receiver-disabled.v1 /subscription",
        ]))
  }

  @Test("Names are unique, of the agreed form, and found again", arguments: EventRegistry.all)
  func names(_ definition: EventDefinition) throws {
    let name = definition.type.name
    #expect(name.wholeMatch(of: /uk\.everyschoolday\.[a-z]+\.[a-z]+(-[a-z]+)+\.v[1-9][0-9]*/) != nil)
    #expect(name.hasPrefix("uk.everyschoolday.\(definition.type.service.rawValue)."))
    #expect(EventRegistry.definition(named: name)?.type == definition.type)
    #expect(EventRegistry.all.count { $0.type == definition.type } == 1)
    #expect(!definition.summary.isEmpty)
  }

  @Test("Who owns what: the one list of types, each with the one service that may publish it")
  func owners() {
    let owned = Dictionary(grouping: EventRegistry.all, by: \.type.service).mapValues { $0.map(\.type.fact) }
    let found = FindingKind.allCases.flatMap { ["\($0.rawValue)-found", "\($0.rawValue)-lapsed"] }
    let before = [
      "school-recorded", "calendar-recorded", "pupil-enrolled", "pupil-left", "registration-withdrawn",
      "pupils-merged", "concerns-recorded", "contacts-recorded", "persons-merged", "persons-parted", "marks-recorded",
      "marks-amended", "marks-disposed", "marks-restored",
      "marks-erased",
      "register-missing", "register-received", "register-missing-lapsed",
    ]
    let after = ["return-filed", "compulsory-school-age-reached", "compulsory-school-age-ended"]
    #expect(owned[.registers] == before + found + after)
    #expect(
      owned[.enforcement] == [
        "penalty-notice-proposed", "penalty-notice-proposal-revised", "penalty-notice-proposal-lapsed",
        "notice-to-improve-issued", "penalty-notice-issued", "penalty-notice-paid", "penalty-notice-unpaid",
        "penalty-notice-withdrawn", "penalty-notice-reopened", "prosecution-laid", "prosecution-decided",
        "supervision-order-applied", "supervision-order-made", "supervision-order-ended", "attendance-notice-served",
        "attendance-order-served", "attendance-order-ended", "record-hold-placed", "record-hold-released",
      ])
    #expect(owned[.notifier] == ["message-disclosed", "receiver-disabled"])
    #expect(
      owned[.casework] == [
        "case-opened", "case-closed", "contract-offered", "contract-reviewed", "case-escalated", "case-stepped-down",
        "case-reviewed", "support-recorded",
      ])
    #expect(
      owned[.licensing] == [
        "work-permit-granted", "work-permit-refused", "work-permit-revoked", "performance-licence-granted",
        "performance-licence-revoked", "chaperone-suspended", "performance-leave-differs",
        "performance-leave-agrees",
      ])
    #expect(
      owned[.cme] == [
        "search-opened", "whereabouts-unknown", "risk-found", "home-education-started", "home-education-unsuitable",
        "search-closed",
      ])
    #expect(owned.count == 6)
  }

  @Test("Every service of an authority has one topic and one source")
  func topics() {
    #expect(
      EventRegistry.topics(authority: "880") == [
        "880.registers", "880.enforcement", "880.notifier", "880.casework", "880.licensing", "880.cme",
      ])
    #expect(ServiceName.enforcement.source(authority: "383") == "/383/enforcement")
  }

  @Test("Identifiers of people are of one form each, and random ones are of it")
  func identifiersOfPeople() {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    var seen: Set<PupilID> = []
    for _ in 0..<2_000 {
      let pupil = PupilID.random(using: &generator)
      #expect(PupilID(pupil.text) == pupil)
      #expect((try? Regex(PupilID.pattern).wholeMatch(in: pupil.text)) != nil)
      seen.insert(pupil)
      let person = PersonID.random(using: &generator)
      #expect(PersonID(person.text) == person)
      #expect((try? Regex(PersonID.pattern).wholeMatch(in: person.text)) != nil)
      #expect(PupilID(person.text) == nil && PersonID(pupil.text) == nil, "neither is taken for the other")
    }
    #expect(seen.count == 2_000)
    for text in [
      "", "p", "p7k2m9q4x", "p7k2m9q4xtt", "P7k2m9q4xt", "p7k2m9q4xT", "p7k2m9q4xi", "p7k2m9q4x\u{301}", "x",
    ] {
      #expect(PupilID(text) == nil, "\(text)")
      #expect(PersonID(text.replacing("p", with: "c").replacing("P", with: "C")) == nil, "\(text)")
    }
  }
}
