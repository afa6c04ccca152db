import Rulebook
import SchoolFiles

/// One row of a list of pupils, by the register's names of its columns.
struct PupilCells {
  private let columns: PupilColumns
  private let layout: PupilLayout
  /// What each cell holds; empty for one that cannot be read.
  let texts: [String]
  /// Why cells cannot be read, by place.
  private var broken: [Int: CSVFault] = [:]

  init(_ fields: Slice<UnsafeMutableBufferPointer<CSVField>>, _ sheet: OpenSheet<PupilColumns>, _ layout: PupilLayout) {
    columns = sheet.columns
    self.layout = layout
    var texts = fields.map { field in sheet.scanner.text(field).trimmed }
    for (place, field) in fields.enumerated() {
      if let fault = field.fault { broken[place] = fault }
      guard SpreadsheetCell.isError(texts[place]) else { continue }
      broken[place] = .spreadsheetError
      texts[place] = ""
    }
    self.texts = texts
  }

  var count: Int { texts.count }
  private var known: [String] { PupilsCSV.columns + [PupilLayout.fullName] }

  /// Whether nothing is in a column that is read.
  var areEmpty: Bool {
    known.allSatisfy { column in
      (columns.places[column] ?? []).allSatisfy {
        !texts.indices.contains($0) || texts[$0].isEmpty && broken[$0] == nil
      }
    }
  }

  /// Whether anything stands behind the last column of the header.
  func isLonger(than count: Int) -> Bool {
    texts.indices.contains { $0 >= count && (!texts[$0].isEmpty || broken[$0] != nil) }
  }

  private static let reportWords = [
    "total", "grand total", "sub-total", "subtotal", "count", "number of", "sum", "end of", "page ", "report",
    "printed", "generated", "produced", "filter",
  ]

  /// Whether it is a line of a report and no child: a total, a count, the end of a page.
  var areOfAReport: Bool {
    let filled = texts.filter { !$0.isEmpty }
    guard let first = filled.first?.lowercased(), filled.count <= 3, text("dateOfBirth") == nil,
      text("enrolledOn") == nil
    else { return false }
    return Self.reportWords.contains { first.hasPrefix($0) }
  }

  /// The text of a column; `nil` where there is none.
  private func text(_ column: String) -> String? {
    for place in columns.places[column] ?? [] where texts.indices.contains(place) && !texts[place].isEmpty {
      let text = SpreadsheetCell.read(texts[place])
      return text.isEmpty ? nil : layout.meaning(of: text, in: column)
    }
    return nil
  }

  private func flag(_ column: String, safe: Bool? = nil, _ found: inout PupilFindings) -> Bool? {
    text(column).flatMap { FlagReading($0).value(of: column, safe: safe, notes: &found.notes) }
  }

  /// Looks at every cell that is read.
  ///
  /// - Throws: ``Fault`` when the row is too long, or two columns of one name differ.
  private func checkTexts(_ found: inout PupilFindings) throws(Fault) {
    var sum = 0
    for column in known {
      let places = (columns.places[column] ?? []).filter { texts.indices.contains($0) }
      guard Set(places.map { texts[$0] }.filter { !$0.isEmpty }).count <= 1 else {
        throw Fault(Fault.columnsDiffer, column, "", "")
      }
      if let fault = places.lazy.compactMap({ broken[$0] }).first {
        found.add(Fault(fault, column), of: column)
      }
      guard let text = text(column) else { continue }
      if text.utf8.count > PupilLimits.textBytes {
        found.add(.tooLong(column), of: column)
      } else if text.withoutControls != text {
        found.add(.control(column), of: column)
      }
      sum += text.utf8.count
    }
    guard sum <= PupilLimits.rowBytes else { throw .rowTooLong }
  }

  /// - Throws: ``Fault`` when the row as a whole cannot be read.
  func pupil() throws(Fault) -> PupilSubmission {
    var found = PupilFindings()
    try checkTexts(&found)
    func readable(_ column: String) -> String? {
      found.isUnreadable(column) ? (column == "leftOn" ? PupilFindings.unreadable : nil) : text(column)
    }
    var contacts: [ContactSubmission] = []
    for number in 1...PupilLimits.contactsInCSV {
      let name = "contact\(number)"
      guard PupilsCSV.contactColumns.contains(where: { text(name + $0) != nil }) else { continue }
      let contact = ContactSubmission(
        givenName: readable(name + "GivenName"), familyName: readable(name + "FamilyName"),
        relation: readable(name + "Relation"), parentalResponsibility: flag(name + "ParentalResponsibility", &found),
        livesWith: flag(name + "LivesWith", &found), emergency: flag(name + "Emergency", &found),
        safeToContact: flag(name + "SafeToContact", safe: false, &found),
        addressProtected: flag(name + "AddressProtected", safe: true, &found),
        telephone: readable(name + "Telephone"), email: readable(name + "Email"), address: readable(name + "Address"),
        postcode: readable(name + "Postcode"))
      guard !contact.isEmpty else { continue }
      found.contactPlaces.append(name)
      contacts.append(contact)
    }
    let names = names(readable)
    var texts: [PupilField: String] = [:]
    for field in PupilField.columns where !field.isFlag { texts[field] = readable(field.column) }
    (texts[.givenName], texts[.familyName]) = (names.given, names.family)
    var pupil = PupilSubmission(
      texts, addressProtected: flag(PupilField.addressProtected.column, safe: true, &found),
      contacts: contacts.isEmpty ? nil : contacts)
    pupil.found = found
    return pupil
  }

  /// Both names, from columns of their own or from one that has `Surname, Forename`.
  private func names(_ readable: (String) -> String?) -> (given: String?, family: String?) {
    let own = (given: readable("givenName"), family: readable("familyName"))
    guard own.given == nil, own.family == nil, let full = readable(PupilLayout.fullName) else { return own }
    let parts = full.split(separator: ",", maxSplits: 1).map { String($0).trimmed }
    return (parts.count == 2 ? parts[1] : nil, parts.first)
  }
}

extension PupilFindings {
  /// Takes a value that cannot be read: it costs the child where the register cannot be without it.
  mutating func add(_ refusal: Fault, of column: String) {
    unreadable.insert(column)
    if PupilsCSV.requiredColumns.contains(column) || column == PupilLayout.fullName {
      refusals.append(refusal)
    } else if column == "leftOn" {
      // Its own note follows when it is looked at.
    } else {
      notes.append(PupilNote(refusal, .leftOut))
      if column.hasSuffix("FamilyName") { contactsAreWhole = false }
    }
  }

  /// Whether a column was found to be unreadable.
  func isUnreadable(_ column: String) -> Bool { unreadable.contains(column) }
}
