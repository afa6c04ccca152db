import Contracts
import Schemas
import ServiceKit
import SuiteDomain

/// The made-up parents of a child with a part: a mother whom the child lives with, and a father elsewhere.
struct DemoParents: Sendable {
  let contacts: [PupilsBody.Contact]

  init(of pupil: MadeUpPupil) {
    contacts = [
      .init(
        givenName: "Rosalind", familyName: pupil.familyName, relation: "mother", parentalResponsibility: true,
        livesWith: true, safeToContact: true, address: "2 Made-up Street, Anytown", postcode: "ZZ99 3CZ"),
      .init(
        givenName: "Edmund", familyName: "Other\(pupil.familyName.lowercased())", relation: "father",
        parentalResponsibility: true, livesWith: false, safeToContact: true, address: "9 Made-up Road, Othertown",
        postcode: "ZZ99 3VZ"),
    ]
  }
}

/// A parent as the registers tell an officer who writes a letter.
struct DemoParent: Sendable {
  let id, name: String
  let address: [String]

  /// What forms of letters ask for: name and address.
  var recipient: JSONValue { ["name": .string(name), "address": .texts(address)] }
  /// The same with the identifier, where a form can have several.
  var listed: JSONValue { ["id": .string(id), "name": .string(name), "address": .texts(address)] }
}

extension Stage {
  /// Asks the registers for a child's parent, in the officer's name, as whoever writes a letter must.
  func parent(_ relation: String, of part: DemoPart) async throws -> DemoParent {
    let officer = try person(.registers, .attendanceOfficer)
    let entry = try await officer.get("/pupils/\(id(part))")
    guard let contact = entry["contacts"].list.first(where: { $0["relation"].text == relation }) else {
      throw SuiteError.unexpected("the registers know no \(relation) of the child")
    }
    let found = try await officer.get("/persons/\(contact["person"].text)")
    let line = found["contacts"].list.first ?? .null
    return DemoParent(
      id: contact["person"].text, name: "\(line["givenName"].text) \(line["familyName"].text)",
      address: line["address"].text.split(separator: ",").map { String($0.drop { $0 == " " }) }
        + [line["postcode"].text])
  }

  /// A child's full name.
  func name(of part: DemoPart) -> String { "\(world.pupil(part).givenName) \(world.pupil(part).familyName)" }
}
