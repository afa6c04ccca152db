import Contracts
import NotifierDomain
import Rulebook
import Testing

/// Who may subscribe to what, and what is said to those who may not.
@Suite struct SubscriptionTests {
  static func faults(_ change: (inout SubscriptionRequest) -> Void) -> [String] {
    var request = Sample.request()
    change(&request)
    do {
      _ = try request.checked(id: "sub_x", on: Sample.today, policy: .standard, allowsLoopback: false)
      return []
    } catch {
      return error.all.map { String($0.pointer.dropFirst()) }
    }
  }

  @Test func aGoodRequestIsTaken() throws {
    let subscription = Sample.subscription()
    #expect(subscription.level == .attendance)
    #expect(subscription.scope == .schools([Sample.school]))
    #expect(subscription.matches(PenaltyNoticeProposed.type, school: Sample.school))
    #expect(!subscription.matches(PenaltyNoticeProposed.type, school: Sample.otherSchool))
    #expect(!subscription.matches(PupilEnrolled.type, school: Sample.school))
  }

  typealias Change = @Sendable (inout SubscriptionRequest) -> Void
  static let refusals: [(field: String, change: Change)] = [
    ("name", { $0.name = "" }),
    ("name", { $0.name = String(repeating: "x", count: 201) }),
    ("recipientKind", { $0.recipientKind = "newspaper" }),
    ("recipientKind", { $0.recipientKind = "police" }),
    ("recipientKind", { $0.recipientKind = "health" }),
    ("recipientKind", { $0.recipientKind = "other-authority" }),
    ("recipientKind", { $0.recipientKind = "youth-justice" }),
    ("eventTypes", { $0.eventTypes = [] }),
    ("eventTypes", { $0.eventTypes = [PenaltyNoticeProposed.type.name, PenaltyNoticeProposed.type.name] }),
    ("eventTypes/0", { $0.eventTypes = [MarksRecorded.type.name] }),
    ("eventTypes/1", { $0.eventTypes = [PenaltyNoticeProposed.type.name, PupilEnrolled.type.name] }),
    ("scope", { $0.schools = nil }),
    ("scope/schools", { $0.schools = [] }),
    ("scope/schools", { $0.schools = Array(repeating: "100001", count: 1001) }),
    ("scope/schools/1", { $0.schools = ["100001", "nine"] }),
    ("level", { $0.level = "L5" }),
    ("level", { $0.level = "L3" }),
    ("level", { $0.level = "L4" }),
    ("lawfulBasis", { $0.lawfulBasis = "LB9" }),
    ("lawfulBasis", { $0.lawfulBasis = "LB5" }),
    ("lawfulBasis", { $0.lawfulBasis = "LB6" }),
    ("agreement/reference", { $0.agreementReference = "" }),
    ("agreement/expiresOn", { $0.agreementExpiresOn = "2026-11-19" }),
    ("agreement/expiresOn", { $0.agreementExpiresOn = "next year" }),
    ("agreement/expiresOn", { $0.agreementExpiresOn = "2027-02-29" }),
    ("algorithm", { $0.algorithm = "md5" }),
    ("address", { $0.address = "http://hooks.larkspur.example/" }),
    ("address", { $0.address = "ftp://hooks.larkspur.example/" }),
    ("address", { $0.address = "https://user:secret@hooks.larkspur.example/" }),
    ("address", { $0.address = "https://hooks.larkspur.example/#part" }),
    ("address", { $0.address = "https:///nowhere" }),
    ("address", { $0.address = "https://10.1.2.3/hook" }),
    ("address", { $0.address = "https://[::1]/hook" }),
    ("address", { $0.address = "https://[::ffff:169.254.169.254]/latest" }),
    ("address", { $0.address = "https://localhost/hook" }),
    ("address", { $0.address = "http://127.0.0.1:8080/hook" }),
    ("address", { $0.address = "https://hooks.larkspur.example:99999/" }),
    ("address", { $0.address = "https://hooks.larkspur.example/" + String(repeating: "a", count: 2048) }),
    ("address", { $0.address = "https://hooks larkspur.example/" }),
  ]

  @Test(arguments: refusals.indices)
  func aWrongFieldIsNamed(index: Int) {
    let (field, change) = Self.refusals[index]
    let faults = Self.faults(change)
    #expect(!faults.isEmpty && Set(faults) == [field])
  }

  @Test func everyFaultIsListedAtOnce() {
    let faults = Self.faults {
      $0.name = ""
      $0.level = "L3"
      $0.address = "http://x.example/"
      $0.agreementExpiresOn = "2020-01-01"
      $0.schools = ["x"]
    }
    #expect(Set(faults) == ["name", "level", "address", "agreement/expiresOn", "scope/schools/0"])
  }

  @Test func theDemoSwitchAllowsLoopbackOnly() throws {
    for text in ["http://127.0.0.1:8080/hook", "http://localhost:9/x", "http://[::1]:81/", "https://127.0.0.1/"] {
      _ = try ReceiverAddress(text, allowsLoopback: true)
    }
    for text in ["http://10.0.0.1/", "http://hooks.larkspur.example/", "https://192.168.0.1/"] {
      #expect(throws: ReceiverAddress.Refusal.self) { try ReceiverAddress(text, allowsLoopback: true) }
    }
    let address = try ReceiverAddress("https://Hooks.Larkspur.Example/A", allowsLoopback: false)
    #expect(address.host == "hooks.larkspur.example" && address.port == 443)
  }

