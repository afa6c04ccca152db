import Rulebook
public import SchoolFiles

/// Writes the Common Transfer File that ``CTFReader`` reads (Department for Education, CTF 25).
///
/// Of a child whose address is protected it writes no address, no telephone, no e-mail address and no school
/// (*protected address*). Since the header of a file names the school, a file with such a child names none
/// at all; who makes files keeps those children to files of their own. A contact with whom it is not safe to be in
/// touch is left out: the format cannot say so.
public enum CTFWriter {
  /// Writes a file.
  ///
  /// - Parameter at: when it was made, `YYYY-MM-DDThh:mm:ss`.
  public static func write(
    _ pupils: [PupilSubmission], from source: CTFSource, to destination: CTFDestination, at: String
  ) -> [UInt8] {
    let named = pupils.contains(where: \.hasProtectedAddress) ? nil : source
    return CTFFile.write(from: named, to: destination, at: at) { xml in
      for pupil in pupils { write(pupil, named, &xml) }
    }
  }

  /// The fields of elements of their own. The format has the family name first.
  private static let fields =
    [PupilField.upn, .familyName, .givenName]
    + PupilField.allCases.filter {
      ![.upn, .familyName, .givenName].contains($0) && $0.declaration.elements.first?.contains("/") == false
    }
  private static let basicDetails = PupilField.allCases.compactMap { field -> (String, PupilField)? in
    guard let path = field.declaration.elements.first, path.hasPrefix("BasicDetails/") else { return nil }
    return (String(path.dropFirst("BasicDetails/".count)), field)
  }

  private static func write(_ whole: PupilSubmission, _ source: CTFSource?, _ xml: inout XMLText) {
    let pupil = whole.withoutProtectedAddresses
    let contacts = (pupil.contacts ?? []).filter { $0.safeToContact != false }
    let home = contacts.first { $0.livesWith == true && ($0.address ?? $0.postcode) != nil }
    xml.element("Pupil") { xml in
      for field in Self.fields { xml.value(field.declaration.elements[0], pupil[field]) }
      xml.element("BasicDetails") { xml in
        for (name, field) in Self.basicDetails { xml.value(name, pupil[field]) }
        xml.value("EnrolStatus", pupil[.status].flatMap { ["single": "C", "main": "M", "subsidiary": "S"][$0] })
      }
      if let home { xml.element("Address") { address(home, &$0) } }
      if !contacts.isEmpty {
        xml.element("Contacts") { xml in
          for (place, contact) in contacts.enumerated() { write(contact, place + 1, home, &xml) }
        }
      }
      if let source {
        xml.element("SchoolHistory") { xml in
          xml.element("School") { xml in
            source.write(to: &xml)
            xml.value("EntryDate", pupil[.enrolledOn])
            xml.value("LeavingDate", pupil[.leftOn])
            xml.value("LastSchool", pupil[.leftOn] == nil ? nil : "true")
          }
        }
      }
    }
  }

  private static func write(
    _ contact: ContactSubmission, _ order: Int, _ home: ContactSubmission?, _ xml: inout XMLText
  ) {
    let livesThere =
      contact.livesWith == true
      && ((contact.address ?? contact.postcode) == nil
        || contact.address == home?.address && contact.postcode == home?.postcode)
    xml.element("Contact") { xml in
      xml.value("Order", String(order))
      xml.value("Surname", contact.familyName)
      xml.value("Forename", contact.givenName)
      xml.value("Relationship", contact.relation)
      xml.value("Responsibility", contact.parentalResponsibility.map(String.init))
      if livesThere {
        xml.element("Address") { $0.value("AddressAsPupil", "true") }
      } else if (contact.address ?? contact.postcode) != nil {
        xml.element("Address") { address(contact, &$0) }
      }
      if let telephone = contact.telephone {
        xml.element("Phones") { xml in
          xml.element("Phone") { xml in
            xml.value("TelephoneType", "H")
            xml.value("PhoneNo", telephone)
          }
        }
      }
      xml.value("Email", contact.email)
    }
  }

  private static func address(_ contact: ContactSubmission, _ xml: inout XMLText) {
    let lines = CTFAddress.lines(of: contact.address ?? "")
    if !lines.isEmpty {
      xml.element("AddressLines") { xml in
        for (place, line) in lines.enumerated() { xml.value("AddressLine\(place + 1)", line) }
      }
    }
    xml.value("PostCode", contact.postcode)
  }
}
