import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Letters
import Messaging
import Rulebook
import ServiceKit

/// What an officer states for a letter; the rest comes from the case.
struct InvitationForm: LetterForm {
  /// The meeting's number.
  let meeting: Int64
  let child: String
  let writer: LetterWriter
  let recipients: [Recipient]

  func letter(to person: Recipient, _ material: LetterMaterial) throws -> MeetingInvitation {
    let meeting = try material.record(meeting, Meeting.self)
    return MeetingInvitation(
      child: child, day: meeting.on, place: meeting.place, purpose: meeting.purpose, invited: meeting.invited,
      writer: writer)
  }
}

struct NotesForm: LetterForm {
  /// The number of the minutes.
  let minutes: Int64
  let child: String
  let writer: LetterWriter
  let recipients: [Recipient]

  func letter(to person: Recipient, _ material: LetterMaterial) throws -> MeetingNotes {
    let minutes = try material.record(minutes, Minutes.self)
    let meeting = try material.record(minutes.meeting, Meeting.self)
    return MeetingNotes(
      child: child, day: minutes.on, place: meeting.place,
      decisions: minutes.decisions.map { .init(what: $0.what, owner: $0.owner, due: $0.due) }, writer: writer)
  }
}

struct ContractForm: LetterForm {
  /// The contract's identifier.
  let contract: String
  let child: String
  let writer: LetterWriter
  let recipients: [Recipient]

  func letter(to person: Recipient, _ material: LetterMaterial) throws -> ContractLetter {
    let db = material.unit.db
    guard let terms = try ContractTerms.find(contract, in: db), terms.caseNumber == material.stored.number,
      let stored = try Cases<AttendanceContract>.find(contract, in: db), let first = stored.file.stated.day(.firstDay),
      let last = stored.file.stated.day(.lastDay)
    else { throw Problem.notFound("Contract") }
    guard person.id == terms.parent.text else {
      throw Problem.invalid([.init("/recipients", "must be the parent of the contract")])
    }
    let words = terms.words
    return ContractLetter(
      child: child, parent: person.name, first: first, last: last, target: terms.target,
      requirements: words.requirements, support: words.support, counselling: words.counselling,
      childView: words.childView, parentView: words.parentView, consequences: words.consequences,
      writer: writer)
  }
}

struct ReviewForm: LetterForm {
  /// The review's number.
  let review: Int64
  let child: String
  /// What changes, in words for the family.
  let changes: String
  let writer: LetterWriter
  let recipients: [Recipient]

  func letter(to person: Recipient, _ material: LetterMaterial) throws -> ReviewLetter {
    let review = try material.record(review, ReviewRecord.self)
    func figures(_ first: Day, _ attended: Attended) -> LetterFigures {
      LetterFigures(first: first, last: review.on, possible: attended.possible, present: attended.present)
    }
    return ReviewLetter(
      child: child, day: review.on, sinceLast: figures(review.lastFirst, review.sinceLast),
      sinceStart: figures(review.startFirst, review.sinceStart), stepsDone: review.stepsDone,
      stepsOpen: review.stepsOpen, childView: review.childView, changes: changes,
      next: material.stored.file.clocks[.review]?.due, writer: writer)
  }
}

struct ClosingForm: LetterForm {
  let child: String
  /// Why, in words for the family.
  let reason: String
  /// What goes on.
  let staying: String
  let writer: LetterWriter
  let recipients: [Recipient]

  func letter(to person: Recipient, _ material: LetterMaterial) throws -> ClosingLetter {
    guard material.stored.file.state == .closed else {
      throw Problem.conflict("not-closed", "This case is not closed")
    }
    return ClosingLetter(
      child: child, reason: reason, before: try material.figures(.referral), after: try material.figures(.closing),
      staying: staying, writer: writer)
  }
}

struct ReferralDocumentForm: LetterForm {
  /// The referral of the case, for example `r12`.
  let referral: String
  let child: String
  let writer: LetterWriter
  let recipients: [Recipient]

  func letter(to person: Recipient, _ material: LetterMaterial) throws -> ReferralLetter {
    let sent = try Referrals.all(ofCase: material.stored.number, in: material.unit.db)
    guard let referral = sent.first(where: { $0.id == self.referral })?.form else { throw Problem.notFound("Referral") }
    return ReferralLetter(
      child: child, route: referral.route.rawValue, ask: referral.ask?.rawValue ?? "not said",
      figures: try material.figures(.referral),
      steps: (referral.steps ?? []).map { .init(kind: $0.kind.rawValue, agreed: $0.agreed, on: $0.on) },
      barriers: (referral.barriers ?? []).filter { $0.view != .none }.map {
        "\($0.barrier.rawValue): \($0.view.rawValue)"
      },
      safeguarding: referral.safeguarding?.answer.rawValue ?? "not asked on this route",
      childView: referral.voice?.child ?? "not asked on this route",
      consent: referral.consent?.answer.rawValue ?? "not asked on this route", writer: writer)
  }
}

struct PlanForm: LetterForm {
  /// The plan's number.
  let plan: Int64
  let child: String
  let writer: LetterWriter
  let recipients: [Recipient]

  func letter(to person: Recipient, _ material: LetterMaterial) throws -> PlanLetter {
    let plan = try material.record(plan, FamilyPlan.self)
    let assessments = try RecordBook.all(Assessment.self, of: material.stored.number, in: material.unit.db)
    let strengths = assessments.last?.record.strengths
    return PlanLetter(
      child: child, from: plan.from, lead: plan.lead,
      strengths: strengths.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 },
      needs: plan.needs.map { .init(need: $0.need, outcome: $0.outcome) },
      steps: plan.needs.flatMap(\.steps).map { .init(what: $0.what, owner: $0.owner, due: $0.due) }, writer: writer)
  }
}
