import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import SealedAlerts
import ServiceKit

extension AuditAction {
  static let questionsRead = AuditAction("case.questions.read")
  static let leadsListed = AuditAction("lead.listed")
  static let leadAnswered = AuditAction("lead.answered")
}

/// Blind questions to every authority, and the leads that other authorities' questions give here.
struct QuestionRoutes: Sendable {
  /// `nil` where the authority takes no part in alerts: the routes say so.
  let desk: AlertDesk?
  let transactions: Transactions

  private static let id = About.Parameter("id", .string(pattern: "^c[1-9][0-9]*$"), "The lead's identifier.")
  private static let officers = Policy.roles(.cmeOfficer, .manager, reach: .wholeAuthority)
  private static let pageSize = 100
  private static let mostQuestions = 100

  /// Who is looked for. What is written here is blinded at once, and kept nowhere.
  struct Form: Codable, Sendable {
    let name: AlertRoutes.Form.Named
    let dateOfBirth: Day
    let upn: String?
    let reason: String
  }

  /// A question, and what the authorities say.
  struct Question: Codable, Sendable {
    let id: String
    let askedOn: Day
    /// How many authorities were asked.
    let asked: Int
    /// Whose officers say that it may be a child of theirs: an alert may be raised to them.
    let possible: [String]
    /// Whose officers have not looked yet, or whose program is still comparing.
    let open: [String]
    /// How many do not know the child.
    let unknown: Int
  }

  struct Questions: WholeList, Sendable {
    let questions: [Question]
    var list: (name: String, rows: [Question]) { ("questions", questions) }
  }

  /// A child of this authority that another one may look for.
  struct Lead: Listed {
    static let list = "leads"

    let id: String
    let pupil: PupilID
    /// Who asks.
    let authority, state: String
    /// Whether nobody may learn where the child lives: then a manager answers.
    let addressProtected: Bool
    let answerBy: Day?
  }

  struct Answer: Codable, Sendable {
    /// Whether it may be the child: the other authority learns that, and nothing else.
    let isPossible: Bool
    let reason: String
  }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/cases/{id}/questions", .roles(.cmeOfficer, reach: .ownRecords),
      "Ask every authority blindly whether it knows the child", path: [SearchRoutes.id], upTo: SearchRoutes.bodyBytes,
      problems: [404, 409], ask)
    router.read(
      "/cases/{id}/questions", Self.officers, "The blind questions for a search, and what the authorities say",
      path: [SearchRoutes.id], problems: [409], read)
    router.read("/leads", Self.officers, "Children that other authorities may look for", query: [.after], list)
    router.write(
      .post, "/leads/{id}/answer", Self.officers, "Say whether this may be the child that is looked for",
      path: [Self.id], upTo: SearchRoutes.bodyBytes, problems: [404, 409], answer)
  }

  private func ask(_ call: Call, _ form: Form) async throws -> Remembered<Question> {
    try SearchRoutes.check(form.reason, [])
    let (id, desk) = (try call.text("id"), try on())
    let upn = try form.upn.map { text in
      guard let upn = try? UPN(text) else { throw Problem.invalid([.init("/upn", "must be a pupil number")]) }
      return upn
    }
    var faults = Problem.Faults()
    for (name, pointer) in [(form.name.given, "/name/given"), (form.name.family, "/name/family")] {
      faults.require(name.isPlain(upTo: 60), pointer, "must have 1 to 60 characters and no control characters")
    }
    try faults.refuse()
    return try await transactions.write(call.edit) { unit in
      let search = try SearchRoutes.find(id, unit)
      guard MissingChild.flow.isOpen(search.file.state) else {
        throw Problem.conflict("search-closed", "The search is closed")
      }
      let identity = ChildIdentity(
        givenName: form.name.given, familyName: form.name.family, dateOfBirth: form.dateOfBirth, upn: upn)
      let question: AlertID
      do { question = try desk.ask(identity, for: search, unit) } catch let error as AlertError {
        throw Problem.conflict("question-not-asked", "The question cannot be asked: \(error)")
      }
      return self.question(.init(id: question, at: unit.at, replies: []), desk)
    }
  }

  private func read(_ call: Call) async throws -> Questions {
    let (id, desk) = (try call.text("id"), try on())
    return try await transactions.write(by: call.caller) { unit in
      let search = try SearchRoutes.find(id, unit)
      try unit.audit(.questionsRead, of: search.pupil, ["case": search.id])
      let all = try CMEService.Questions.all(for: search.number, limit: Self.mostQuestions, in: unit.db)
      return Questions(questions: all.map { question($0, desk) })
    }
  }

  private func question(_ answered: CMEService.Questions.Answered, _ desk: AlertDesk) -> Question {
    func authorities(_ isHit: Bool?) -> [String] { answered.replies.filter { $0.isHit == isHit }.map(\.authority) }
    return Question(
      id: answered.id.text, askedOn: CivilTime.day(at: answered.at.date),
      asked: desk.post.directory.authorities.count { $0 != desk.post.keys.authority }, possible: authorities(true),
      open: authorities(nil), unknown: authorities(false).count)
  }

  private func list(_ call: Call) async throws -> Page<Lead> {
    let after = try call.after
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.leadsListed, of: .all)
      let numbers = try CMEService.Questions.leads(after: after, limit: Self.pageSize, in: unit.db)
      let leads = try numbers.compactMap { number in
        try Cases<MatchLead>.find("c\(number)", in: unit.db).map { (number, try Self.lead($0, unit)) }
      }
      return Page(leads, of: Self.pageSize, endsAt: \.0) { $0.1 }
    }
  }

  private static func lead(_ stored: StoredCase<MatchLead>, _ unit: UnitOfWork) throws -> Lead {
    Lead(
      id: stored.id, pupil: try stored.pupil, authority: stored.file.stated.text(.authority) ?? "",
      state: stored.file.state?.rawValue ?? "",
      addressProtected: try Roll.pupil(stored.pupil, in: unit.db)?.addressProtected ?? false,
      answerBy: stored.file.clocks[.answer]?.due)
  }

  private func answer(_ call: Call, _ form: Answer) async throws -> Remembered<Lead> {
    try SearchRoutes.check(form.reason, [])
    let (id, desk) = (try call.text("id"), try on())
    return try await transactions.write(call.edit) { unit in
      guard var stored = try Cases<MatchLead>.find(id, in: unit.db),
        let role = MatchLead.Role(rawValue: unit.caller.role.rawValue)
      else { throw Problem.notFound("Lead") }
      let lead = try Self.lead(stored, unit)
      guard !lead.addressProtected || role == .manager else {
        throw Problem.conflict("address-protected", "The child's address is protected: a manager answers")
      }
      do {
        try desk.leads.move(
          &stored, .act(form.isPossible ? .confirm : .deny, reason: form.reason),
          by: .person(unit.caller.subject, role), in: unit)
      } catch let error as AlertError {
        throw Problem.conflict("alert-not-sealed", "The answer cannot be sealed: \(error)")
      }
      try unit.audit(.leadAnswered, of: stored.pupil, ["case": stored.id])
      return try Self.lead(stored, unit)
    }
  }

  /// - Throws: `Problem` conflict where the authority takes no part in alerts.
  private func on() throws(Problem) -> AlertDesk {
    guard let desk else { throw .conflict("alerts-off", "This authority has no keys for alerts to other authorities") }
    return desk
  }
}
