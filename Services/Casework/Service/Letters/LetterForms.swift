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
    try Roll.refuseUnsafe(recipients.map(\.id), about: pupil, in: unit.db)
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
