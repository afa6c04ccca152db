import Contracts
import EnforcementDomain
import Letters
import Rulebook
import ServiceKit

/// What officers send about penalty notices. Names and addresses come from the registers under the officer's own identity
/// and go into the documents alone.
enum NoticeForms {
  /// Begins to consider a notice to one parent.
  struct Opening: Codable, Sendable {
    struct Place: Codable, Sendable {
      let date: Day
      let session: Session
    }

    /// The parent.
    let person: PersonID
    /// The proposal; a request below the threshold has child, school and sessions instead.
    let proposal: String?
    let pupil: PupilID?
    let school: URN?
    let sessions: [Place]?
    /// The answers to the considerations, by name.
    let considerations: [String: String]
    /// What is known of child and parent that stands in the way.
    let circumstances: [String]?
    let reason: String
  }

  /// One person, with the address that was verified.
  struct Person: Codable, Sendable {
    let name: String
    let address: [String]

    func recipient(_ id: PersonID) -> Recipient { Recipient(id: id.text, name: name, address: address) }
  }

  struct Child: Codable, Sendable {
    let name: String
    let address: [String]
    let school: String
    /// The place of alternative provision, if that is what was missed.
    let provision: String?
  }

  /// How a document will be served, and on which day.
  struct Serving: Codable, Sendable {
    let method: ServiceMethod
    let on: Day
  }

  struct Issue: Codable, Sendable {
    struct Officer: Codable, Sendable {
      let name: String
      /// Role and authority, or rank and force.
      let particulars: String
    }

    let recipient: Person
    let child: Child
    let officer: Officer
    let service: Serving
    /// Yes or no.
    let identityVerified, addressVerified: String
    /// Whether other authorities had to be asked, and whether they answered.
    let enquiries: String
    let reason: String
    let evidence: [String]?
  }

  struct Improvement: Codable, Sendable {
    struct Figures: Codable, Sendable {
      let first, last: Day
      let possible, missed, unauthorised: Int

      func value() throws(LetterError) -> AttendanceFigures {
        try AttendanceFigures(
          first: first, last: last, possible: possible, missed: missed, unauthorised: unauthorised)
      }
    }

    let recipient: Person
    let child: Child
    let writer: LetterWriter
    let figures: Figures
    let support, offer: [String]
    let howToAccept: String
    let weeks: Int
    /// How many sessions may be missed without leave in the time.
    let mostUnauthorised: Int
    let service: Serving
    let reason: String
  }

  struct Withdrawal: Codable, Sendable {
    let recipient: Person
    let child: String
    let writer: LetterWriter
    let ground: NoticeWithdrawal.Ground
    /// How money that is held is sent back.
    let repayment: String?
    let reason: String
  }

  /// That a notice was served.
  struct Served: Codable, Sendable {
    let method: ServiceMethod
    let on: Day
    let by, address, addressReason, proof: String
  }

  /// That a notice came, or came back.
  struct Receipt: Codable, Sendable {
    let kind: DocumentReceipt.Kind
    let on: Day
    let evidence: String
  }

  struct Enquiry: Codable, Sendable {
    let pupil: PupilID
    let person: PersonID
    let authority: String
    let purpose: String
  }

  struct Answer: Codable, Sendable {
    struct Notice: Codable, Sendable {
      let issued: Day
      let standing: NoticeStanding
    }

    /// What the other authority told; empty when there is none.
    let notices: [Notice]
  }
}

/// What routes of notices answer.
enum NoticeAnswers {
  /// A notice after an act, with the document that was made.
  struct Done: Codable, Sendable {
    let id, state: String
    let document: String?
  }

  /// One parent's and one child's notices, and what the next would be.
  struct Ledger: Codable, Sendable {
    struct Line: Codable, Sendable {
      /// The notice's number, or that of another authority's answer.
      let number: String
      let issued: Day
      let standing: NoticeStanding
      let sessions: [NoticeForms.Opening.Place]
      let counts: Bool
    }

    let pupil: PupilID
    let person: PersonID
    let lookbackFirstDay: Day
    let notices: [Line]
    /// What a notice issued today would be: 1, 2, or absent where there may be none.
    let nextLevel: Int?
    let fullPence, reducedPence: Int?
    let enquiries: [Asked]
  }

  struct Asked: Codable, Sendable {
    let number: Int64
    let authority: String
    let asked, due: Day
    let answered: Day?
  }
}
