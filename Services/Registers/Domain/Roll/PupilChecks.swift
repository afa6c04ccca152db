public import Rulebook
import SchoolFiles

/// A submission after it was looked at.
public struct CheckedPupil: Sendable {
  /// `nil` when something costs the child.
  public let record: PupilRecord?
  /// Everything that costs the child; where there is such, also what would otherwise have been left out.
  public let refusals: [Fault]
  /// What was left out of the record.
  public let notes: [PupilNote]
}

extension PupilSubmission {
  /// Looks at everything that was sent. What a register cannot be without is the names, the date of birth and the first
  /// day on roll; a number, where there is one, must be right. Anything else that cannot be read is left out, so that it
  /// never costs the child.
  ///
  /// - Parameters:
  ///   - school: where the child is entered; one without a number gets a provisional one there.
  ///   - today: nobody is born later.
  ///   - dates: how the file writes dates.
  public func checked(at school: URN, today: Day, dates: PupilDates = .standard) -> CheckedPupil {
    var check = PupilCheck(submission: self, today: today, dates: dates)
    let record = check.record(at: school)
    let isRefused = !check.refusals.isEmpty
    return CheckedPupil(
      record: isRefused ? nil : record, refusals: isRefused ? check.refusals + check.notes.map(\.refusal) : [],
      notes: isRefused ? [] : check.notes)
  }
}

/// One submission while it is looked at.
struct PupilCheck {
  let submission: PupilSubmission
  let today: Day
  let dates: PupilDates
  var refusals: [Fault]
  var notes: [PupilNote]

  init(submission: PupilSubmission, today: Day, dates: PupilDates) {
    self.submission = submission
    self.today = today
    self.dates = dates
    refusals = submission.found.refusals
    notes = submission.found.notes
  }

  mutating func record(at school: URN) -> PupilRecord? {
    let number = pupilNumber()
    let given = name(.givenName)
    let family = name(.familyName)
    let born = birth()
    let first = firstDay(born)
    let former = formerNumber()
    var said = readTexts()
    let leaving = leaving(first, born)
    let entered = entered(born, leaving.left)
    said[.destination] = destination()
    let contacts = contacts()
    guard refusals.isEmpty, let given, let family, let born, let first else { return nil }
    let upn = number ?? .provisional(at: school, givenName: given, familyName: family, dateOfBirth: born)
    (said[.upn], said[.formerUPN]) = (upn.text, former == upn ? nil : former?.text)
    (said[.givenName], said[.familyName], said[.dateOfBirth]) = (given, family, born.iso)
    (said[.enrolledOn], said[.enteredOn]) = (first.iso, entered?.iso)
    (said[.leftOn], said[.deletedOn], said[.ground]) =
      (leaving.left?.iso, leaving.deleted?.iso, leaving.ground?.rawValue)
    said[.addressProtected] = submission.addressProtected.map { String($0) }
    (said.contacts, said.areContactsWhole) = (contacts.list, contacts.areWhole)
    said.isLeavingUnread = leaving.isUnread
    return PupilRecord(said)
  }

  /// The fields of which no rule asks more than that they can be read.
  private mutating func readTexts() -> PupilStatement {
    var said = PupilStatement()
    for field in PupilField.columns {
      let declared = field.declaration
      guard let read = declared.read, let plain = submission[field]?.inPlainSpaces, !plain.isEmpty,
        let text = declared.readsNothing ? plain : self.said(plain)
      else { continue }
      do throws(Fault) {
        said[field] = try read(text)
      } catch {
        notes.append(PupilNote(error, .leftOut))
      }
    }
    return said
  }

  mutating func refuse(_ refusal: Fault) {
    // A value of the wrong type is not missing as well.
    guard !refusals.contains(where: { $0.column == refusal.column }) else { return }
    refusals.append(refusal)
  }

  /// The value of a result; a refusal is kept.
  mutating func take<Value>(_ result: Result<Value, Fault>) -> Value? {
    do throws(Fault) {
      return try result.get()
    } catch {
      refuse(error)
      return nil
    }
  }

  private mutating func name(_ field: PupilField) -> String? {
    take(
      Result { () throws(Fault) in
        let name = try CheckedText.name(submission[field], field.rawValue)
        guard name.unicodeScalars.contains(where: \.properties.isAlphabetic) else {
          throw .nameWithoutLetters(field.rawValue)
        }
        return name
      })
  }

  /// A text that says something: what databases and people write for nothing does not.
  func said(_ text: String?) -> String? {
    guard let text = text?.inPlainSpaces, !text.isEmpty, !Self.nothing.contains(text.lowercased()) else { return nil }
    return text
  }

  private static let nothing: Set<String> = [
    "-", "--", "\u{2013}", "\u{2014}", "n/a", "na", "nil", "none", "null", "(null)", "(blank)", "0000-00-00",
    "00/00/0000",
  ]

  // MARK: Who

  /// `nil` where there is none, or none that is right.
  private mutating func pupilNumber() -> UPN? {
    take(Result { () throws(Fault) in try Self.number(submission[.upn], "upn") }) ?? nil
  }

  private mutating func formerNumber() -> UPN? {
    do throws(Fault) {
      return try Self.number(submission[.formerUPN], "formerUPN")
    } catch {
      notes.append(PupilNote(error, .leftOut))
      return nil
    }
  }

  /// Without the spaces and the apostrophe that spreadsheets leave. Words such as *awaited* are no number.
  private static func number(_ value: String?, _ column: String) throws(Fault) -> UPN? {
    let text = (value ?? "").inPlainSpaces.filter { $0 != " " && $0 != "'" && $0 != "\u{2019}" }
    guard text.contains(where: \.isNumber) || text.count == 13 else {
      guard text.isEmpty || text.allSatisfy({ $0.isLetter || "/-.?".contains($0) }) else {
        throw .malformedNumber(column)
      }
      return nil
    }
    do throws(IdentifierError) {
      return try UPN(text)
    } catch {
      throw error == .malformed ? .malformedNumber(column) : .wrongCheckLetter(column)
    }
  }

  // MARK: The rest

  private static let destinationBytes = 200

  private mutating func destination() -> String? {
    do throws(Fault) {
      return try submission[.destination].map { text throws(Fault) in
        try CheckedText.text(text, "destination", bytes: Self.destinationBytes)
      }
    } catch {
      notes.append(PupilNote(error, .leftOut))
      return nil
    }
  }

  private mutating func contacts() -> (list: [ContactStatement]?, areWhole: Bool) {
    var areWhole = submission.found.contactsAreWhole
    guard let contacts = submission.contacts else { return (nil, areWhole) }
    var checked: [ContactStatement] = []
    for (number, contact) in contacts.enumerated() {
      guard checked.count < PupilLimits.contacts else {
        notes.append(PupilNote(.tooManyContacts, .contactLeftOut))
        areWhole = false
        break
      }
      let statement = contact.readable(notes: &notes) { submission.found.column($0, ofContact: number) }
      guard let statement else {
        areWhole = false
        continue
      }
      guard !checked.contains(where: { $0.isSamePerson(as: statement.givenName, statement.familyName) }) else {
        if !checked.contains(statement) {
          notes.append(PupilNote(.contactTwice(submission.found.column(ofContact: number)), .contactLeftOut))
        }
        continue
      }
      checked.append(statement)
    }
    return (checked, areWhole)
  }
}
