import Contracts
import NotifierDomain
import Rulebook
import Testing

/// What licensing publishes, held against N16 to N18 apart from the code.
@Suite("Who is told of permits, licences and chaperones") struct LicensingRowTests {
  private typealias Cell = (highest: DisclosureLevel, condition: DisclosureRule.Condition?)

  private static let n16 = ["work-permit-granted", "work-permit-refused", "work-permit-revoked"]
  private static let n17 = ["performance-licence-granted", "performance-licence-revoked"]
  private static let table: [(row: String, events: [String], cells: [RecipientKind: Cell])] = [
    ("N16", n16, [.school: (.identity, nil), .virtualSchool: (.identity, .lookedAfter)]),
    (
      "N17", n17,
      [
        .school: (.attendance, nil), .virtualSchool: (.identity, .lookedAfter),
        .otherAuthority: (.attendance, .placeThere),
      ]
    ),
    (
      "N18", ["chaperone-suspended"],
      [.socialCare: (.restricted, nil), .otherAuthority: (.attendance, .placeThere)]
    ),
    ("own", ["performance-leave-differs", "performance-leave-agrees"], [.school: (.attendance, nil)]),
  ]

  @Test("Each event has the table's cells and no other")
  func cells() {
    let types = Report.types.filter { $0.service == .licensing }
    #expect(Set(types.map(\.fact)) == Set(Self.table.flatMap(\.events)))
    for (row, events, cells) in Self.table {
      for type in types where events.contains(type.fact) {
        for kind in RecipientKind.allCases {
          let rule = DisclosurePolicy.standard.rule(for: type, to: kind, on: Sample.today)
          #expect(rule?.value.highest == cells[kind]?.highest, "\(type.fact) \(kind)")
          #expect(rule?.value.condition == cells[kind]?.condition, "\(type.fact) \(kind)")
          #expect(rule.map { $0.source.contains(row) } ?? true)
        }
      }
    }
  }

  private let pupil = PupilID("p7k2m9q4xt")
  private let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)

  @Test("A virtual school is told of its own children; a child without a school is told of to those who ask for all")
  func conditions() throws {
    let pupil = try #require(pupil)
    let school = try URN("900101")
    let granted = Report(
      WorkPermitGranted(
        permit: "c1", pupil: pupil, from: day, until: day, school: school, concerns: [.virtualSchool]))
    #expect(DisclosureRule.Condition.lookedAfter.isEstablished(by: granted))
    let other = Report(WorkPermitRefused(permit: "c1", pupil: pupil, on: day, school: nil, concerns: []))
    #expect(!DisclosureRule.Condition.lookedAfter.isEstablished(by: other) && other.school == nil)
    #expect(Subscription.Scope.all.contains(nil) && !Subscription.Scope.schools([school]).contains(nil))
    for type in Report.types where (Self.n16 + Self.n17).contains(type.fact) {
      #expect(Report.tellsConcerns(type.name))
    }
  }

  @Test(
    "A licence that is revoked is taken back from those who were told of it; a suspension names nobody and no reason")
  func messages() throws {
    let pupil = try #require(pupil)
    let granted = Report(PerformanceLicenceGranted(licence: "c2", pupil: pupil, dates: [day], school: nil))
    let revoked = Report(
      PerformanceLicenceRevoked(licence: "c2", pupil: pupil, on: day, school: nil, concerns: nil))
    #expect(granted.course == .begins && revoked.course == .withdraws && granted.matter == revoked.matter)
    let context = ReportContext(
      identity: nil, schoolName: nil, time: Timestamp(millis: 1_796_032_800_000), authority: "880")
    let suspended = Message.cut(
      Report(ChaperoneSuspended(approval: "c3", person: "party-9", on: day)), context, to: .restricted)
    #expect(Set(suspended.fields) == [.authority, .contact, .approval, .on])
    #expect(!"\(suspended.data)".contains("party-9"))
    let atSchool = Message.cut(
      Report(PerformanceLicenceGranted(licence: "c2", pupil: pupil, dates: [day], school: try URN("900101"))), context,
      to: .attendance)
    #expect(atSchool.fields.contains(.dates) && atSchool.fields.contains(.licence))
  }
}
