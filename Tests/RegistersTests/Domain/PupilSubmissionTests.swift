import Contracts
import Foundation
import Rulebook
import Testing

@testable import RegistersDomain

@Suite struct PupilSubmissionTests {
  private static func contact(
    _ given: String?, _ family: String?, telephone: String? = nil, postcode: String? = nil, safe: Bool? = nil
  ) -> ContactSubmission {
    ContactSubmission(
      givenName: given, familyName: family, relation: nil, parentalResponsibility: nil, livesWith: nil,
      emergency: nil, safeToContact: safe, addressProtected: nil, telephone: telephone, email: nil, address: nil,
      postcode: postcode)
  }

  private static func pupil(
    formerUPN: String? = nil, sex: String? = nil, yearGroup: String? = nil, enteredOn: String? = nil,
    status: String? = nil, leftOn: String? = nil, deletedOn: String? = nil, ground: String? = nil,
    destination: String? = nil, contacts: [ContactSubmission]? = nil, born: String = "2016-05-04"
  ) throws -> PupilRecord {
    try PupilSubmission(
      upn: MadeUp.upn(1).text, formerUPN: formerUPN, givenName: "Zed", familyName: "Quarrington", dateOfBirth: born,
      sex: sex, yearGroup: yearGroup, enteredOn: enteredOn, enrolledOn: "2024-09-02", status: status, leftOn: leftOn,
      deletedOn: deletedOn, ground: ground, destination: destination, addressProtected: nil, contacts: contacts
    ).record()
  }

  @Test func acceptsAWholeEntry() throws {
    let record = try Self.pupil(
      formerUPN: MadeUp.upn(2).text, sex: "f", yearGroup: "Year 5", enteredOn: "2024-08-30", status: "Main",
      leftOn: "2026-10-23", deletedOn: "2026-10-24", ground: "G", destination: " 900102 ",
      contacts: [Self.contact("Ada", "Quarrington", postcode: "zz1 1zz")])
    #expect(record.formerUPN == MadeUp.upn(2) && record.sex == .female && record.yearGroup?.text == "5")
    #expect(record.status == .main && record.ground == .g && record.destination == "900102")
    #expect(record.contacts?.first?.postcode == "ZZ1 1ZZ" && record.addressProtected == nil)
    #expect(record.enteredOn == MadeUp.day("2024-08-30") && record.deletedOn == MadeUp.day("2026-10-24"))
  }

  /// A leaving needs its day. Everything else that the register can be without is left out (``PupilRecordTests``).
  @Test func refusesALeavingWithoutADay() throws {
    for pupil in [{ try Self.pupil(ground: "a") }, { try Self.pupil(deletedOn: "2026-10-23") }] {
      let refusal = try #require(throws: Fault.self) { try pupil() }
      #expect(refusal.column == "leftOn" && refusal.reason == "missing-value")
    }
    #expect(try Self.pupil(leftOn: "2026-10-23", deletedOn: "2026-10-22", ground: "a").deletedOn == nil)
    #expect(try Self.pupil(enteredOn: "2026-10-24", leftOn: "2026-10-23").enteredOn == nil)
  }

