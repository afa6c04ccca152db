import Contracts
import NotifierDomain
import Rulebook
import Testing

/// What a message about the registers' events tells at each level, field by field.
@Suite struct FindingCutTests {
  static let child: Set<String> = ["pupil", "givenName", "familyName", "dateOfBirth"]
  static let place: Set<String> = ["school.urn", "school.name"]
  static let rule: Set<String> = ["rule.id", "rule.source", "rule.inForceFrom"]

  /// What each kind of event adds at L2, and at L3: written out again here, apart from the code.
  static func added(by fact: String) -> (attendance: Set<String>, reasons: Set<String>) {
    switch fact {
    case "return-filed": (["filedOn", "dueOn", "finding"], ["return"])
    case "pupil-left": (["leftOn"], ["ground", "destinationKnown"])
    case "register-missing", "register-received", "register-missing-lapsed": (["date", "session"], [])
    case "compulsory-school-age-reached", "compulsory-school-age-ended": (["on"], [])
    default:
      fact.hasSuffix("-lapsed")
        ? (["finding", "on"], []) : (["finding", "on", "session"], rule.union(["since", "count", "outOf"]))
    }
  }

  @Test(arguments: DisclosureLevel.allCases, [false, true])
  func onlyTheFieldsOfTheLevelAppear(level: DisclosureLevel, addressProtected: Bool) throws {
    for report in Sample.registersReports(concerns: Concern.allCases) {
      let message = Message.cut(
        report, Sample.context(for: report, addressProtected: addressProtected), to: level)
      let isProtected = addressProtected && report.pupil != nil
      let effective = isProtected ? min(level, .identity) : level
      #expect(message.level == effective)
      var expected: Set<String> = ["authority"]
      if effective >= .identity {
        expected.insert("contact")
        if report.pupil != nil { expected.formUnion(Self.child) }
        if !isProtected { expected.formUnion(Self.place) }
      }
      let added = Self.added(by: report.type.fact)
      if effective >= .attendance { expected.formUnion(added.attendance) }
      if effective >= .reasons { expected.formUnion(added.reasons) }
      let told = MessageCutTests.paths(try #require(try MessageCutTests.body(message)["data"]))
      #expect(told == expected, "\(report.type.fact)")
      #expect(Set(message.fields.map(\.rawValue)) == Set(told.map { String($0.prefix { $0 != "." }) }))
    }
  }

  @Test func anIdentityLinkSaysNothingOfTheMatterAndNoMessageSaysWhoseConcernAChildIs() throws {
    let words = [
      "absence", "sickness", "part-time", "return", "left", "age", "registers", "f1", "2026-11-20\"", "lapsed", "found",
    ]
    for report in Sample.registersReports(concerns: Concern.allCases) {
      for level in DisclosureLevel.allCases {
        let message = Message.cut(report, Sample.context(for: report), to: level)
        let text = String(decoding: try message.body(), as: UTF8.self)
        for concern in Concern.allCases { #expect(!text.contains(concern.rawValue)) }
        guard level == .identity, report.pupil != nil else { continue }
        for word in words { #expect(!text.contains(word), "\(report.type.fact) \(word)") }
        let takesBack = report.type.fact.hasSuffix("-lapsed")
        #expect(message.type == (takesBack ? Message.contactWithdrawnType : Message.contactType))
      }
    }
  }

  @Test func atLevelNothingNoValueOfTheChildRemains() throws {
    for report in Sample.registersReports(concerns: Concern.allCases) {
      let body = try Message.cut(report, Sample.context(for: report), to: .nothing).body()
      let text = String(decoding: body, as: UTF8.self)
      for value in ["p0123456ab", "Zephyrine", "Quillfeather", "2013", "100001", "Larkspur", "f1", "09:41"] {
        #expect(!text.contains(value), "\(report.type.fact)")
      }
    }
  }

  @Test func aMissingRegisterIsNamedAtEveryLevelForThereIsNoChildInIt() {
    for level in DisclosureLevel.allCases {
      let report = Report(Sample.missing)
      #expect(Message.cut(report, Sample.context(for: report), to: level).type == RegisterMissing.type.name)
    }
  }
}
