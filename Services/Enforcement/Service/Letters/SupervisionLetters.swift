import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import Letters
import Messaging
import RollCopy
import Rulebook
import ServiceKit

/// Documents of an education supervision order: consultation, application, directions, review and end.
struct SupervisionLetters: CaseLetters {
  typealias Kind = SupervisionOrderCase

  struct Consultation: Codable, Sendable {
    let child, school, ground: String
    let tried: [String]
    let answerBy: Day
  }

  struct Application: Codable, Sendable {
    let child, school, ground: String
    let parents, tried, directions: [String]
    /// The answer of children's services.
    let consultation: LetterForms.Event
    let chronology: [LetterForms.Event]
    let wishes: LetterForms.Wishes
  }

  struct Directions: Codable, Sendable {
    let child: String
    let directions: [LetterForms.Event]
    let wishes: LetterForms.Wishes
  }

  struct Review: Codable, Sendable {
    let child, school: String
    /// The first and the last day of the figures.
    let first, last: Day
    let figures: LetterForms.Counts
    let wishes: LetterForms.Wishes
    let findings, next: [String]
    let nextReview: Day?
  }

  struct End: Codable, Sendable {
    let child: String
    /// What stays in place.
    let after: [String]
  }

  let to: [LetterForms.Addressee]
  let writer: LetterWriter
  let consultation: Consultation?
  let application: Application?
  let directions: Directions?
  let review: Review?
  let end: End?

  static func against(_ stored: StoredCase<SupervisionOrderCase>, in db: Database) throws -> PersonID? { nil }

  func choices(_ matter: LetterMatter<SupervisionOrderCase>) -> [LetterChoice] {
    [
      consultation.map { form in LetterChoice(readers: [.childrensServices]) { _ in try letter(form, matter) } },
      application.map { form in LetterChoice(readers: [.court]) { _ in try letter(form, matter) } },
      directions.map { form in LetterChoice(readers: [.parent, .child]) { _ in try letter(form, matter) } },
      review.map { form in LetterChoice(readers: [.parent, .child]) { _ in try letter(form, matter) } },
      end.map { form in
        LetterChoice(readers: [.parent, .child, .childrensServices]) { _ in try letter(form, matter) }
      },
    ].compactMap { $0 }
  }

  private func letter(_ form: Consultation, _ matter: LetterMatter<SupervisionOrderCase>) throws -> any Letter {
    guard matter.unit.today < form.answerBy else {
      throw LetterError.contradictory("The day to answer by is over.", source: "Children Act 1989 s36(8)")
    }
    return EnforcementLetters.SupervisionConsultation(
      writer: writer, child: form.child, birth: try matter.birth(), school: form.school, ground: form.ground,
      tried: form.tried, answerBy: form.answerBy)
  }

  private func letter(_ form: Application, _ matter: LetterMatter<SupervisionOrderCase>) throws -> any Letter {
    try EnforcementLetters.SupervisionApplication(
      writer: writer, child: form.child, birth: matter.birth(), school: form.school, parents: form.parents,
      ground: form.ground, tried: form.tried, consultation: form.consultation.value, directions: form.directions,
      chronology: form.chronology.map(\.value), wishes: form.wishes.value)
  }

  private func letter(_ form: Directions, _ matter: LetterMatter<SupervisionOrderCase>) throws -> any Letter {
    try EnforcementLetters.SupervisionDirections(
      writer: writer, child: form.child, order: order(matter), given: matter.unit.today,
      directions: form.directions.map { .init(text: $0.text, from: $0.day) }, wishes: form.wishes.value,
      fine: .init(for: .supervisionDirection, on: matter.unit.today))
  }

  private func letter(_ form: Review, _ matter: LetterMatter<SupervisionOrderCase>) throws -> any Letter {
    try EnforcementLetters.SupervisionReview(
      writer: writer, child: form.child, school: form.school, order: order(matter), reviewed: matter.unit.today,
      figures: form.figures.figures(form.first, form.last), wishes: form.wishes.value, findings: form.findings,
      next: form.next, nextReview: form.nextReview)
  }

  private func letter(_ form: End, _ matter: LetterMatter<SupervisionOrderCase>) throws -> any Letter {
    guard matter.file.state == .ended else {
      throw LetterMatter<SupervisionOrderCase>.lacks("the end of the order")
    }
    let order = try order(matter)
    let age = try Roll.compulsoryAge(of: matter.stored.pupil, in: matter.unit.db)?.last
    let ending = matter.file.stated.text(.ending)
    let ground: EnforcementLetters.SupervisionEnd.Ground =
      switch ending {
      case "care-order": .care
      case nil: age.map { $0 < order.last } == true ? .age : .expired
      default: .discharged
      }
    return try EnforcementLetters.SupervisionEnd(
      writer: writer, child: form.child, made: order.first,
      lastDay: ending == nil ? min(order.last, age ?? order.last) : min(order.last, matter.unit.today), ground: ground,
      after: form.after)
  }

  /// The days on which the order is in force.
  private func order(_ matter: LetterMatter<SupervisionOrderCase>) throws -> DayRange {
    let stated = matter.file.stated
    return DayRange(
      first: try matter.require(stated.day(.madeOn), "the day on which the order was made"),
      last: try matter.require(stated.day(.lastDay), "the last day of the order"))
  }
}

/// The record of a parenting order for whoever is responsible for it.
struct ParentingLetters: CaseLetters {
  typealias Kind = ParentingOrderCase

  struct Record: Codable, Sendable {
    let parent, child, court: String
    let requirements: [String]
    /// The name of the programme, where there is one.
    let programme: String?
  }

  let to: [LetterForms.Addressee]
  let writer: LetterWriter
  let record: Record?

  static func against(_ stored: StoredCase<ParentingOrderCase>, in db: Database) throws -> PersonID? {
    try StoredOrders.find(subject: stored.subject, in: db)?.person
  }

  func choices(_ matter: LetterMatter<ParentingOrderCase>) -> [LetterChoice] {
    record.map { form in [LetterChoice(readers: [.responsibleOfficer]) { _ in try letter(form, matter) }] } ?? []
  }

  private func letter(_ form: Record, _ matter: LetterMatter<ParentingOrderCase>) throws -> any Letter {
    let (stated, db) = (matter.file.stated, matter.unit.db)
    let programme = try form.programme.map { name in
      EnforcementLetters.ParentingOrderRecord.Programme(
        name: name,
        days: DayRange(
          first: try matter.require(stated.day(.programmeFrom), "the first day of the programme"),
          last: try matter.require(stated.day(.programmeTo), "the last day of the programme")))
    }
    guard (form.programme != nil) == (stated.day(.programmeFrom) != nil) else {
      throw LetterError.missing(particular: "programmeName", source: "Crime and Disorder Act 1998 s8(4)")
    }
    let order = try matter.require(StoredOrders.find(subject: matter.stored.subject, in: db), "an order")
    let hadOne = try order.person.map {
      try Orders<ParentingOrderCase>.hadOrder(Roll.current($0, in: db), besides: order.number, in: db)
    }
    return try EnforcementLetters.ParentingOrderRecord(
      writer: writer, parent: form.parent, child: form.child, court: form.court,
      order: DayRange(
        first: matter.require(stated.day(.madeOn), "the day on which the order was made"),
        last: matter.require(stated.day(.until), "the last day of the order")), requirements: form.requirements,
      programme: programme, hadEarlierOrder: hadOne ?? false)
  }
}
