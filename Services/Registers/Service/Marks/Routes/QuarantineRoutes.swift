import Foundation
import Hummingbird
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// The marks that wait: which, why, and what a person does about them.
struct QuarantineRoutes: Sendable {
  let settle: SettleQuarantine
  let read: ReadSchool

  private static let bodyLimitBytes = 16 << 10
  private static let textBytes = 500
  private static let reasonBytes = 60

  /// What is corrected; what is absent stays.
  struct CorrectionForm: Codable, Sendable {
    let upn: String?
    let date: Day?
    let session: Session?
    let code: String?
    let detail: String?
  }

  struct DiscardForm: Codable, Sendable { let reason: String }

  /// Which marks are discarded, and why.
  struct DiscardAllForm: Codable, Sendable {
    /// The reason for which they wait, as in `waitingBy`.
    let reason: String
    /// Those of one upload only.
    let receipt: String?
    /// Why they are discarded.
    let why: String
  }

  func add(to router: ServiceRouter) {
    router.on(
      .get, "/schools/{urn}/quarantine", MarkRoutes.users,
      About(
        "The marks that wait",
        query: [
          .init("after", .integer(minimum: 0), required: false, "The `next` of the page before."),
          .init("reason", .string(), required: false, "Only marks that wait for this reason."),
        ], answer: ReadSchool.QuarantinePage.self)
    ) { request, context in
      let urn = try context.ownSchool()
      let after = try request.optionalQuery("after") { Int64($0) } ?? 0
      let reason = try request.optionalQuery("reason") { 1...Self.reasonBytes ~= $0.utf8.count ? $0 : nil }
      return try .json(
        try await read.quarantine(
          urn, reason: reason, after: after, by: try context.caller))
    }
    router.on(
      .post, "/schools/{urn}/quarantine/{number}/correct", MarkRoutes.users,
      About(
        "Correct a waiting mark and send it again", body: CorrectionForm.self, answer: SettleQuarantine.Answer.self,
        takesIdempotencyKey: true),
      bodyLimitBytes: Self.bodyLimitBytes
    ) { request, context in
      let urn = try context.ownSchool()
      let number = try Self.number(context)
      let (form, key) = try await request.keyed(
        CorrectionForm.self, caller: try context.caller, upTo: Self.bodyLimitBytes)
      let correction = try Self.correction(form)
      return .remembered(
        try await settle.correct(number, correction, at: urn, by: try context.caller, key: key))
    }
    router.on(
      .post, "/schools/{urn}/quarantine/{number}/discard", MarkRoutes.users,
      About("Discard a waiting mark, with the reason", body: DiscardForm.self, answer: SettleQuarantine.Answer.self),
      bodyLimitBytes: Self.bodyLimitBytes
    ) { request, context in
      let urn = try context.ownSchool()
      let number = try Self.number(context)
      let reason = try await request.json(DiscardForm.self).reason.trimmingCharacters(in: .whitespacesAndNewlines)
      guard 1...Self.textBytes ~= reason.utf8.count else {
        throw Problem.invalid([.init("/reason", "must have 1 to \(Self.textBytes) bytes")])
      }
      return try .json(try await settle.discard(number, because: reason, at: urn, by: try context.caller))
    }
    router.on(
      .post, "/schools/{urn}/quarantine/discard", MarkRoutes.users,
      About(
        "Discard all marks that wait for one reason", body: DiscardAllForm.self,
        answer: SettleQuarantine.Discarded.self, takesIdempotencyKey: true), bodyLimitBytes: Self.bodyLimitBytes
    ) { request, context in
      let urn = try context.ownSchool()
      let (form, key) = try await request.keyed(
        DiscardAllForm.self, caller: try context.caller, upTo: Self.bodyLimitBytes)
      let (why, receipt) = try Self.checked(form)
      return .remembered(
        try await settle.discardAll(
          waitingFor: form.reason, receipt: receipt, because: why, at: urn, by: try context.caller,
          key: key))
    }
    router.on(
      .get, "/schools/{urn}/differences", MarkRoutes.users,
      About(
        "Marks where a file or a register differs from a person's amendment", query: [.after],
        answer: ReadSchool.DifferencePage.self)
    ) { request, context in
      let urn = try context.ownSchool()
      return try .page(
        try await read.differences(
          urn, after: try request.after(), by: try context.caller), of: request)
    }
  }

  private static func checked(_ form: DiscardAllForm) throws(Problem) -> (why: String, receipt: Int64?) {
    let why = form.why.trimmingCharacters(in: .whitespacesAndNewlines)
    let receipt = form.receipt.flatMap { text in
      text.hasPrefix("r") ? Int64(text.dropFirst()).flatMap { $0 > 0 ? $0 : nil } : nil
    }
    var faults = Problem.Faults()
    faults.require(
      1...reasonBytes ~= form.reason.utf8.count, "/reason",
      "must be the reason for which the marks wait, as in waitingBy")
    faults.require(1...textBytes ~= why.utf8.count, "/why", "must have 1 to \(textBytes) bytes")
    faults.require(form.receipt == nil || receipt != nil, "/receipt", "must be a receipt, for example r12")
    try faults.refuse()
    return (why, receipt)
  }

  private static func number(_ context: ServiceRequestContext) throws(Problem) -> Int64 {
    guard let number = Int64(try context.parameter("number")), number > 0 else { throw .notFound("Mark") }
    return number
  }

  private static func correction(_ form: CorrectionForm) throws(Problem) -> SettleQuarantine.Correction {
    let texts = [("upn", form.upn), ("code", form.code), ("detail", form.detail)]
    let faults = texts.filter { ($0.1?.utf8.count ?? 0) > textBytes }
      .map { Problem.Fault("/\($0.0)", "must have at most \(textBytes) bytes") }
    guard faults.isEmpty else { throw .invalid(faults) }
    guard form.date != nil || form.session != nil || texts.contains(where: { $0.1 != nil }) else {
      throw .invalid([.init("", "must change at least one value")])
    }
    func trimmed(_ text: String?) -> String? { text?.trimmingCharacters(in: .whitespacesAndNewlines) }
    return SettleQuarantine.Correction(
      upn: trimmed(form.upn), date: form.date?.iso, session: form.session?.rawValue, code: trimmed(form.code),
      detail: trimmed(form.detail))
  }
}
