import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import HTTPTypes
import Messaging
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let enquiryRead = AuditAction("case.enquiry.read")
  static let checkMade = AuditAction("case.enquiry.check.made")
  static let statementMade = AuditAction("case.enquiry.statement.made")
  static let statementSigned = AuditAction("case.enquiry.statement.signed")
}

/// The enquiries for a child: what was asked, what is still to be asked, and what could be certified.
struct EnquiryRoutes: Sendable {
  let desk: CaseDesk<MissingChildren>
  let transactions: Transactions

  private static let recorders = Policy.roles(.cmeOfficer, reach: .ownRecords)
  private static let bothSides = Policy.roles(.cmeOfficer, .school, reach: .ownRecords)
  /// The most checks of one search.
  private static let mostChecks = 1_000

  struct Made: Codable, Sendable {
    /// The item of the national list, 1 to 13.
    let item: Int
    /// Who asked: school or authority.
    let part: String
    let askedOn: Day
    /// Absent while nobody has answered.
    let result: String?
    /// An opaque reference to what shows it.
    let evidence: String?
  }

  struct Said: Codable, Sendable {
    /// The ground that the school would delete the name by: h or i.
    let ground: String
    /// What became of the pupil.
    let finding: String
    /// Whether sickness or another unavoidable cause is believed.
    let unavoidable: Bool
    /// Whether the days of the leave, or the twenty days with their marks, are shown.
    let daysShown: Bool
    /// The office of the school's officer who agrees; never a name.
    let schoolOfficer: String
  }

  struct State: Codable, Sendable {
    struct Due: Codable, Sendable {
      let item: Int
      let title, part: String
      let by: Day
    }

