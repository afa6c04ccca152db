import Contracts
import EnforcementDomain
import Foundation
import Messaging
import NIOCore
import Rulebook
import ServiceKit
import ServiceTestKit
import Store

@testable import EnforcementService

/// What the walk through the routes of enforcement needs of money: a notice, a file with a payment for it, with one that
/// names none and with a row nobody can read, and an act.
enum PaymentWalk {
  static let notice = "880-EN-2627-000001-T"

  static func fill(_ path: String, school: String, pupil: String) async throws {
    let service = try Enforced(path: path, school: school, pupil: pupil)
    try await service.applySchool()
    try await service.applyCalendar()
    try await service.applyPupil()
    try await service.applyParents()
    try await service.applyMarks(0..<10)
    let id = try await service.consider()
    // The steps to an attendance order about the child have begun (``OrderWalk``).
    try await service.letPass("attendance-order", in: id)
    try await service.issue(id)
    let day = service.clock.today()
    let rows = ["\(day),80.00,\(notice)", "\(day),80.00,fine", "\(day),eighty,fine"]
    let text = (["Date,Amount,Reference"] + rows).joined(separator: "\n")
    let payments = NoticePayments(desk: service.desk)
    let clerk = Caller(subject: "clerk-1", role: .finance)
    _ = try await ImportPayments(payments: payments, transactions: service.transactions)(
      Upload(mediaType: "text/csv", bytes: ByteBuffer(string: text)), from: .bank, by: Edit(by: clerk))
    try await service.transactions.write(by: clerk) { unit in
      guard let stored = try Payments.find(2, in: unit.db), let number = DocumentNumber(notice) else { return }
      _ = try payments.act(.allocated(from: nil, to: number, .pounds(1)), on: stored, because: "Seen", in: unit)
    }
    try service.store.close()
  }

  static func rows() -> [String: RouteWalk.Row] {
    let (file, fine) = (["number": "1"], ["number": "2"])
    return [
      "POST /payment-files": .init(
        "source=bank", type: "text/csv", body: "Date,Amount,Reference\n2027-01-01,80.00,walk\n"),
      "GET /payment-files": .init("", "after=0"),
      "GET /payment-files/{number}/refused": .init(path: file, "", "after=0"),
      "POST /payment-files/{number}/settle": .init(path: file, body: #"{"reason":"Entered by hand"}"#),
      "POST /payments": .init(
        body: #"{"notice":"\#(notice)","amount":"80.00","on":"2027-01-01","receipt":"walk-1"}"#),
      "GET /payments/unmatched": .init("", "after=0"), "GET /payments/queries": .init("", "after=880"),
      "POST /payments/{number}/allocate": .init(
        path: fine, body: #"{"to":"\#(notice)","amount":"2.00","reason":"Seen"}"#),
      "POST /payments/{number}/return": .init(
        path: fine, body: #"{"on":"2027-01-01","amount":"3.00","reason":"unknown"}"#),
      "POST /payments/{number}/reverse": .init(path: fine, body: #"{"act":1,"reason":"A mistake"}"#),
      "GET /accounts/{notice}": .init(path: ["notice": notice]), "GET /finance/ledger": .init("year=2026-27"),
      "GET /register-of-notices": .init("", "after=0"), "GET /returns/penalty-notices": .init("year=2026-27"),
    ]
  }
}
