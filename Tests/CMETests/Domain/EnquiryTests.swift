import CMEDomain
import CaseFlow
import Rulebook
import Seeded
import TestKit
import Testing

/// The enquiries for a child, what they certify, and the safeguarding questions.
@Suite("Joint enquiries")
struct EnquiryTests {
  private static let opened = Day(iso: "2026-11-02") ?? Day(ordinal: 0)
  private static let list = EnquiryChecklist.inForce.value(on: opened)
  private static let statement = Certificate.Statement(
    .notFound, isSafeguardingAnswered: true, isUnavoidable: false, areDaysShown: true, hasSchoolOfficer: true,
    hasAuthorityOfficer: true)

  /// An answer to each item that is certified, from each part that makes it.
  private static let complete: [Enquiry.Check] = list.items.filter { list.certified.contains($0.number) }.flatMap {
    item in item.parts.map { .init(item: item.number, part: $0, askedOn: opened, result: .notFound) }
  }

  private func judge(
    _ checks: [Enquiry.Check], _ statement: Certificate.Statement = Self.statement, ground: DeletionGround? = .i
  ) -> (certificate: Certificate?, obstacles: [Certificate.Obstacle]) {
    Certificate.judge(.init(opened: Self.opened, ground: ground, checks: checks), statement, on: Self.opened)
  }

  @Test("The national list: thirteen enquiries, of which the school makes the first three")
  func list() {
    #expect(Self.list.items.map(\.number) == Array(1...13))
    #expect(Self.list.items.filter { $0.parts.contains(.school) }.map(\.number) == [1, 2, 3])
    #expect(Self.list.items.filter { $0.parts == [.school] }.map(\.number) == [1])
    #expect(Self.list.items.filter(\.isRepeated).map(\.number) == [5, 6])
  }

  @Test("All of it is needed for a certificate: without any one thing there is none")
  func everyPartIsNeeded() {
    #expect(judge(Self.complete).certificate == .effortsFailed)
    for index in Self.complete.indices {
      let (item, part) = (Self.complete[index].item, Self.complete[index].part)
      for result in [Enquiry.Check.Result.noReply, nil] {
        var checks = Self.complete
        checks[index] = .init(item: item, part: part, askedOn: Self.opened, result: result)
        #expect(judge(checks).certificate == nil)
        #expect(judge(checks).obstacles == [.unanswered(item: item, part)])
      }
      var late = Self.complete
      late[index] = .init(item: item, part: part, askedOn: Self.opened.adding(days: 1), result: .notFound)
      #expect(judge(late).certificate == nil)
    }
    for ground in DeletionGround.allCases {
      #expect((judge(Self.complete, ground: ground).certificate != nil) == (ground == .h || ground == .i))
    }
    #expect(judge(Self.complete, ground: nil).obstacles == [.notJoint])
  }

  @Test("What both sides say decides what is certified, or what keeps it back")
  func statements() {
    func judged(
      _ finding: Certificate.Statement.Finding = .notFound, answered: Bool = true, unavoidable: Bool = false,
      days: Bool = true, school: Bool = true, authority: Bool = true
    ) -> [Certificate.Obstacle] {
      judge(
        Self.complete,
        .init(
          finding, isSafeguardingAnswered: answered, isUnavoidable: unavoidable, areDaysShown: days,
          hasSchoolOfficer: school, hasAuthorityOfficer: authority)
      ).obstacles
    }
    #expect(judged(answered: false) == [.safeguardingUnanswered] && judged(unavoidable: true) == [.unavoidableCause])
    #expect(judged(days: false) == [.daysNotShown] && judged(school: false) == [.noOfficer(.school)])
    #expect(judged(authority: false) == [.noOfficer(.authority)] && judged(.foundNoReturn) == [])
    #expect(judged(.foundReturning) == [.returnExpected] && judged(.foundWithoutPlace) == [.withoutPlace])
  }

