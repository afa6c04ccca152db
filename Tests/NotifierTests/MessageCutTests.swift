import Contracts
import Foundation
import NotifierDomain
import Rulebook
import Testing

/// What a message tells at each level, field by field.
@Suite struct MessageCutTests {
  /// The fields that may appear in the data of a message, by level: written out again here, apart from the code.
  static let allowed: [DisclosureLevel: Set<String>] = {
    let nothing: Set<String> = ["authority"]
    let identity = nothing.union([
      "pupil", "givenName", "familyName", "dateOfBirth", "school.urn", "school.name", "contact",
    ])
    let attendance = identity.union([
      "proposal", "metOn", "windowFirstWeek", "windowLastWeek", "sessions.date", "sessions.session", "mostSessions",
    ])
    let reasons = attendance.union([
      "sessions.code", "unresolved", "rule.id", "rule.source", "rule.inForceFrom",
    ])
    return [.nothing: nothing, .identity: identity, .attendance: attendance, .reasons: reasons, .restricted: reasons]
  }()

  @Test(arguments: DisclosureLevel.allCases, [false, true])
  func onlyTheFieldsOfTheLevelAppear(level: DisclosureLevel, addressProtected: Bool) throws {
    for report in Sample.reports {
      let message = Message.cut(report, Sample.context(addressProtected: addressProtected), to: level)
      let body = try Self.body(message)
      #expect(Set(body.keys) == ["type", "timestamp", "level", "data"])
      let effective = addressProtected ? min(level, .identity) : level
      #expect(message.level == effective)
      var expected = try #require(Self.allowed[effective])
      if addressProtected { expected.subtract(["school.urn", "school.name"]) }
      if report.course == .withdraws {
        expected.subtract([
          "metOn", "windowFirstWeek", "windowLastWeek", "sessions.date", "sessions.session", "sessions.code",
          "unresolved", "rule.id", "rule.source", "rule.inForceFrom",
        ])
      } else {
        expected.remove("mostSessions")
      }
      #expect(Self.paths(try #require(body["data"])) == expected)
    }
  }

  @Test func theRecordNamesExactlyTheFieldsTold() throws {
    for report in Sample.reports {
      for level in DisclosureLevel.allCases {
        let message = Message.cut(report, Sample.context(), to: level)
        let told = Set(
          Self.paths(try #require(try Self.body(message)["data"])).map { path in
            path == "sessions.code" ? path : String(path.split(separator: ".")[0])
          })
        #expect(Set(message.fields.map(\.rawValue)) == told)
      }
    }
  }

  @Test func atLevelNothingNoValueOfTheChildRemains() throws {
    for report in Sample.reports {
      let text = String(decoding: try Message.cut(report, Sample.context(), to: .nothing).body(), as: UTF8.self)
      for value in ["p0123456ab", "Zephyrine", "Quillfeather", "2013", "100001", "Larkspur", "prop1", "09:41"] {
        #expect(!text.contains(value))
      }
    }
  }

  @Test func anIdentityLinkDoesNotSayWhatTheMatterIs() throws {
    for report in Sample.reports {
      let text = String(decoding: try Message.cut(report, Sample.context(), to: .identity).body(), as: UTF8.self)
      for word in ["penalty", "proposal", "prop1", "lapsed", "session", "enforcement"] { #expect(!text.contains(word)) }
    }
    #expect(Message.cut(Sample.proposed, Sample.context(), to: .identity).type == Message.contactType)
    #expect(Message.cut(Sample.lapsed, Sample.context(), to: .identity).type == Message.contactWithdrawnType)
    #expect(Message.cut(Sample.lapsed, Sample.context(), to: .attendance).type == PenaltyNoticeProposalLapsed.type.name)
  }

  @Test func aProtectedAddressHidesEveryPlaceAtEveryLevel() throws {
    for level in DisclosureLevel.allCases {
      for report in Sample.reports {
        let message = Message.cut(report, Sample.context(addressProtected: true), to: level)
        let text = String(decoding: try message.body(), as: UTF8.self)
        #expect(!text.contains("100001") && !text.contains("Larkspur"))
        #expect(message.level <= .identity)
      }
    }
  }

  @Test func equalMessagesAreEqualBytes() throws {
    let first = try Message.cut(Sample.proposed, Sample.context(), to: .reasons).body()
    let second = try Message.cut(Sample.proposed, Sample.context(), to: .reasons).body()
    #expect(first == second)
    #expect(String(decoding: first, as: UTF8.self).contains(#""timestamp":"2026-11-20T09:41:07.123Z""#))
  }
}