  @Test func anAgreementIsWarnedOfSixtyDaysBeforeItsEnd() {
    let agreement = Agreement(reference: "ISA-7", expiresOn: Day(year: 2027, month: 3, day: 31)!)
    #expect(agreement.daysLeftToWarn(on: Day(year: 2027, month: 1, day: 29)!) == nil)
    #expect(agreement.daysLeftToWarn(on: Day(year: 2027, month: 1, day: 30)!) == 60)
    #expect(agreement.daysLeftToWarn(on: Day(year: 2027, month: 3, day: 31)!) == 0)
    #expect(agreement.daysLeftToWarn(on: Day(year: 2027, month: 4, day: 1)!) == nil)
    #expect(agreement.isInForce(on: Day(year: 2027, month: 3, day: 31)!))
    #expect(!agreement.isInForce(on: Day(year: 2027, month: 4, day: 1)!))
    // British Summer Time began three days before: midnight in England is 23:00 UTC.
    #expect(agreement.end == Timestamp("2027-03-31T23:00:00Z"))
  }
}

/// Whether a matching subscription is told, and at which level.
@Suite struct DecisionTests {
  static func decide(
    _ report: Report, protected: Bool = false, on day: Day = Sample.today,
    _ change: (inout SubscriptionRequest) -> Void = { _ in }
  ) -> Decision {
    Decision.make(
      report, Sample.context(addressProtected: protected), for: Sample.subscription(change), policy: .standard, on: day)
  }

  static func level(_ decision: Decision) -> DisclosureLevel? {
    if case .send(let message) = decision { message.level } else { nil }
  }

  static let earlyHelp: @Sendable (inout SubscriptionRequest) -> Void = {
    $0.recipientKind = "early-help"
    $0.schools = nil
  }

  @Test func theSubscriptionsLevelIsTold() {
    #expect(Self.level(Self.decide(Sample.proposed)) == .attendance)
    #expect(Self.level(Self.decide(Sample.lapsed)) == .attendance)
    #expect(Self.level(Self.decide(Sample.proposed) { $0.level = "L1" }) == .identity)
    #expect(Self.level(Self.decide(Sample.proposed, Self.earlyHelp)) == .attendance)
  }

  @Test func aRevisionThatTellsNothingNewIsWithheld() {
    #expect(Self.decide(Sample.revised) { $0.level = "L1" } == .withhold(.nothingNew))
    #expect(Self.level(Self.decide(Sample.revised)) == .attendance)
  }

  @Test func anEndedAgreementWithholds() {
    let dayAfter = Day(year: 2027, month: 8, day: 1)!
    #expect(Self.decide(Sample.proposed, on: dayAfter) == .withhold(.agreementExpired))
    #expect(Self.level(Self.decide(Sample.proposed, on: dayAfter.adding(days: -1))) == .attendance)
  }

  @Test func aProtectedChildIsCutToTheIdentityLink() {
    #expect(Self.level(Self.decide(Sample.proposed, protected: true)) == .identity)
    #expect(Self.level(Self.decide(Sample.proposed, protected: true, Self.earlyHelp)) == .identity)
  }

  @Test func aProtectedChildsSchoolIsNotToldByTheScope() {
    let decision = Self.decide(Sample.proposed, protected: true) { $0.recipientKind = "early-help" }
    #expect(decision == .withhold(.placeProtected))
  }

  @Test func aRuleOutOfForceOrAskingForAnUnknownFactLetsNothingThrough() {
    let subscription = Sample.subscription()
    func rule(condition: DisclosureRule.Condition?, to end: Day?, highest: DisclosureLevel) -> DisclosurePolicy {
      DisclosurePolicy(rules: [
        InForce(
          DisclosureRule(
            event: PenaltyNoticeProposed.type, recipient: .school, highest: highest, condition: condition,
            bases: [.educationDuty]), to: end, source: "test")
      ])
    }
    func decide(_ policy: DisclosurePolicy) -> Decision {
      Decision.make(Sample.proposed, Sample.context(), for: subscription, policy: policy, on: Sample.today)
    }
    let yesterday = Sample.today.adding(days: -1)
    #expect(decide(rule(condition: nil, to: yesterday, highest: .attendance)) == .withhold(.notAllowed))
    #expect(
      decide(rule(condition: .openCase, to: nil, highest: .attendance)) == .withhold(.conditionNotEstablished))
    // A rule tightened after the subscription was taken cuts what is told.
    #expect(Self.level(decide(rule(condition: nil, to: Sample.today, highest: .identity))) == .identity)
  }

  @Test func nobodyIsToldMoreOfAProposalThanAttendance() {
    let rules = DisclosurePolicy.standard.rules.filter { Sample.proposalTypes.contains($0.value.event.name) }
    #expect(rules.count == 12)
    #expect(rules.allSatisfy { $0.value.highest <= .attendance })
  }

  @Test func whatNobodyWasToldIsNotTakenBack() {
    let decision = Decision.make(
      Sample.lapsed, Sample.context(told: nil), for: Sample.subscription(), policy: .standard, on: Sample.today)
    #expect(decision == .withhold(.notTold))
  }

  @Test func aCorrectionTellsNoMoreThanWasTold() {
    let decision = Decision.make(
      Sample.lapsed, Sample.context(told: .identity), for: Sample.subscription(), policy: .standard, on: Sample.today)
    #expect(Self.level(decision) == .identity)
  }
}
