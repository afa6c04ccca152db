/// Whom a transfer file goes to.
public enum CTFDestination: Hashable, Sendable {
  /// The authority itself: any number of children.
  case authority(String)
  /// A school by its authority's three digits and its own four.
  case school(authority: String, establishment: String)
  /// Nobody knows: the store of lost pupils, one child a file.
  case unknown
  /// Out of the maintained sector: an independent school, education at home, abroad.
  case outsideMaintained

  /// The authority's part.
  public var authority: String {
    switch self {
    case .authority(let authority), .school(let authority, _): authority
    case .unknown: "XXX"
    case .outsideMaintained: "MMM"
    }
  }

  /// The school's part.
  public var establishment: String {
    switch self {
    case .authority: "LLLL"
    case .school(_, let establishment): establishment
    case .unknown: "XXXX"
    case .outsideMaintained: "MMMM"
    }
  }

  /// Reads seven characters as they stand in a file's name: `8801234`, `880LLLL`, `XXXXXXX`, `MMMMMMM`.
  public init?(_ text: String) {
    let isDigit: (Character) -> Bool = { $0.isASCII && $0.isWholeNumber }
    let authority = String(text.prefix(3))
    switch text {
    case "XXXXXXX": self = .unknown
    case "MMMMMMM": self = .outsideMaintained
    case _ where text.count == 7 && authority.allSatisfy(isDigit):
      let rest = text.dropFirst(3)
      if rest == "LLLL" {
        self = .authority(authority)
      } else if rest.allSatisfy(isDigit) {
        self = .school(authority: authority, establishment: String(rest))
      } else {
        return nil
      }
    default: return nil
    }
  }
}

/// The school a transfer file comes from.
public struct CTFSource: Hashable, Sendable {
  /// The authority's three digits.
  public let authority: String
  /// The school's four digits; `nil` when the register does not know them.
  public let establishment: String?
  public let urn: String
  public let name: String

  public init(authority: String, establishment: String?, urn: String, name: String) {
    self.authority = authority
    self.establishment = establishment
    self.urn = urn
    self.name = name
  }
}

/// Writes the Common Transfer File that ``CTFReader`` reads (Department for Education, CTF 25).
///
/// Of a child whose address is protected it writes no address, no telephone, no e-mail address and no school
/// (`cme.md` 7, `notifications.md` 3). Since the header of a file names the school, a file with such a child names none
/// at all; who makes files keeps those children to files of their own. A contact with whom it is not safe to be in
/// touch is left out: the format cannot say so.
public enum CTFWriter {
  /// The version of the format.
  public static let version = "25.0"

  /// Writes a file.
  ///
  /// - Parameter at: when it was made, `YYYY-MM-DDThh:mm:ss`.
  public static func write(
    _ pupils: [PupilSubmission], from source: CTFSource, to destination: CTFDestination, at: String
  ) -> [UInt8] {
    let namesSchool = !pupils.contains(where: \.hasProtectedAddress)
    var xml = CTFText()
    xml.element("CTfile") { xml in
      xml.element("Header") { xml in
        xml.value("DocumentName", "Common Transfer File")
        xml.value("CTFversion", version)
        xml.value("DateTime", at)
        xml.value("DocumentQualifier", "partial")
        xml.element("SourceSchool") { xml in
          if namesSchool {
            school(source, &xml)
          } else {
            xml.value("LEA", CTFDestination.unknown.authority)
            xml.value("Estab", CTFDestination.unknown.establishment)
          }
        }
        xml.element("DestSchool") { xml in
          xml.value("LEA", destination.authority)
          xml.value("Estab", destination.establishment)
        }
      }
      xml.element("CTFpupilData") { xml in
        for pupil in pupils { write(pupil, namesSchool ? source : nil, &xml) }
      }
    }
    return xml.bytes
  }

  private static func school(_ source: CTFSource, _ xml: inout CTFText) {
    xml.value("LEA", source.authority)
    xml.value("Estab", source.establishment ?? CTFDestination.unknown.establishment)
    xml.value("SchoolName", source.name)
    xml.value("URN", source.urn)
  }

  private static func write(_ whole: PupilSubmission, _ source: CTFSource?, _ xml: inout CTFText) {
    let pupil = whole.withoutProtectedAddresses
    let contacts = (pupil.contacts ?? []).filter { $0.safeToContact != false }
    let home = contacts.first { $0.livesWith == true && ($0.address ?? $0.postcode) != nil }
    xml.element("Pupil") { xml in
      xml.value("UPN", pupil.upn)
      xml.value("Surname", pupil.familyName)
      xml.value("Forename", pupil.givenName)
      xml.value("DOB", pupil.dateOfBirth)
      xml.value("Sex", pupil.sex)
      xml.element("BasicDetails") { xml in
        xml.value("FormerUPN", pupil.formerUPN)
        xml.value("NCyearActual", pupil.yearGroup)
        xml.value("EnrolStatus", pupil.status.flatMap { ["single": "C", "main": "M", "subsidiary": "S"][$0] })
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
            school(source, &xml)
            xml.value("EntryDate", pupil.enrolledOn)
            xml.value("LeavingDate", pupil.leftOn)
            xml.value("LastSchool", pupil.leftOn == nil ? nil : "true")
          }
        }
      }
    }
  }

  private static func write(
    _ contact: ContactSubmission, _ order: Int, _ home: ContactSubmission?, _ xml: inout CTFText
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

  private static func address(_ contact: ContactSubmission, _ xml: inout CTFText) {
    let lines = CTFAddress.lines(of: contact.address ?? "")
    if !lines.isEmpty {
      xml.element("AddressLines") { xml in
        for (place, line) in lines.enumerated() { xml.value("AddressLine\(place + 1)", line) }
      }
    }
    xml.value("PostCode", contact.postcode)
  }
}

/// XML as it grows.
struct CTFText {
  private(set) var bytes = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)

  mutating func element(_ name: String, _ content: (inout CTFText) -> Void) {
    bytes.append(contentsOf: "<\(name)>\n".utf8)
    content(&self)
    bytes.append(contentsOf: "</\(name)>\n".utf8)
  }

  /// An element with a text; none when there is no text.
  mutating func value(_ name: String, _ text: String?) {
    guard let text, !text.isEmpty else { return }
    bytes.append(contentsOf: "<\(name)>".utf8)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": bytes.append(contentsOf: "&amp;".utf8)
      case "<": bytes.append(contentsOf: "&lt;".utf8)
      case ">": bytes.append(contentsOf: "&gt;".utf8)
      // What XML 1.0 has no place for, and line ends, which the format has none of.
      case "\u{FFFE}", "\u{FFFF}": bytes.append(32)
      case _ where scalar.properties.generalCategory == .control: bytes.append(32)
      default: bytes.append(contentsOf: String(scalar).utf8)
      }
    }
    bytes.append(contentsOf: "</\(name)>\n".utf8)
  }
}
