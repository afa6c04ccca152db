import SchoolFiles

extension PupilsCSV {
  /// Writes children with every column that ``read(_:)`` knows, and their first three contacts. Of a child or a contact
  /// whose address is protected it writes no address, telephone, e-mail address and no destination
  /// (*protected address* in docs/interpretations.md).
  public static func write(_ pupils: [PupilSubmission]) -> [UInt8] {
    var table = CSVTable(columns)
    for pupil in pupils { table.add(cells(pupil.withoutProtectedAddresses)) }
    return table.bytes
  }

  private static func cells(_ pupil: PupilSubmission) -> [String?] {
    var cells = PupilField.columns.map { $0.isFlag ? pupil.addressProtected.map(String.init) : pupil[$0] }
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
    var open = with(
      contacts: contacts.map { isProtected || $0.addressProtected == true ? $0.withoutAddress : $0 })
    if isProtected { open[.destination] = nil }
    return open
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
