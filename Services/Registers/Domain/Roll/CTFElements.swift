import SchoolFiles

/// One child of a transfer file while it is read.
struct CTFPupil: CTFPupilReader {
  private struct Contact {
    var order: Int?
    var values: [String: String] = [:]
    var address = CTFAddress()
    var isAtPupils = false
    var responsibility: Bool?
  }

  private var values: [PupilField: String] = [:]
  private var address = CTFAddress()
  private var contacts: [Contact] = []
  private var found = PupilFindings()
  /// Whether the contact that is read now is one too many.
  private var isContactOver = false

  /// The field of an element of the child, by the element's path in small letters.
  private static let fields = PupilField.allCases.reduce(into: [String: PupilField]()) { fields, field in
    for path in field.declaration.elements { fields[path.lowercased()] = field }
  }
  private static let contactColumns = [
    "surname": "familyName", "forename": "givenName", "relationship": "relation", "phones/phone/phoneno": "telephone",
    "email": "email",
  ]

  mutating func open(_ path: ArraySlice<String>) {
    guard path.elementsEqual(["contacts", "contact"]) else { return }
    isContactOver = contacts.count == PupilLimits.contacts
    if !isContactOver {
      contacts.append(Contact())
    } else if found.contactsAreWhole {
      found.contactsAreWhole = false
      found.notes.append(PupilNote(.tooManyContacts, .contactLeftOut))
    }
  }

  /// Takes the text of an element that ends; `nil` when it is too long.
  mutating func close(_ path: ArraySlice<String>, _ text: String?) {
    if path.first == "address" {
      closeAddress(path.dropFirst(), text, "address") {
        $0.address
      } write: {
        $0.address = $1
      }
    } else if path.starts(with: ["contacts", "contact"]) {
      closeContact(path.dropFirst(2), text)
    } else if let field = Self.fields[path.joined(separator: "/")], let text = checked(text, field.column),
      !text.isEmpty
    {
      if values[field].map({ $0 != text }) ?? false {
        found.add(.elementTwice(field.column), of: field.column)
      } else {
        values[field] = text
      }
    }
  }

  private mutating func closeContact(_ path: ArraySlice<String>, _ text: String?) {
    guard !isContactOver, let place = contacts.indices.last, let name = path.first else { return }
    let key = path.joined(separator: "/")
    if let column = Self.contactColumns[key] {
      // Of several telephones the first counts.
      if let text = checked(text, "contacts/\(place)/\(column)"), !text.isEmpty, contacts[place].values[column] == nil {
        contacts[place].values[column] = text
      }
    } else if key == "order" {
      contacts[place].order = text.flatMap { Int($0) }
    } else if key == "responsibility" || key == "responsible" {
      contacts[place].responsibility = FlagReading(text ?? "?").value(
        of: "contacts/\(place)/parentalResponsibility", notes: &found.notes)
    } else if key == "address/addressaspupil" {
      contacts[place].isAtPupils = text.map { FlagReading($0) == .yes } ?? false
    } else if name == "address" {
      closeAddress(path.dropFirst(), text, "contacts/\(place)/address") {
        $0.contacts[place].address
      } write: {
        $0.contacts[place].address = $1
      }
    }
  }

  private mutating func closeAddress(
    _ path: ArraySlice<String>, _ text: String?, _ column: String, read: (Self) -> CTFAddress,
    write: (inout Self, CTFAddress) -> Void
  ) {
    guard let name = path.last, CTFAddress.names.contains(name), let text = checked(text, column) else { return }
    var address = read(self)
    address.take(name, text)
    guard address.text.utf8.count <= PupilLimits.textBytes else { return found.add(.tooLong(column), of: column) }
    write(&self, address)
  }

  private mutating func checked(_ text: String?, _ column: String) -> String? {
    guard let text else {
      found.add(.tooLong(column), of: column)
      return nil
    }
    guard !text.hasControls else {
      // A value may go over several lines; any other control character is none of a name, number or address.
      let line = text.split { $0.isNewline || $0 == "\t" }.joined(separator: " ")
      guard !line.hasControls else {
        found.add(.control(column), of: column)
        return nil
      }
      return line
    }
    return text
  }

  func submission(enrolledOn: String) -> PupilSubmission {
    let ordered = contacts.enumerated().sorted { a, b in
      (a.element.order ?? .max, a.offset) < (b.element.order ?? .max, b.offset)
    }
    let read = ordered.map(\.element).map { contact in
      let place = contact.isAtPupils ? address : contact.address
      return ContactSubmission(
        givenName: contact.values["givenName"], familyName: contact.values["familyName"],
        relation: contact.values["relation"], parentalResponsibility: contact.responsibility,
        livesWith: contact.isAtPupils ? true : nil, emergency: nil, safeToContact: nil, addressProtected: nil,
        telephone: contact.values["telephone"], email: contact.values["email"],
        address: place.text.isEmpty ? nil : place.text, postcode: place.postcode)
    }
    var pupil = PupilSubmission(
      values.merging([.enrolledOn: enrolledOn]) { $1 }, addressProtected: nil, contacts: read.isEmpty ? nil : read)
    pupil.found = found
    pupil.found.contactPlaces = ordered.map { "contacts/\($0.offset)" }
    return pupil
  }
}