  @Test("Random enquiries are certified exactly when each certified item is answered by each part")
  func randomEnquiries() {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    var certified = 0
    for _ in 0..<2_000 {
      var checks = Self.complete.filter { _ in generator.below(30) > 0 }
      for _ in 0..<generator.below(6) {
        checks.append(
          .init(
            item: generator.within(1...13), part: generator.pick(EnquiryPart.allCases), askedOn: Self.opened,
            result: generator.pick(Enquiry.Check.Result.allCases + [nil])))
      }
      let isComplete = Self.complete.allSatisfy { wanted in
        checks.contains {
          $0.item == wanted.item && $0.part == wanted.part && $0.result != nil && $0.result != .noReply
        }
      }
      #expect((judge(checks).certificate != nil) == isComplete)
      if isComplete { certified += 1 }
    }
    #expect(certified > 0 && certified < 2_000)
  }

  @Test("The order of the enquiries: three on the day, two within a week, the rest within two, two again and again")
  func order() {
    let enquiry = Enquiry(opened: Self.opened, ground: nil, checks: [])
    let due = enquiry.due(on: Self.opened, in: nil)
    func by(_ day: String) -> Set<Int> { Set(due.filter { $0.by.iso == day }.map(\.item)) }
    #expect(by("2026-11-02") == [1, 4, 5] && by("2026-11-09") == [2, 6])
    #expect(by("2026-11-16") == [3, 7, 8, 9, 10, 11, 12, 13] && due.count == 15)
    let asked = Enquiry(opened: Self.opened, ground: nil, checks: Self.complete)
    let again = asked.due(on: Self.opened.adding(days: 3), in: nil).filter { [5, 6].contains($0.item) }
    #expect(again.map(\.by.iso) == ["2026-11-30", "2026-11-30"])
  }

  @Test("A search is repeated when every item has been answered again")
  func repeated() {
    let since = Self.opened.adding(days: 150)
    let all = Self.list.items.flatMap { item in
      item.parts.map { Enquiry.Check(item: item.number, part: $0, askedOn: since, result: .notFound) }
    }
    #expect(Enquiry(opened: Self.opened, ground: nil, checks: all).isRepeated(since: since))
    #expect(!Enquiry(opened: Self.opened, ground: nil, checks: all).isRepeated(since: since.adding(days: 1)))
    for index in all.indices {
      var checks = all
      checks.remove(at: index)
      #expect(!Enquiry(opened: Self.opened, ground: nil, checks: checks).isRepeated(since: since))
    }
  }

  @Test("One yes is referred the same day; three unknown answers go to a manager the next working day")
  func screen() {
    let friday = Day(iso: "2026-11-27") ?? Self.opened
    let all = Dictionary(uniqueKeysWithValues: SafeguardingQuestion.allCases.map { ($0, SafeguardingScreen.Answer.no) })
    let calm = SafeguardingScreen(all).verdict(on: friday)
    #expect(calm.referBy == nil && calm.reviewBy == nil && calm.isAnswered)
    for question in SafeguardingQuestion.allCases {
      var answers = all
      answers[question] = .yes
      #expect(SafeguardingScreen(answers).verdict(on: friday).referBy == friday)
      answers[question] = nil
      #expect(SafeguardingScreen(answers).verdict(on: friday).unanswered == [question])
    }
    for count in 0...SafeguardingQuestion.allCases.count {
      var answers = all
      for question in SafeguardingQuestion.allCases.prefix(count) { answers[question] = .unknown }
      #expect(SafeguardingScreen(answers).verdict(on: friday).reviewBy?.iso == (count < 3 ? nil : "2026-11-30"))
    }
    let eight = friday.adding(months: -96)
    #expect(SafeguardingScreen.known(dateOfBirth: eight, hasSocialWorker: false, on: friday) == [.youngUnseen: .no])
    #expect(SafeguardingScreen.known(dateOfBirth: eight.adding(days: 1), hasSocialWorker: false, on: friday) == [:])
  }

  @Test("Every outcome has its evidence, and abroad is none without")
  func outcomes() {
    for outcome in Outcome.allCases { #expect(!outcome.evidence.isEmpty, "\(outcome)") }
    #expect(Outcome.abroad.evidence == [.ticket, .schoolAbroad, .embassy, .family])
    #expect(Outcome.allCases.filter { $0.isLocated == false } == [.unlocated])
    #expect(Set(Outcome.Evidence.allCases) == Outcome.allCases.reduce(into: Set()) { $0.formUnion($1.evidence) })
  }
}
