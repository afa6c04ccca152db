import CaseFlow
import Rulebook
import Testing

@testable import EnforcementDomain

@Suite("What a court decides") struct SentenceTests {
  typealias Fact = Prosecution.Fact

  static let fine: [Fact: FactValue] = [
    .sentence: .text("fine"), .sentencedOn: .text("2026-12-22"), .fineBand: .text("band-b"), .fine: .number(400_00),
    .surcharge: .number(160_00), .costs: .number(100_00), .parentingOrder: .flag(false),
    .supervisionDirected: .flag(false),
  ]

  /// Convicted of an offence.
  static func convicted(_ offence: Offence) -> Course<Prosecution> {
    var charged = Charged(offence, "summons")
    #expect(charged.lay() == nil)
    charged.course.act(
      .serveSummons, by: Charged.lawyer, [.servedOn: .text("2026-11-30"), .hearingOn: .text("2026-12-20")])
    #expect(charged.course.file.clocks[.plea]?.due.iso == "2026-12-20")
    charged.course.act(.pleadGuilty, by: Charged.lawyer, [.convictedOf: .text(offence.rawValue)])
    charged.course.day = Charged.day.adding(days: 30)
    #expect(charged.course.file.state == .sentencing)
    return charged.course
  }

  static let sentences: [(offence: Offence, changes: [Fact: FactValue], refused: String?)] = {
    let none: [Fact: FactValue] = [.fine: .number(0), .fineBand: .text("none")]
    func other(_ sentence: String) -> [Fact: FactValue] { none.merging([.sentence: .text(sentence)]) { $1 } }
    return [
      (.irregularAttendance, [:], nil), (.irregularAttendance, [.fine: .number(1_000_00)], nil),
      (.irregularAttendance, [.fine: .number(1_000_01)], "fine-fits"), (.knowingly, [.fine: .number(2_500_00)], nil),
      (.knowingly, [.fine: .number(2_500_01)], "fine-fits"), (.irregularAttendance, [.fine: .number(-1)], "fine-fits"),
      (.irregularAttendance, [.fineBand: .text("none")], "fine-fits"),
      (.irregularAttendance, [.costs: .number(-1)], "fine-fits"),
      (.irregularAttendance, [.fineBand: .text("band-z")], "fine-fits"),
      (.irregularAttendance, other("absolute-discharge"), nil),
      (.irregularAttendance, other("custody"), "sentence-open"),
      (.irregularAttendance, other("community-order"), "sentence-open"), (.knowingly, other("custody"), nil),
      (.knowingly, other("community-order"), nil), (.knowingly, other("flogging"), "sentence-open"),
      (.attendanceOrder, other("custody"), "sentence-open"), (.attendanceOrder, [:], nil),
      (.knowingly, [.sentence: .text("custody")], "fine-fits"),
      (.irregularAttendance, [.sentencedOn: .text("2026-12-31")], "sentenced"),
    ]
  }()

  @Test("A sentence is one that the offence allows, with a fine up to its level", arguments: sentences.indices)
  func sentence(index: Int) {
    let (offence, changes, refused) = Self.sentences[index]
    var course = Self.convicted(offence)
    let guards = course.act(.sentence, by: Charged.lawyer, Self.fine.merging(changes) { $1 })?.guards ?? []
    #expect(guards == [refused].compactMap { $0 })
  }

  @Test("A court convicts of what is charged, or of s444(1) where s444(1A) is")
  func conviction() {
    for charged in Offence.allCases {
      for found in Offence.allCases {
        let isOpen = charged == found || (charged == .knowingly && found == .irregularAttendance)
        #expect(charged.allowsConviction(of: found) == isOpen, "\(found) on a charge of \(charged)")
      }
    }
    var charged = Charged(.irregularAttendance, "summons")
    #expect(charged.lay() == nil)
    charged.course.act(
      .serveSummons, by: Charged.lawyer, [.servedOn: .text("2026-11-30"), .hearingOn: .text("2026-12-20")])
    #expect(
      charged.course.act(.pleadGuilty, by: Charged.lawyer, [.convictedOf: .text("s444-1a")])?.guards
        == ["conviction-open"])
  }

  @Test("An acquittal ends what rests on the laying; before trial it can be discontinued, afterwards not")
  func acquittal() throws {
    var charged = Charged(.knowingly, "summons")
    #expect(charged.lay() == nil)
    charged.course.act(
      .serveSummons, by: Charged.lawyer, [.servedOn: .text("2026-11-30"), .hearingOn: .text("2026-12-20")])
    charged.course.act(.pleadNotGuilty, by: Charged.lawyer, [.hearingOn: .text("2027-02-01")])
    #expect(charged.course.file.clocks[.hearing]?.due.iso == "2027-02-01")
    var discontinued = charged.course
    #expect(discontinued.act(.discontinue, by: Charged.lawyer) == nil && discontinued.file.state == .withdrawn)
    #expect(charged.course.act(.acquit, by: Charged.lawyer) == nil)
    try charged.course.learn(.register, .text("r2"))
    #expect(!charged.course.file.decisions.contains { $0.act == .lay && ($0.stands || $0.question != nil) })
    var sentenced = Self.convicted(.irregularAttendance)
    #expect(sentenced.act(.discontinue, by: Charged.lawyer) == .notFromHere(state: .sentencing))
  }

  @Test("An appeal within its 21 days is heard, and can end in any way; a later one is not taken")
  func appeals() throws {
    var course = Self.convicted(.irregularAttendance)
    course.act(.sentence, by: Charged.lawyer, Self.fine)
    let late: [Fact: FactValue] = [.appealedOn: .text("2027-01-13"), .hearingOn: .text("2027-03-01")]
    course.day = try #require(Day(iso: "2027-01-13"))
    #expect(course.act(.appeal, by: Charged.lawyer, late)?.guards == ["appeal-in-time"])
    let appeal = late.merging([.appealedOn: .text("2027-01-12")]) { $1 }
    #expect(course.act(.appeal, by: Charged.lawyer, appeal) == nil)
    #expect(course.file.clocks[.hearing]?.due.iso == "2027-03-01" && course.file.clocks[.appeal] == nil)
    for (act, state) in [(Prosecution.Act.dismissAppeal, Prosecution.State.concluded), (.quash, .acquitted)] {
      var ended = course
      #expect(ended.act(act, by: Charged.lawyer) == nil && ended.file.state == state)
    }
    #expect(course.act(.changeSentence, by: Charged.lawyer, Self.fine) == nil && course.file.state == .concluded)
  }
}
