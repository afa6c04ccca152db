extension PupilsCSV {
  /// Writes children with every column that ``read(_:)`` knows, and their first three contacts. Of a child or a contact
  /// whose address is protected it writes no address, telephone, e-mail address and no destination (`cme.md` 7,
  /// `notifications.md` 3).
  public static func write(_ pupils: [PupilSubmission]) -> [UInt8] {
    var bytes = Array(columns.joined(separator: ",").utf8)
    bytes.append(contentsOf: [13, 10])
    for pupil in pupils {
      var first = true
      for cell in cells(pupil.withoutProtectedAddresses) {
        if !first { bytes.append(UInt8(ascii: ",")) }
        first = false
        SpreadsheetCell.write(cell ?? "", to: &bytes)
      }
      bytes.append(contentsOf: [13, 10])
    }
    return bytes
  }

  private static func cells(_ pupil: PupilSubmission) -> [String?] {
    var cells = [
      pupil.upn, pupil.formerUPN, pupil.givenName, pupil.familyName, pupil.dateOfBirth, pupil.sex, pupil.yearGroup,
      pupil.enteredOn, pupil.enrolledOn, pupil.status, pupil.leftOn, pupil.deletedOn, pupil.ground, pupil.destination,
      pupil.addressProtected.map(String.init),
    ]
    let contacts = pupil.contacts ?? []
    for place in 0..<PupilLimits.contactsInCSV {
      guard place < contacts.count else {
        cells += [String?](repeating: nil, count: contactColumns.count)
        continue
      }
      let contact = contacts[place]
      cells += [
        contact.givenName, contact.familyName, contact.relation, contact.parentalResponsibility.map(String.init),
        contact.livesWith.map(String.init), contact.emergency.map(String.init), contact.safeToContact.map(String.init),
        contact.addressProtected.map(String.init), contact.telephone, contact.email, contact.address, contact.postcode,
      ]
    }
    return cells
  }
}

/// The text of a cell so that a spreadsheet shows it and does not run it.
enum SpreadsheetCell {
  private static let dangerous: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r"]

  private static func isDangerous(behindApostrophes text: String) -> Bool {
    text.unicodeScalars.first { $0 != "'" }.map(dangerous.contains) ?? false
  }

  /// Takes away the apostrophe that ``write(_:to:)`` put there, or the formula `="…"` by which systems have a spreadsheet
  /// keep a text as it is.
  static func read(_ text: String) -> String {
    if text.utf8.count > 3, text.hasPrefix("=\""), text.hasSuffix("\""), !text.dropFirst(2).dropLast().contains("\"") {
      return String(text.dropFirst(2).dropLast()).trimmed
    }
    guard text.unicodeScalars.first == "'", isDangerous(behindApostrophes: text) else { return text }
    return String(text.unicodeScalars.dropFirst())
  }

  /// Whether a spreadsheet wrote an error in place of a value, or the `#####` of a column that is too narrow for it.
  static func isError(_ text: String) -> Bool {
    text.first == "#" && (errors.contains(text.uppercased()) || text.count >= 3 && text.allSatisfy { $0 == "#" })
  }

  private static let errors: Set<String> = [
    "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#ERROR!",
  ]

  /// Writes a cell, quoted where it must be. Control characters, which no reader takes, become spaces.
  static func write(_ text: String, to bytes: inout [UInt8]) {
    let clean = text.hasControls ? text.withoutControls : text
    let safe = isDangerous(behindApostrophes: clean) ? "'" + clean : clean
    let needsQuotes =
      safe.utf8.contains { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 } || safe.first?.isWhitespace == true
      || safe.last?.isWhitespace == true
    guard needsQuotes else {
      bytes.append(contentsOf: safe.utf8)
      return
    }
    bytes.append(34)
    for byte in safe.utf8 {
      if byte == 34 { bytes.append(34) }
      bytes.append(byte)
    }
    bytes.append(34)
  }
}

extension String {
  /// Line ends and tabs stay; other control characters become spaces.
  var withoutControls: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          scalar.properties.generalCategory == .control && !["\n", "\r", "\t"].contains(scalar) ? " " : scalar
        }))
  }
}

extension PupilSubmission {
  /// Without what would tell where somebody with a protected address is: nothing of the child's people when it is the
  /// child's own, or that of somebody it lives with; else nothing of the contact whose it is.
  var withoutProtectedAddresses: PupilSubmission {
    let contacts = contacts ?? []
    let isProtected = hasProtectedAddress
    guard isProtected || contacts.contains(where: { $0.addressProtected == true }) else { return self }
    return PupilSubmission(
      upn: upn, formerUPN: formerUPN, givenName: givenName, familyName: familyName, dateOfBirth: dateOfBirth, sex: sex,
      yearGroup: yearGroup, enteredOn: enteredOn, enrolledOn: enrolledOn, status: status, leftOn: leftOn,
      deletedOn: deletedOn, ground: ground, destination: isProtected ? nil : destination,
      addressProtected: addressProtected,
      contacts: contacts.map { isProtected || $0.addressProtected == true ? $0.withoutAddress : $0 })
  }

  /// Whether the child's address is protected, its own or as that of somebody it lives with.
  public var hasProtectedAddress: Bool {
    addressProtected == true
      || (contacts ?? []).contains { $0.addressProtected == true && $0.livesWith == true }
  }
}

extension ContactSubmission {
  fileprivate var withoutAddress: ContactSubmission {
    ContactSubmission(
      givenName: givenName, familyName: familyName, relation: relation, parentalResponsibility: parentalResponsibility,
      livesWith: livesWith, emergency: emergency, safeToContact: safeToContact, addressProtected: addressProtected,
      telephone: nil, email: nil, address: nil, postcode: nil)
  }
}
