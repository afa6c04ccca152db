import CaseworkDomain
import Contracts
import Letters
import Messaging
import RollCopy
import Rulebook
import ServiceKit

/// What the forms of letters have in common. Names and addresses come with the request and go into the documents alone.
enum LetterForms {
  /// Refuses people to whom nobody may write.
  ///
  /// - Throws: `Problem` invalid for nobody or too many; conflict for one whom registers says not to contact.
  static func check(_ recipients: [Recipient], about pupil: PupilID, in unit: UnitOfWork) throws {
    try Recipient.check(recipients)
    let parents = try Roll.parents(of: pupil, in: unit.db)
    for recipient in recipients {
      guard let person = PersonID(recipient.id) else { continue }
      let current = try Roll.current(person, in: unit.db)
      if let parent = parents.first(where: { $0.id == current }), !parent.isSafeToContact {
        throw Problem.conflict("not-safe-to-contact", "This person must not be written to or called")
      }
    }
  }
}

/// A form from which letters of one kind are made.
protocol LetterForm: Codable, Sendable {
  associatedtype Kind: Letter
  var recipients: [Recipient] { get }

  /// The letter to one of the recipients.
  ///
  /// - Throws: `Problem`, `LetterError`.
  func letter(to person: Recipient, _ material: LetterMaterial) throws -> Kind
}