  /// A contact that cannot be read costs neither the child nor the other contacts, and nobody leaves the list on record.
  @Test func contactsThatCannotBeReadAreLeftOut() throws {
    let twenty = (0...20).map { Self.contact("Ada\($0)", "Quarrington") }
    let many = try Self.pupil(contacts: twenty)
    #expect(many.contacts?.count == 20 && !many.areContactsWhole)
    #expect(try Self.pupil(contacts: Array(twenty.dropLast())).areContactsWhole)
    let twice = try Self.pupil(contacts: [Self.contact("Ada", "Tarn"), Self.contact("ADA", "tarn")])
    #expect(twice.contacts?.map(\.givenName) == ["Ada"] && twice.areContactsWhole)
    let nameless = try Self.pupil(contacts: [Self.contact("Ada", " "), Self.contact("Bea", "Tarn")])
    #expect(nameless.contacts?.map(\.givenName) == ["Bea"] && !nameless.areContactsWhole)
    for number in [String(repeating: "0", count: 41), "7.7009E+09"] {
      let contact = try #require(
        try Self.pupil(contacts: [Self.contact("Ada", "Tarn", telephone: number)]).contacts?.first)
      #expect(contact.givenName == "Ada" && contact.telephone == nil)
    }
  }

  /// A name is deleted at compulsory school age on a ground only; a leaving whose ground is not known is kept.
  @Test func groundsAreOfCompulsorySchoolAge() throws {
    #expect(try Self.pupil(leftOn: "2026-10-23").needsGround)
    #expect(try !Self.pupil(leftOn: "2026-10-23", born: "2022-09-01").needsGround)
    #expect(try !Self.pupil(leftOn: "2026-10-23", born: "2008-09-01").needsGround)
    #expect(try !Self.pupil().needsGround)
    let refusal = try #require(throws: Fault.self) {
      try Self.pupil(leftOn: "2026-10-23", deletedOn: "2026-10-23")
    }
    #expect(refusal.reason == "ground-missing" && refusal.column == "ground")
    #expect(try Self.pupil(leftOn: "2026-10-23", deletedOn: "2026-10-23", born: "2022-09-01").ground == nil)
  }

  @Test func contactsOfTheWrongTypeAreLeftOut() throws {
    func record(_ contacts: String) throws -> PupilRecord {
      let json = """
        {"upn":"\(MadeUp.upn(1))","givenName":"Zed","familyName":"Quarrington","dateOfBirth":"2016-05-04",
         "enrolledOn":"2024-09-02","contacts":\(contacts)}
        """
      return try JSONDecoder().decode(PupilSubmission.self, from: Data(json.utf8)).record()
    }
    #expect(try record("7").contacts == nil)
    for value in ["[7]", #"[{"familyName":[7]}]"#] {
      let record = try record(value)
      #expect(record.contacts?.isEmpty == true && !record.areContactsWhole, "\(value)")
    }
    #expect(try record(#"[{"familyName":"Tarn","emergency":"yes"}]"#).contacts?.first?.emergency == true)
  }

  /// What a file does not say of a contact stays, protections above all.
  @Test func silenceTakesNoProtectionAway() throws {
    let first = try Self.contact("Ada", "Tarn", telephone: "01632 960001", postcode: "ZZ1 1ZZ", safe: false)
      .checked(under: "").applied(to: nil)
    #expect(!first.safeToContact && first.telephone == "01632 960001")
    let later = try Self.contact("ada", "TARN").checked(under: "").applied(to: first)
    #expect(!later.safeToContact && later.telephone == "01632 960001" && later.givenName == "ada")
    #expect(try Self.contact("New", "Tarn").checked(under: "").applied(to: nil).safeToContact)
  }

  @Test func onePersonHasOneKey() throws {
    func key(_ given: String, _ telephone: String?, _ postcode: String?) throws -> String {
      try Self.contact(given, "O'Tarn", telephone: telephone, postcode: postcode).checked(under: "").applied(to: nil)
        .personKey
    }
    #expect(try key("Ada", "+44 1632 960001", "zz1 1zz") == key("ADA", "(01632) 960-001", "ZZ11ZZ"))
    #expect(try key("Ada", "01632 960001", "ZZ1 1ZZ") != key("Ada", "01632 960002", "ZZ1 1ZZ"))
    for incomplete in [
      try key("Ada", nil, "ZZ1 1ZZ"), try key("Ada", "960001", "ZZ1 1ZZ"), try key("Ada", "01632960001", nil),
      try key("", "01632960001", "ZZ1 1ZZ"),
    ] {
      #expect(incomplete.isEmpty)
    }
  }

  /// Who may know of a flag: nobody by default, and who sets one sees it.
  @Test func flagsAreForThoseWhoNeedThem() {
    let seen: [PupilFlag.Viewer: Set<PupilFlag>] = [
      .ownSchool: [.socialWorker, .lookedAfter, .ehcPlan, .senSupport, .freeMeals, .mobileChild],
      .attendanceOfficer: Set(PupilFlag.allCases), .legalOfficer: Set(PupilFlag.allCases),
      .cmeOfficer: Set(PupilFlag.allCases), .virtualSchool: [.socialWorker, .lookedAfter], .other: [],
    ]
    for viewer in PupilFlag.Viewer.allCases {
      #expect(Set(PupilFlag.allCases.filter { $0.access.see.contains(viewer) }) == seen[viewer], "\(viewer)")
    }
    for flag in PupilFlag.allCases { #expect(flag.access.set.isSubset(of: flag.access.see), "\(flag)") }
    #expect(PupilFlag.allCases.filter { $0.concern != nil }.count == 4)
    let flags: Set<PupilFlag> = [.lookedAfter, .childProtectionPlan, .socialWorker, .freeMeals]
    #expect(flags.concerns == [Concern.socialCare, .virtualSchool])
  }
}
