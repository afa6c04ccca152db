import Schemas
import ServiceTestKit
import Testing

/// What stories begin with, about a child who has no case yet.
enum Story {
  static let child = "p000000003"
  static let school = CaseworkApplication.school

  static func people(
    _ body: @Sendable @escaping (_ school: WebCaller, _ officer: WebCaller, _ manager: WebCaller) async throws -> Void
  ) async throws {
    try await CaseworkApplication.callers { officer, manager, school, _ in try await body(school, officer, manager) }
  }

  /// From a referral by the family to a case that is assessed.
  static func begin(_ school: WebCaller, _ officer: WebCaller, _ manager: WebCaller) async throws -> String {
    let made = try await officer.send(
      "/referrals",
      #"{"pupil":"\#(child)","school":"\#(Self.school)","form":{"route":"R7","contact":"By telephone"}}"#, 201)
    #expect(made["state"] == "complete")
    let sent = try await officer.send("/referrals/\(made["id"].word)/send")
    let path = "/cases/\(sent["case"].word)"
    _ = try await officer.act("accept", on: path, facts: #"{"safeguarding":"no"}"#)
    try await manager.send(
      "\(path)/allocation",
      #"{"owner":{"role":"attendance-officer","person":"u-officer"},"reason":"Named officer"}"#)
    _ = try await officer.act("contact", on: path, facts: #"{"contact":"telephone"}"#)
    return path
  }
}
