import CaseFlow
import CaseKit
import Contracts
import HTTPTypes
import LicensingDomain
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

/// Applications of one kind: entering, changing, reading and checking. The check comes before the decision and is none.
struct ApplicationRoutes<Program: ApplicationProgram>: Sendable {
  typealias Kind = Program.Kind

  let desk: CaseDesk<Program>
  let program: Program
  let transactions: Transactions
  let path: String

  /// What is entered.
  struct Form: Codable, Sendable {
    let pupil: PupilID
    let school: URN?
    let application: Program.Application
  }

  struct Change: Codable, Sendable {
    let application: Program.Application
  }

  struct Entered: Codable, Sendable {
    let id, state: String
    /// Of the application, counted from 1.
    let version: Int
  }

  struct Current: Codable, Sendable {
    let id: String
    let version: Int
    let application: Program.Application
  }

  private var bodyBytes: Int { 512 << 10 }
  private var actors: Policy { .roles(.licensingOfficer, .manager, reach: .ownRecords) }

  func add(to router: ServiceRouter) {
    let id = About.Parameter("id", .string(pattern: "^c[1-9][0-9]*$"), "The case's identifier.")
    router.write(
      .post, path, actors, "Enter an application", upTo: bodyBytes, problems: [404, 409], enter)
    router.ask(
      "\(path)/check", actors, "What the rules say of an application: the rules that it breaks and what it lacks",
      upTo: bodyBytes, ask)
    router.read("\(path)/{id}/check", actors, "What the rules say of the application of a case", path: [id], check)
    router.read("\(path)/{id}/application", actors, "The application as it counts", path: [id], read)
    router.write(
      .post, "\(path)/{id}/application", actors, "Enter the application anew: what was missing, or a change",
      path: [id], upTo: bodyBytes, problems: [404, 409], change)
  }

  private func enter(_ call: Call, _ form: Form) async throws -> Remembered<Entered> {
    try check(form.application)
    try caller(call.caller, maySee: form.school)
    return try await transactions.write(call.edit) { unit in
      let pupil = try Roll.current(form.pupil, in: unit.db)
      guard try Roll.isKnown(pupil, in: unit.db) else { throw Problem.notFound("Pupil") }
      let party = try party(of: form.application, unit)
      let (stored, version) = try desk.enter(
        form.application, of: pupil, at: form.school, from: party, program, in: unit)
      return Entered(id: stored.id, state: stored.file.state?.rawValue ?? "", version: version)
    }
  }

  private func change(_ call: Call, _ form: Change) async throws -> Remembered<Entered> {
    try check(form.application)
    let id = try call.text("id")
    return try await transactions.write(call.edit) { unit in
      let stored = try Cases<Kind>.find(id, for: unit.caller, in: unit.db)
      guard Kind.flow.isOpen(stored.file.state) else {
        throw Problem.conflict("not-from-here", "This cannot be done in the current state of the case")
      }
      let (pupil, party) = (try stored.pupil, try party(of: form.application, unit))
      let version = try ApplicationBook.add(form.application, of: pupil, from: party, to: stored.number, in: unit)
      try program.entered(form.application, in: stored, unit)
      try unit.audit(.applicationEntered, of: pupil, ["case": stored.id, "version": version])
      try desk.factsChanged(of: pupil, in: unit)
      return Entered(id: stored.id, state: stored.file.state?.rawValue ?? "", version: version)
    }
  }

  private func ask(_ call: Call, _ form: Form) async throws -> ApplicationCheck {
    try check(form.application)
    try caller(call.caller, maySee: form.school)
    return try await transactions.write(by: call.caller) { unit in
      let pupil = try Roll.current(form.pupil, in: unit.db)
      try unit.audit(.applicationChecked, of: pupil)
      return try program.check(form.application, of: pupil, at: form.school, in: nil, unit)
    }
  }

  private func check(_ call: Call) async throws -> ApplicationCheck {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let (stored, current) = try application(id, unit)
      try unit.audit(.applicationChecked, of: stored.audited, ["case": stored.id])
      return try program.check(current.application, of: stored.pupil, at: stored.school, in: stored.number, unit)
    }
  }

  private func read(_ call: Call) async throws -> Current {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let (stored, current) = try application(id, unit)
      try unit.audit(.applicationRead, of: stored.audited, ["case": stored.id, "version": current.version])
      return Current(id: stored.id, version: current.version, application: current.application)
    }
  }

  private func application(
    _ id: String, _ unit: UnitOfWork
  ) throws -> (StoredCase<Kind>, (version: Int, application: Program.Application)) {
    let stored = try Cases<Kind>.find(id, for: unit.caller, in: unit.db)
    guard let current = try ApplicationBook.current(Program.Application.self, of: stored.number, in: unit.db) else {
      throw Problem.notFound("Application")
    }
    return (stored, current)
  }

  /// - Throws: `Problem` invalid unless the register has the party.
  private func party(of application: Program.Application, _ unit: UnitOfWork) throws -> String {
    let id = Program.party.id(application)
    guard try Parties.find(id, Program.party.kind, in: unit.db) != nil else {
      throw Problem.invalid([.init("/application", "must name a party that is in the register, of the right kind")])
    }
    return id
  }

  private func check(_ application: Program.Application) throws(Problem) {
    let faults = program.faults(of: application)
    guard faults.isEmpty else { throw .invalid(faults.map { .init("/application\($0.field)", $0.text) }) }
  }

  private func caller(_ caller: Caller, maySee school: URN?) throws(Problem) {
    guard caller.maySee(school) else { throw .forbidden }
  }
}

extension CaseDesk where Program: ApplicationProgram {
  /// Opens a case with an application. A child may have several of one party: each case is about an application.
  func enter(
    _ application: Program.Application, of pupil: PupilID, at school: URN?, from party: String, _ program: Program,
    in unit: UnitOfWork
  ) throws -> (stored: StoredCase<Program.Kind>, version: Int) {
    let stored = try open(
      .init(.act(Program.opening), reason: "Applied"), about: "\(party) \(try ApplicationBook.count(in: unit.db) + 1)",
      pupil, at: school, by: unit.caller.acting(), in: unit)
    let version = try ApplicationBook.add(application, of: pupil, from: party, to: stored.number, in: unit)
    try program.entered(application, in: stored, unit)
    try unit.audit(.applicationEntered, of: pupil, ["case": stored.id, "version": version])
    return (stored, version)
  }
}
