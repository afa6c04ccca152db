import SchoolFiles

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
