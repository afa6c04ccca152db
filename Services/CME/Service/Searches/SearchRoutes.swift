import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let safeguardingRead = AuditAction("case.safeguarding.read")
}

/// Opening a search by hand, and the safeguarding questions.
struct SearchRoutes: Sendable {
  let desk: CaseDesk<MissingChildren>
  let transactions: Transactions

  static let officers = Policy.roles(.cmeOfficer, .manager, reach: .ownRecords)
  static let id = About.Parameter("id", .string(pattern: "^c[1-9][0-9]*$"), "The search's identifier.")
  /// The largest body of these forms, bytes, and the most characters of a reason.
  static let bodyBytes = 16 << 10
  static let reasonCharacters = 4_000
  /// How many days before a search began the school may have asked first.
  static let earlierDays = 90

  struct Report: Codable, Sendable {
    let pupil: PupilID
    /// What makes the authority look: T1 to T13.
    let trigger: String
    let reason: String
    /// Opaque references to documents.
    let evidence: [String]?
  }

  struct Opened: Codable, Sendable {
    let id, state: String
  }

  struct Screening: Codable, Sendable {
    struct Answered: Codable, Sendable {
      let question, answer: String
    }

    let answers: [Answered]
    let reason: String
  }

  struct Screened: Codable, Sendable {
    let id: String
    let answers: [Screening.Answered]
    /// The last day to refer the child; absent where no answer is yes.
    let referBy: Day?
    /// The last day for a manager's review; absent where few enough answers are unknown.
    let reviewBy: Day?
    /// The questions that have no answer yet.
    let unanswered: [String]
  }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/searches", Self.officers, "Report a child who may be missing education", upTo: Self.bodyBytes,
      problems: [404, 409], report)
    router.write(
      .post, "/cases/{id}/safeguarding", Self.officers,
      "Answer the safeguarding questions; what they come to is put on record as an act", path: [Self.id],
      upTo: Self.bodyBytes, problems: [404, 409], screen)
    router.read(
      "/cases/{id}/safeguarding", Self.officers, "The safeguarding questions of a search, with their answers",
      path: [Self.id], answers)
  }

  private func report(_ call: Call, _ form: Report) async throws -> Remembered<Opened> {
    try Self.check(form.reason, form.evidence ?? [])
    guard let trigger = Trigger(rawValue: form.trigger) else {
      throw Problem.invalid([.init("/trigger", "must be one of T1 to T13")])
    }
    let actor = try Self.actor(call.caller)
    return try await transactions.write(call.edit) { unit in
      let (pupil, school) = try Self.child(form.pupil, unit)
      let stored = try desk.open(
        .init(
          .act(.open), stating: .init([.trigger: .text(trigger.rawValue)]), reason: form.reason,
          evidence: form.evidence ?? []),
        about: pupil.text, pupil, at: school, by: actor, in: unit)
      return Opened(id: stored.id, state: stored.file.state?.rawValue ?? "")
    }
  }

  private func screen(_ call: Call, _ form: Screening) async throws -> Remembered<Screened> {
    try Self.check(form.reason, [])
    let given = try Self.answers(form.answers)
    let (id, actor) = (try call.text("id"), try Self.actor(call.caller))
    return try await transactions.write(call.edit) { unit in
      var stored = try Self.find(id, unit)
      try SafeguardingAnswers.save(given, of: stored.number, by: unit.caller.subject, at: unit.at, in: unit.db)
      let screen = try screening(of: stored, unit)
      let verdict = screen.verdict(on: unit.today)
      guard verdict.isAnswered else {
        throw Problem.invalid([
          .init("/answers", "must answer: \(verdict.unanswered.map(\.rawValue).joined(separator: ", "))")
        ])
      }
      for (act, says) in Self.acts(for: verdict) {
        try desk.move(
          &stored,
          .attempt(.init(.act(act), stating: .init([.safeguarding: .text(says)]), reason: form.reason)), by: actor,
          in: unit)
      }
      return Screened(stored.id, screen, verdict)
    }
  }

  /// What a verdict is in the flow: too much unknown is reviewed beside a risk that is referred.
  private static func acts(for verdict: SafeguardingScreen.Verdict) -> [(MissingChild.Act, String)] {
    let acts: [(MissingChild.Act, String)?] = [
      verdict.reviewBy.map { _ in (.doubt, "unknown") }, verdict.referBy.map { _ in (.escalate, "yes") },
    ]
    let found = acts.compactMap { $0 }
    return found.isEmpty ? [(.screen, "no")] : found
  }

  private func answers(_ call: Call) async throws -> Screened {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let stored = try Self.find(id, unit)
      try unit.audit(.safeguardingRead, of: stored.pupil, ["case": stored.id])
      let screen = try screening(of: stored, unit)
      return Screened(stored.id, screen, screen.verdict(on: unit.today))
    }
  }

  /// The answers on record, and those that the program knows from the roll.
  private func screening(of stored: StoredCase<MissingChild>, _ unit: UnitOfWork) throws -> SafeguardingScreen {
    let concerns = try Roll.concerns(of: stored.pupil, on: unit.today, in: unit.db)
    let known = SafeguardingScreen.known(
      dateOfBirth: try Roll.pupil(stored.pupil, in: unit.db)?.dateOfBirth,
      hasSocialWorker: concerns.contains(.socialCare), on: unit.today)
    let given = try SafeguardingAnswers.all(of: stored.number, in: unit.db)
    return SafeguardingScreen(given.merging(known) { given, _ in given })
  }

  private static func answers(
    _ given: [Screening.Answered]
  ) throws(Problem) -> [SafeguardingQuestion: SafeguardingScreen.Answer] {
    var answers: [SafeguardingQuestion: SafeguardingScreen.Answer] = [:]
    var faults = Faults()
    faults.require(
      given.count <= SafeguardingQuestion.allCases.count, "/answers",
      "must have at most \(SafeguardingQuestion.allCases.count) answers")
    for (index, one) in given.prefix(SafeguardingQuestion.allCases.count).enumerated() {
      let question = SafeguardingQuestion(rawValue: one.question)
      let answer = SafeguardingScreen.Answer(rawValue: one.answer)
      faults.require(
        question != nil, "/answers/\(index)/question",
        "must be one of: \(SafeguardingQuestion.allCases.map(\.rawValue).joined(separator: ", "))")
      faults.require(
        answer != nil, "/answers/\(index)/answer",
        "must be one of: \(SafeguardingScreen.Answer.allCases.map(\.rawValue).joined(separator: ", "))")
      if let question { answers[question] = answer }
    }
    try faults.refuse()
    return answers
  }

  static func check(_ reason: String, _ evidence: [String]) throws(Problem) {
    var faults = Faults()
    faults.require(
      (1...reasonCharacters).contains(reason.count), "/reason", "must have 1 to \(reasonCharacters) characters")
    faults.require(
      evidence.count <= 50 && evidence.allSatisfy { (1...100).contains($0.utf8.count) }, "/evidence",
      "must be at most 50 references of 1 to 100 bytes")
    try faults.refuse()
  }

  /// - Throws: `Problem` forbidden for a role that the flow does not know.
  static func actor(_ caller: Caller) throws(Problem) -> Actor<MissingChild.Role> {
    guard let role = MissingChild.Role(rawValue: caller.role.rawValue) else { throw .forbidden }
    return .person(caller.subject, role)
  }

  /// A child of the roll and the school where the child was last.
  ///
  /// - Throws: `Problem` not found unless the roll has the child and the caller may see it.
  static func child(_ named: PupilID, _ unit: UnitOfWork) throws -> (pupil: PupilID, school: URN?) {
    let pupil = try Roll.current(named, in: unit.db)
    let school = try Roll.registrations(of: pupil, in: unit.db).last?.school
    guard try Roll.isKnown(pupil, in: unit.db), unit.caller.maySee(school) else { throw Problem.notFound("Child") }
    return (pupil, school)
  }

  /// - Throws: `Problem` not found unless there is such a search and the caller may see it.
  static func find(_ id: String, _ unit: UnitOfWork) throws -> StoredCase<MissingChild> {
    try Cases<MissingChild>.find(id, for: unit.caller, in: unit.db)
  }
}

extension SearchRoutes.Screened {
  fileprivate init(_ id: String, _ screen: SafeguardingScreen, _ verdict: SafeguardingScreen.Verdict) {
    self.init(
      id: id,
      answers: SafeguardingQuestion.allCases.compactMap { question in
        screen.answers[question].map { .init(question: question.rawValue, answer: $0.rawValue) }
      }, referBy: verdict.referBy, reviewBy: verdict.reviewBy, unanswered: verdict.unanswered.map(\.rawValue))
  }
}