    let id: String
    let openedOn: Day
    let ground: DeletionGround?
    let checks: [Made]
    /// What is to be asked, or asked again, the most urgent first.
    let due: [Due]
    /// What could be certified; absent while something is missing.
    let certificate: String?
    /// Whether the school has signed what both sides say; absent before they have said anything.
    let schoolSigned: Bool?
    /// What is missing for a certificate; empty before both sides have said anything.
    let obstacles: [String]
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/cases/{id}/enquiry", .roles(.cmeOfficer, .manager, .school, reach: .ownRecords),
      "The enquiries for a child, and what is to be asked",
      path: [SearchRoutes.id], read)
    router.write(
      .post, "/cases/{id}/checks", Self.bothSides,
      "Record an enquiry that was made; a school records its own part", path: [SearchRoutes.id],
      upTo: SearchRoutes.bodyBytes, problems: [404, 409], check)
    router.write(
      .post, "/cases/{id}/statement", Self.recorders, "Record what the school and the authority say of the enquiries",
      path: [SearchRoutes.id], upTo: SearchRoutes.bodyBytes, problems: [404, 409], say)
    router.write(
      .post, "/cases/{id}/statement/signature", .roles(.school, reach: .ownRecords),
      "Sign for the school what the school and the authority say of the enquiries", path: [SearchRoutes.id],
      problems: [404, 409], sign)
  }

  private func read(_ call: Call) async throws -> State {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let stored = try SearchRoutes.find(id, unit)
      try unit.audit(.enquiryRead, of: stored.pupil, ["case": stored.id])
      return try state(of: stored, unit)
    }
  }

  private func check(_ call: Call, _ form: Made) async throws -> Remembered<State> {
    let id = try call.text("id")
    return try await transactions.write(call.edit) { unit in
      let stored = try open(id, unit)
      let made = try Self.made(form, in: stored, unit)
      guard unit.caller.role != .school || made.part == .school else {
        throw Problem.invalid([.init("/part", "must be school: the authority records its own part")])
      }
      guard try Enquiries.checks(of: stored.number, in: unit.db).count < Self.mostChecks else {
        throw Problem.conflict("too-many-checks", "The search has \(Self.mostChecks) checks already")
      }
      try Enquiries.add(
        made, evidence: form.evidence ?? "", to: stored.number, by: unit.caller.subject, at: unit.at, in: unit.db)
      try unit.audit(.checkMade, of: stored.pupil, ["case": stored.id, "item": form.item])
      try desk.factsChanged(of: stored.pupil, in: unit)
      return try state(of: stored, unit)
    }
  }

  private func say(_ call: Call, _ form: Said) async throws -> Remembered<State> {
    let (id, statement) = (try call.text("id"), try Self.statement(form))
    return try await transactions.write(call.edit) { unit in
      let stored = try open(id, unit)
      try Enquiries.save(statement, of: stored.number, by: unit.caller.subject, at: unit.at, in: unit.db)
      try unit.audit(.statementMade, of: stored.pupil, ["case": stored.id])
      try desk.factsChanged(of: stored.pupil, in: unit)
      return try state(of: stored, unit)
    }
  }

  private func sign(_ call: Call) async throws -> Remembered<State> {
    let id = try call.text("id")
    return try await transactions.write(call.edit) { unit in
      let stored = try open(id, unit)
      guard try Enquiries.statement(of: stored.number, in: unit.db) != nil else {
        throw Problem.conflict("nothing-stated", "The authority has not recorded what both sides say")
      }
      try Enquiries.sign(stored.number, by: unit.caller.subject, at: unit.at, in: unit.db)
      try unit.audit(.statementSigned, of: stored.pupil, ["case": stored.id])
      try desk.factsChanged(of: stored.pupil, in: unit)
      return try state(of: stored, unit)
    }
  }

  /// - Throws: `Problem` not found, and conflict for a search that is closed.
  private func open(_ id: String, _ unit: UnitOfWork) throws -> StoredCase<MissingChild> {
    let stored = try SearchRoutes.find(id, unit)
    guard MissingChild.flow.isOpen(stored.file.state) else {
      throw Problem.conflict("search-closed", "The search is closed")
    }
    return stored
  }

  private static func made(
    _ form: Made, in stored: StoredCase<MissingChild>, _ unit: UnitOfWork
  ) throws -> Enquiry.Check {
    let began = try Searches.began(stored.number, in: unit.db) ?? unit.today
    let item = EnquiryChecklist.inForce.value(on: began).item(form.item)
    let part = EnquiryPart(rawValue: form.part)
    let result = form.result.flatMap(Enquiry.Check.Result.init)
    var faults = Faults()
    faults.require(item != nil, "/item", "must be the number of an enquiry of the list")
    faults.require(
      part.map { item?.parts.contains($0) ?? true } ?? false, "/part", "must be a part that makes the enquiry")
    faults.require(
      began.adding(days: -SearchRoutes.earlierDays) <= form.askedOn && form.askedOn <= unit.today, "/askedOn",
      "must be at most \(SearchRoutes.earlierDays) days before the search, and not in the future")
    faults.require(
      form.result == nil || result != nil, "/result",
      "must be one of: \(Enquiry.Check.Result.allCases.map(\.rawValue).joined(separator: ", "))")
    faults.require((form.evidence ?? "").utf8.count <= 100, "/evidence", "must have at most 100 bytes")
    try faults.refuse()
    guard let part else { throw Problem.invalid([.init("/part", "must be school or authority")]) }
    return .init(item: form.item, part: part, askedOn: form.askedOn, result: result)
  }

  private static func statement(_ form: Said) throws(Problem) -> Enquiries.Statement {
    var faults = Faults()
    let ground = DeletionGround(rawValue: form.ground)
    let finding = Certificate.Statement.Finding(rawValue: form.finding)
    faults.require(ground?.needsJointEnquiries == true, "/ground", "must be h or i")
    faults.require(
      finding != nil, "/finding",
      "must be one of: \(Certificate.Statement.Finding.allCases.map(\.rawValue).joined(separator: ", "))")
    let officer = faults.text(form.schoolOfficer, "/schoolOfficer", bytes: 0...100)
    try faults.refuse()
    guard let ground, let finding else { throw .invalid([.init("", "must be whole")]) }
    return .init(
      ground: ground, finding: finding, isUnavoidable: form.unavoidable, areDaysShown: form.daysShown,
      schoolOfficer: officer)
  }

  private func state(of stored: StoredCase<MissingChild>, _ unit: UnitOfWork) throws -> State {
    let began = try Searches.began(stored.number, in: unit.db) ?? unit.today
    let enquiry = try Enquiries.enquiry(of: stored, began: began, in: unit.db)
    let list = EnquiryChecklist.inForce.value(on: began)
    let calendar = try MissingChildren().calendar(of: stored, in: unit)
    let judged = try Enquiries.judge(enquiry, of: stored, on: unit.today, in: unit.db)
    return State(
      id: stored.id, openedOn: began, ground: enquiry.ground,
      checks: enquiry.checks.map {
        Made(
          item: $0.item, part: $0.part.rawValue, askedOn: $0.askedOn, result: $0.result?.rawValue, evidence: nil)
      },
      due: enquiry.due(on: unit.today, in: calendar).map {
        .init(item: $0.item, title: list.item($0.item)?.title ?? "", part: $0.part.rawValue, by: $0.by)
      }, certificate: judged?.certificate?.rawValue,
      schoolSigned: try Enquiries.statement(of: stored.number, in: unit.db).map { $0.schoolSignedBy != nil },
      obstacles: judged?.obstacles.map(\.words) ?? [])
  }
}

extension Certificate.Obstacle {
  /// In words for an officer.
  var words: String {
    switch self {
    case .notJoint: "The ground asks for no joint enquiries."
    case .unanswered(let item, let part): "Enquiry \(item) of the \(part.rawValue) has no answer."
    case .safeguardingUnanswered: "The safeguarding questions are not answered."
    case .unavoidableCause: "Sickness or another unavoidable cause is believed."
    case .daysNotShown: "The days of the absence are not shown with their marks."
    case .noOfficer(let part): "No officer of the \(part.rawValue) has agreed and signed."
    case .returnExpected: "The pupil was found and is expected to return."
    case .withoutPlace: "The pupil was found without a place."
    }
  }
}
