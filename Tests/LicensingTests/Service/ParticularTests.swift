import Contracts
import Letters
import Rulebook
import TestKit
import Testing

@testable import LicensingDomain
@testable import LicensingService

/// Every letter L1 to L13 against what it must contain: a particular that is missing stops it, by its name and its rule.
@Suite("Particulars of licensing's letters") struct ParticularTests {
  private static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)
  private static let row = [TimesRow(when: "Monday", times: "16:00 to 18:00")]
  private static let rules = [
    RuleRow(id: "CE-LATE", words: "Too late.", fix: "End by 19:00.", source: "Children and Young Persons Act 1933 s18")
  ]

  private static func permit(
    child: String = "Ada", employer: String = "A Shop", place: String = "1 Street", work: String = "Serves",
    hours: [TimesRow] = row, limits: [TimesRow] = row, byelaws: String = "Model byelaws 1998",
    authority: String = "Testham"
  ) -> WorkPermitLetter {
    .init(
      child: child, born: day, employer: employer, place: place, work: work, hours: hours, limits: limits,
      byelaws: byelaws, authority: authority, from: day, until: day)
  }

  private static func licence(
    child: String = "Ada", holder: String = "A Theatre", production: String = "A Show", part: String = "A child",
    place: String = "1 Street", days: [TimesRow] = row, inCharge: [String] = ["Jo, number 3"],
    education: String = "The school sends work", earnings: String = "None", conditions: [String] = ["No smoke"]
  ) -> PerformanceLicenceLetter {
    .init(
      child: child, born: day, holder: holder, production: production, part: part, place: place, from: day, until: day,
      days: days, inCharge: inCharge, education: education, earnings: earnings, conditions: conditions)
  }

  private static func host(
    child: String = "Ada", place: String = "1 Street", days: [TimesRow] = row, inCharge: [String] = ["Jo"]
  ) -> HostAuthorityLetter {
    .init(
      decision: "grant the licence", licence: "c1", child: child, born: day, holder: "A Theatre", production: "A Show",
      place: place, days: days, inCharge: inCharge)
  }

  /// Each letter with nothing missing, and what its page must say.
  private static let whole: [(id: String, letter: any Letter, says: [String])] = [
    (
      "L1", permit(),
      ["Ada", "30 November 2026", "A Shop", "1 Street", "Serves", "16:00 to 18:00", "Model byelaws 1998", "Testham"]
    ),
    ("L1 school", WorkPermitHoursLetter(child: "Ada", hours: row, from: day, until: day), ["Ada", "16:00 to 18:00"]),
    (
      "L2",
      WorkPermitDecisionLetter(
        decision: "refuse the permit", child: "Ada", employer: "A Shop", ground: "unlawful", rules: rules, on: day),
      ["CE-LATE", "Too late.", "End by 19:00.", "complaint"]
    ),
    (
      "L3", WorkPermitReviewLetter(child: "Ada", employer: "A Shop", reviewBy: day), ["Ada", "Monday 30 November 2026"]
    ),
    (
      "L4", licence(),
      [
        "Ada", "A Theatre", "A Show", "A child", "1 Street", "16:00 to 18:00", "Jo, number 3", "The school sends work",
        "None", "No smoke", "photograph", "six months",
      ]
    ),
    ("L4 place", host(), ["Ada", "A Theatre", "A Show", "1 Street", "16:00 to 18:00", "c1"]),
    (
      "L5",
      LicenceDecisionLetter(
        decision: "refuse the licence", child: "Ada", production: "A Show", ground: "not fit", rules: [], on: day),
      ["not fit", "magistrates’ court"]
    ),
    (
      "L6", MissingItemsLetter(application: "a work permit", items: ["the contract"], by: day),
      ["the contract", "Monday 30"]
    ),
    (
      "L7",
      ExemptionLetter(
        child: "Ada", production: "A Show", ground: "four day rule", days: ["Monday 30 November 2026"],
        counted: ["Sunday 1 November 2026"]),
      ["four day rule", "Sunday 1 November 2026", "regulations 20 to 24", "beyond expenses"]
    ),
    (
      "L8", SchoolViewLetter(child: "Ada", production: "A Show", licence: "c3", days: row, by: day),
      ["Ada", "c3", "16:00 to 18:00", "Monday 30 November 2026", "licensed performance"]
    ),
    (
      "L9", ChaperoneCard(number: "7", from: day, until: day),
      ["number 7", "photograph", "Monday 30", "licence of the production"]
    ),
    ("L9 renewal", ChaperoneRenewalLetter(number: "7", until: day), ["number 7", "Monday 30 November 2026"]),
    ("L10", ChaperoneSuspensionLetter(number: "7", on: day), ["number 7", "Monday 30 November 2026", "suspended"]),
    (
      "L11", BodyApprovalLetter(body: "A Club", places: ["A Hall"], from: day, until: day),
      ["A Club", "A Hall", "Monday 30 November 2026", "beyond expenses", "21 days"]
    ),
    (
      "L12", RecordSheetLetter(child: "Ada", production: "A Show", place: "1 Street", licence: "c3", days: row),
      [
        "Arrived and left", "part and rehearsal", "meal and rest", "Night work", "subject and length",
        "to whom it was paid", "break in performances",
      ]
    ),
    (
      "L13", InspectionFindingsLetter(place: "1 Street", on: day, outcome: "advice", findings: row, followUp: day),
      ["1 Street", "advice", "16:00 to 18:00", "Monday 30 November 2026"]
    ),
  ]

  /// One particular left out of each, and the law that asks for it.
  private static let lacking: [(particular: String, source: String, letter: any Letter)] = [
    ("childName", "model byelaws", permit(child: " ")), ("employer", "model byelaws", permit(employer: "")),
    ("place", "model byelaws", permit(place: "")), ("work", "model byelaws", permit(work: "")),
    ("hours", "model byelaws", permit(hours: [])), ("hoursAllowed", "s18", permit(limits: [])),
    ("byelaws", "model byelaws", permit(byelaws: "")), ("authority", "model byelaws", permit(authority: "")),
    ("hours", "model byelaws", WorkPermitHoursLetter(child: "Ada", hours: [], from: day, until: day)),
    (
      "ruleFix", "LIC-24",
      WorkPermitDecisionLetter(
        decision: "refuse", child: "Ada", employer: "A Shop", ground: nil,
        rules: [.init(id: "CE-LATE", words: "w", fix: "", source: "s18")],
        on: day)
    ),
    (
      "ruleSource", "LIC-24",
      WorkPermitDecisionLetter(
        decision: "refuse", child: "Ada", employer: "A Shop", ground: nil,
        rules: [.init(id: "CE-LATE", words: "w", fix: "f", source: "")], on: day)
    ),
    ("employer", "model byelaws", WorkPermitReviewLetter(child: "Ada", employer: "", reviewBy: day)),
    ("childName", "reg", licence(child: "")), ("holder", "reg", licence(holder: "")),
    ("production", "reg", licence(production: "")), ("part", "reg", licence(part: "")),
    ("place", "reg", licence(place: "")), ("days", "reg", licence(days: [])),
    ("chaperones", "reg 15", licence(inCharge: [])), ("education", "reg 13", licence(education: " ")),
    ("earnings", "s39(5)", licence(earnings: "")), ("condition", "reg", licence(conditions: [""])),
    ("childName", "reg 9", host(child: "")), ("place", "reg 9", host(place: "")), ("days", "reg 9", host(days: [])),
    ("chaperones", "reg 9", host(inCharge: [])),
    (
      "ground", "s37(4)",
      LicenceDecisionLetter(
        decision: "refuse", child: "Ada", production: "A Show", ground: "", rules: [], on: day)
    ),
    ("items", "Sch 2", MissingItemsLetter(application: "a permit", items: [], by: day)),
    ("days", "s37", ExemptionLetter(child: "Ada", production: "A Show", ground: "school", days: [], counted: nil)),
    ("ground", "s37", ExemptionLetter(child: "Ada", production: "A Show", ground: "", days: ["x"], counted: nil)),
    ("licence", "LIC-25", SchoolViewLetter(child: "Ada", production: "A Show", licence: "", days: row, by: day)),
    ("number", "reg 15", ChaperoneCard(number: "", from: day, until: day)),
    ("number", "reg 15", ChaperoneSuspensionLetter(number: "", on: day)),
    ("places", "s37(3)(b)", BodyApprovalLetter(body: "A Club", places: [], from: day, until: day)),
    (
      "days", "reg 11",
      RecordSheetLetter(child: "Ada", production: "A Show", place: "1 Street", licence: "c3", days: [])
    ),
    (
      "outcome", "LIC-17",
      InspectionFindingsLetter(place: "1 Street", on: day, outcome: "", findings: [], followUp: nil)
    ),
  ]

  private let documents: Documents
  private let recipient = Recipient(id: "party-1", name: "Somebody", address: ["1 Street"])

  init() throws {
    documents = Documents(
      service: .licensing, authority: try AuthorityCode("880"),
      sender: LetterSender(name: "Made-up Council", address: ["1 Made-up Street"]),
      book: try LetterBook(Licensing.letters))
  }

  private func draft<Kind: Letter>(_ letter: Kind) throws -> String {
    try documents.draft(letter, to: recipient, on: Self.day)
  }

  @Test("A letter with all particulars says each of them")
  func whole() throws {
    for (id, letter, says) in Self.whole {
      let page = try draft(letter)
      for text in says { #expect(page.contains(text), "\(id) does not say: \(text)") }
      #expect(page.contains("Made-up Council"), "\(id) names the authority")
    }
    let kinds = Set(Self.whole.map { type(of: $0.letter).id })
    #expect(kinds == Set(Licensing.letters.map { $0.id }), "every kind of letter is in the table")
  }

  @Test("A letter without one of them is not made; the error names it and the rule")
  func lacking() throws {
    for (particular, source, letter) in Self.lacking {
      let kind = type(of: letter).id
      do {
        _ = try draft(letter)
        Issue.record("\(kind) was made without \(particular)")
      } catch LetterError.missing(let name, let law) {
        #expect(name == particular && law.contains(source), "\(kind): \(name), \(law)")
      }
    }
  }

  @Test("No letter to an employer or a holder says anything of attendance; a suspension gives no reason")
  func nothingMore() {
    for kind in Licensing.letters where kind.id != SchoolViewLetter.id {
      for word in ["attendance", "absence", "per cent", "enforcement"] {
        #expect(!kind.template.lowercased().contains(word), "\(kind.id): \(word)")
      }
    }
    #expect(!ChaperoneSuspensionLetter.template.lowercased().contains("because"))
  }
}
