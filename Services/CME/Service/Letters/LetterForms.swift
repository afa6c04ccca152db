import CMEDomain
import CaseFlow
import CaseKit
import Letters
import Messaging
import Rulebook
import ServiceKit

/// What an officer states for each letter of a search; the rest comes from the case.
struct EnquiryOpenedForm: LetterForm {
  let child: String
  let writer: LetterWriter
  let recipients: [Recipient]

  func letter(of stored: StoredCase<MissingChild>, _ unit: UnitOfWork) throws -> EnquiryOpenedLetter {
    guard MissingChild.flow.isOpen(stored.file.state) else { throw Problem.notNow }
    let began = try Searches.began(stored.number, in: unit.db) ?? unit.today
    let list = EnquiryChecklist.inForce.value(on: began)
    let enquiry = try Enquiries.enquiry(of: stored, began: began, in: unit.db)
    let calendar = try MissingChildren().calendar(of: stored, in: unit)
    return EnquiryOpenedLetter(
      child: child, opened: began,
      tasks: enquiry.due(on: unit.today, in: calendar).map {
        .init(number: $0.item, title: list.item($0.item)?.title ?? "", part: $0.part.rawValue, by: $0.by)
      }, writer: writer)
  }
}

struct CertificateForm: LetterForm {
  let child: String
  /// The days of the leave, or the twenty days, each with its mark in words.
  let absences: [JointEnquiriesCertificate.Absence]
  /// The office of the authority's officer.
  let authorityOfficer: String
  let recipients: [Recipient]

  /// The certificate as the standing decision has it: what could be certified meanwhile is no certificate.
  func letter(of stored: StoredCase<MissingChild>, _ unit: UnitOfWork) throws -> JointEnquiriesCertificate {
    let began = try Searches.began(stored.number, in: unit.db) ?? unit.today
    let list = EnquiryChecklist.inForce.value(on: began)
    guard let decision = stored.file.decisions.last(where: { $0.stands && $0.act == .certify }),
      let certificate = decision.grounds.text(.certificate).flatMap(Certificate.init),
      let statement = try Enquiries.statement(of: stored.number, in: unit.db)
    else { throw Problem.notNow }
    return JointEnquiriesCertificate(
      child: child, ground: statement.ground, certificate: certificate, absences: absences,
      made: try Enquiries.checks(of: stored.number, in: unit.db).filter { $0.askedOn <= decision.on }.map {
        .init(
          title: list.item($0.item)?.title ?? "", part: $0.part.rawValue, on: $0.askedOn,
          result: $0.result?.words ?? "not answered")
      }, schoolOfficer: statement.schoolOfficer, authorityOfficer: authorityOfficer)
  }
}

struct InformationForm: LetterForm {
  let child: String
  let dateOfBirth: Day
  let question, basis, purpose: String
  let answerBy: Day
  let writer: LetterWriter
  let recipients: [Recipient]

  func letter(of stored: StoredCase<MissingChild>, _ unit: UnitOfWork) throws -> InformationRequest {
    guard MissingChild.flow.isOpen(stored.file.state) else { throw Problem.notNow }
    guard unit.today <= answerBy else { throw Problem.past("/answerBy") }
    return InformationRequest(
      child: child, born: dateOfBirth, question: question, basis: basis, purpose: purpose, answerBy: answerBy,
      writer: writer)
  }
}

struct PlaceForm: LetterForm {
  let child, school: String
  let start, answerBy: Day
  let fairAccess: Bool
  let writer: LetterWriter
  let recipients: [Recipient]

  func letter(of stored: StoredCase<MissingChild>, _ unit: UnitOfWork) throws -> PlaceOffer {
    guard [.locatedNoPlace, .orderConsidered].contains(stored.file.state) else { throw Problem.notNow }
    guard unit.today <= answerBy else { throw Problem.past("/answerBy") }
    return PlaceOffer(
      child: child, school: school, start: start, answerBy: answerBy, isFairAccess: fairAccess, writer: writer)
  }
}

struct ClosedForm: LetterForm {
  let child: String
  let writer: LetterWriter
  let recipients: [Recipient]

  func letter(of stored: StoredCase<MissingChild>, _ unit: UnitOfWork) throws -> SearchClosedLetter {
    guard stored.file.state == .closed, let closed = stored.file.decisions.last(where: \.stands) else {
      throw Problem.notNow
    }
    return SearchClosedLetter(
      child: child, isFound: closed.grounds.text(.outcome).flatMap(Outcome.init)?.isLocated ?? false,
      closed: closed.on, writer: writer)
  }
}

struct HomeEducationForm: LetterForm {
  let purpose: HomeEducationLetter.Purpose
  let child: String
  /// What is asked, and by when an answer is hoped for; absent in an outcome.
  let asked: String?
  let answerBy: Day?
  let writer: LetterWriter
  let recipients: [Recipient]

  func letter(of stored: StoredCase<HomeEducation>, _ unit: UnitOfWork) throws -> HomeEducationLetter {
    let stated = stored.file.stated
    let isSuitable: Bool? =
      switch stored.file.state {
      case .suitable: true
      case .unsuitable: false
      default: nil
      }
    guard let told = stated.text(.notice).flatMap(HomeEducation.Notice.init), let from = stated.day(.from),
      HomeEducation.flow.isOpen(stored.file.state), (purpose == .outcome) == (isSuitable != nil)
    else { throw Problem.notNow }
    let isAsking = purpose != .outcome
    var faults = Faults()
    faults.require(!isAsking || !(asked ?? "").allSatisfy(\.isWhitespace), "/asked", "must say what is asked")
    faults.require(!isAsking || (answerBy.map { unit.today <= $0 } ?? false), "/answerBy", "must be a day to come")
    try faults.refuse()
    return HomeEducationLetter(
      purpose: purpose, child: child, told: told, from: from, asked: isAsking ? asked : nil,
      answerBy: isAsking ? answerBy : nil, isSuitable: isSuitable, ground: stated.text(.ground), writer: writer)
  }
}

struct ReceiptForm: LetterForm {
  /// The sender's reference.
  let reference: String
  let writer: LetterWriter
  let recipients: [Recipient]

  func letter(of stored: StoredCase<ReceivedAlert>, _ unit: UnitOfWork) throws -> AlertReceiptLetter {
    let stated = stored.file.stated
    guard let isKnown = stated.flag(.known), let received = stored.file.openedOn else { throw Problem.notNow }
    return AlertReceiptLetter(
      reference: reference, ownReference: stored.id, received: received, isKnown: isKnown,
      provision: stored.file.state == .sighted ? stated.text(.provision) : nil, writer: writer)
  }
}

extension Problem {
  fileprivate static var notNow: Problem {
    .conflict("no-such-letter", "This letter is not for the current state of the case")
  }

  fileprivate static func past(_ pointer: String) -> Problem { .invalid([.init(pointer, "must not be before today")]) }
}

extension Enquiry.Check.Result {
  /// In words for a school.
  fileprivate var words: String { rawValue.replacing("-", with: " ") }
}
