import Contracts
import EnforcementDomain
import Letters
import Rulebook

/// What officers send for a letter: whoever it goes to, who writes it, and words. Sums, days and numbers come from the case.
enum LetterForms {
  /// Somebody who is written to.
  struct Addressee: Codable, Sendable {
    enum Reader: String, Codable, Sendable, CaseIterable {
      case parent, child, school, court, authority, payer
      case childrensServices = "childrens-services"
      case responsibleOfficer = "responsible-officer"
    }

    let reader: Reader
    /// The parent; absent for everybody else.
    let person: PersonID?
    let name: String
    let address: [String]

    /// - Parameter person: the parent under the identifier that stands for it now.
    func recipient(_ person: PersonID?) -> Recipient {
      Recipient(id: person?.text ?? reader.rawValue, name: name, address: address)
    }
  }

  /// Half days of a period, as the registers have them.
  struct Counts: Codable, Sendable {
    let possible, missed, unauthorised: Int

    func figures(_ first: Day, _ last: Day) throws(LetterError) -> AttendanceFigures {
      try AttendanceFigures(first: first, last: last, possible: possible, missed: missed, unauthorised: unauthorised)
    }
  }

  struct Appointment: Codable, Sendable {
    let day: Day
    /// For example `10:30am`.
    let time: String
    let place: [String]

    var value: EnforcementLetters.Appointment { .init(day: day, time: time, place: place) }
  }

  struct Wishes: Codable, Sendable {
    let child, parents: String

    var value: EnforcementLetters.Wishes { .init(child: child, parents: parents) }
  }

  /// Something that happened.
  struct Event: Codable, Sendable {
    let day: Day
    let text: String

    var value: EnforcementLetters.SupervisionApplication.Event { .init(day: day, text: text) }
  }

  /// One session as the registers have it.
  struct Mark: Codable, Sendable {
    let date: Day
    let session: Session
    let code: AttendanceCode
  }
}

extension EnforcementLetters.CourtFine {
  /// The most for an offence on a day.
  init(for offence: Offence, on day: Day) throws(LetterError) {
    guard let rule = offence.rule(on: day) else {
      throw .contradictory("No fine is known for the offence.", source: "Criminal Justice Act 1982 s37")
    }
    self.init(level: rule.level, most: rule.highestFine)
  }
}
