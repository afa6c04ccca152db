import Foundation
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// The marks that wait: which, why, and what a person does about them.
struct QuarantineRoutes: Sendable {
  let settle: SettleQuarantine
  let read: ReadSchool

  init(registers: Registers) {
    settle = SettleQuarantine(registers: registers)
    read = ReadSchool(registers: registers)
  }

  private static let bodyLimitBytes = 16 << 10
  private static let textBytes = 500
  private static let reasonBytes = 60
  private static let reason = QueryParameter(
    "reason", .string(), "Only marks that wait for this reason.", { 1...reasonBytes ~= $0.utf8.count ? $0 : nil }
  ).optional

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
    router.read(
      "/schools/{urn}/quarantine", MarkRoutes.users, "The marks that wait", query: [.after, Self.reason.about]
    ) { try await read.quarantine($0.school, reason: $0[Self.reason], after: $0.after, by: $0.caller) }
    router.write(
      .post, "/schools/{urn}/quarantine/{number}/correct", MarkRoutes.users,
      "Correct a waiting mark and send it again", upTo: Self.bodyLimitBytes
    ) { try await settle.correct($0.number("Mark"), Self.correction($1), at: $0.school, by: $0.edit) }
    router.write(
      .post, "/schools/{urn}/quarantine/{number}/discard", MarkRoutes.users, "Discard a waiting mark, with the reason",
      upTo: Self.bodyLimitBytes, discard)
    router.write(
      .post, "/schools/{urn}/quarantine/discard", MarkRoutes.users, "Discard all marks that wait for one reason",
      upTo: Self.bodyLimitBytes, discardAll)
    router.read(
      "/schools/{urn}/differences", MarkRoutes.users,
      "The marks of which a file or a register says another code than a person amended them to", query: [.after]
    ) { try await read.differences($0.school, after: $0.after, by: $0.caller) }
  }

  private func discard(_ call: Call, _ form: DiscardForm) async throws -> Remembered<SettleQuarantine.Answer> {
    try await settle.discard(
      call.number("Mark"), because: Faults.reason(form.reason), at: call.school, by: call.edit)
  }

  private func discardAll(
    _ call: Call, _ form: DiscardAllForm
  ) async throws -> Remembered<SettleQuarantine.Discarded> {
    let receipt = form.receipt.flatMap { text in
      text.hasPrefix("r") ? Int64(text.dropFirst()).flatMap { $0 > 0 ? $0 : nil } : nil
    }
    var faults = Faults()
    faults.require(
      1...Self.reasonBytes ~= form.reason.utf8.count, "/reason",
      "must be the reason for which the marks wait, as in waitingBy")
    let why = faults.text(form.why, "/why", bytes: 1...Self.textBytes)
    faults.require(form.receipt == nil || receipt != nil, "/receipt", "must be a receipt, for example r12")
    try faults.refuse()
    return try await settle.discardAll(
      waitingFor: form.reason, receipt: receipt, because: why, at: call.school, by: call.edit)
  }

  private static func correction(_ form: CorrectionForm) throws(Problem) -> SettleQuarantine.Correction {
    let texts = [("upn", form.upn), ("code", form.code), ("detail", form.detail)]
    var faults = Faults()
    for (name, text) in texts {
      faults.require((text?.utf8.count ?? 0) <= textBytes, "/\(name)", "must have at most \(textBytes) bytes")
    }
    faults.require(
      form.date != nil || form.session != nil || texts.contains { $0.1 != nil }, "", "must correct something")
    try faults.refuse()
    func trimmed(_ text: String?) -> String? { text?.trimmingCharacters(in: .whitespacesAndNewlines) }
    return SettleQuarantine.Correction(
      upn: trimmed(form.upn), date: form.date?.iso, session: form.session?.rawValue, code: trimmed(form.code),
      detail: trimmed(form.detail))
  }
}
