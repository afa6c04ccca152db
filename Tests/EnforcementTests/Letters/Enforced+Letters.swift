import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Letters
import Logging
import Messaging
import Rulebook
import ServiceKit
import Store
import Testing

@testable import EnforcementService

/// Letters on the real desk and the real store. Forms are what a caller sends.
extension Enforced {
  static let sender = """
    "writer":{"name":"Pat Officer","role":"Attendance officer","contact":"01632 960001"}
    """

  /// Readers as a caller sends them.
  static func to(_ readers: String...) -> String {
    let people = readers.map { reader in
      let person = reader == "mother" ? mother : reader == "father" ? father : nil
      let kind = person == nil ? reader : "parent"
      return """
        {"reader":"\(kind)",\(person.map { "\"person\":\"\($0.text)\"," } ?? "")"name":"The \(reader)",
        "address":["\(reader.count) \(reader) street"]}
        """
    }
    return "\"to\":[\(people.joined(separator: ","))]"
  }

  /// Issues what a form asks for.
  @discardableResult
  func write<Form: CaseLetters>(
    _: Form.Type, _ id: String, _ to: String, _ words: String
  ) async throws -> [DocumentNumber] {
    let form = try JSONDecoder().decode(Form.self, from: Data("{\(to),\(Self.sender),\(words)}".utf8))
    return try await transactions.write(by: Caller(subject: "u-officer", role: .legalOfficer)) { [desk] unit in
      let stored = try #require(try Cases<Form.Kind>.find(id, in: unit.db))
      try Addressees.check(form.to)
      return try form.issue(LetterMatter<Form.Kind>(stored, { try Form.against($0, in: $1) }, desk, unit))
    }
  }

  /// Issues a letter about the money of a notice.
  @discardableResult
  func writeOfMoney(_ number: DocumentNumber, _ to: String, _ words: String) async throws -> [DocumentNumber] {
    let form = try JSONDecoder().decode(
      AccountLetters.Form.self, from: Data("{\(to),\(Self.sender),\(words)}".utf8))
    let letters = moneyLetters
    return try await transactions.write(by: Caller(subject: "u-finance", role: .finance)) { unit in
      try letters.issue(form, about: try #require(try Notices.find(number, in: unit.db)), unit)
    }
  }

  var moneyLetters: AccountLetters {
    AccountLetters(
      desk: desk, transactions: transactions,
      printing: PrintLoop(store: store, clock: clock, alarms: Alarms(logger: Logger(label: "letters"))))
  }

  /// Puts facts into a parenting order as if a court had made it: the conviction that it follows is not what is tested.
  func state(
    _ facts: Facts<ParentingOrderCase.Fact>, in id: String, of desk: OrderDesk<ParentingOrderCase>
  ) async throws {
    try await store.write { db in
      let stored = try #require(try Cases<ParentingOrderCase>.find(id, in: db))
      var history = [
        try ParentingOrderCase.flow.step(
          .init(),
          .attempt(
            .init(
              .act(.request),
              stating: .init([
                .desirable: .flag(true), .programmeAvailable: .flag(true), .family: .text("obtained"),
              ]), reason: "Asked")),
          facts: .init([.conflict: .text("allow"), .underSixteen: .flag(true)]), by: .person("u", .legalOfficer),
          on: Day(ordinal: 20_900))
      ]
      history.append(
        try ParentingOrderCase.flow.step(
          CaseFile(history), .attempt(.init(.act(.make), stating: facts, reason: "Made")),
          facts: .init([.convicted: .flag(true), .earlierOrder: .flag(false), .underSixteen: .flag(true)]),
          by: .person("u", .legalOfficer), on: Day(ordinal: 20_900)))
      let json = String(decoding: try JSONEncoder().encode(CaseFile(history)), as: UTF8.self)
      try db.execute(
        sql: "UPDATE case_file SET json = ?, state = 'made' WHERE number = ?", arguments: [json, stored.number])
    }
  }

  /// The words of a document.
  func words(_ number: DocumentNumber) async throws -> String {
    try await store.read { [desk] db in
      LetterTests.words(String(decoding: try desk.notices.documents.contents(number, in: db).html, as: UTF8.self))
    }
  }

  /// What a request is refused for; `nil` where it is done, or refused otherwise.
  func faults(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch {
      guard let problem = error as? Problem ?? (error as? any ProblemError)?.problem else { return nil }
      return "\(problem.title) \(problem.detail ?? "") \(problem.faults.map { "\($0)" }.joined(separator: " "))"
    }
  }
}
