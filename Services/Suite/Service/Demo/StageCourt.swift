import Contracts
import Foundation
import HTTPTypes
import Processes
import Rulebook
import Schemas
import ServiceKit
import SuiteDomain

/// The way to court.
extension Stage {
  /// The sessions that a notice to a child with a part is about.
  private func sessions(_ part: DemoPart) -> [JSONValue] {
    world.unauthorised(part).map { ["date": .string($0.day.iso), "session": .string($0.session.rawValue)] }
  }

  /// Refers a parent for prosecution about a child.
  ///
  /// - Returns: the path of the case.
  func refer(_ notice: StageNotice) async throws -> String {
    let officer = try person(.enforcement, .attendanceOfficer)
    let referred = try await officer.post(
      "/prosecutions",
      [
        "person": .string(notice.parent.id), "pupil": .string(id(notice.part)),
        "school": .string(world.school(of: notice.part).urn.text), "route": "unpaid-notice", "support": "recorded",
        "parentVerified": true, "circumstances": [], "sessions": .array(sessions(notice.part)),
        "reason": "The penalty notice was not paid", "evidence": [],
      ])
    try promise("ten sessions are charged", referred["charged"].int, is: 10)
    return "/prosecutions/\(referred["id"].text)"
  }

  /// Takes a prosecution to the point where it can be laid, but for its pack.
  func prepare(_ path: String) async throws {
    let (manager, lawyer) = (try person(.enforcement, .manager), try person(.enforcement, .legalOfficer))
    try await manager.act(
      "consider-supervision", in: path, because: "It would not help this family", ["supervision": "not-now"])
    try await lawyer.act(
      "review", in: path, because: "The evidence is there", ["offence": "s444-1", "procedure": "summons"])
    try await person(.enforcement, .legalOfficer, "suite-reviewer").act(
      "test-code", in: path, because: "Both stages are met",
      [
        "evidence-suffices": true, "public-interest": true, "defences-considered": true, "equality-considered": true,
      ])
    tell.say("a manager has considered a supervision order, a reviewer has applied the full code test")
  }

  /// What people outside the programs write for the pack, by who makes it, and what each says.
  private static let papers: [(document: String, maker: String, contents: [String])] = [
    (
      "information", "legal",
      ["prosecutor", "defendant", "date-of-birth", "child", "school", "statute", "period"]
    ),
    (
      "witness-statement", "officer",
      ["narrative", "exhibits-identified", "exhibits-copied", "signature", "truth-declaration", "liability-known"]
    ),
    (
      "attendance-certificate", "head-teacher",
      ["child", "school", "period", "possible-and-attended", "daily-codes", "signature", "date"]
    ),
    ("support-record", "officer", ["support-and-response"]),
    ("certificate-of-non-payment", "proper-officer", ["notice-number", "unpaid-by-date", "signature"]),
    ("s447-record", "manager", ["decision-maker", "date", "reasons"]),
    (
      "full-code-test", "reviewer",
      [
        "evidence", "statutory-causes", "leave", "transport", "justification", "mobile-parents", "public-interest",
        "equality-and-health",
      ]
    ),
    ("unused-material", "officer", ["register-amendments"]), ("costs-schedule", "legal", []),
  ]

  /// Puts a court pack together, has it reviewed and signs it.
  ///
  /// - Returns: the path of the pack.
  func pack(for prosecution: String, _ notice: StageNotice, letters: [String]) async throws -> String {
    let officer = try person(.enforcement, .attendanceOfficer)
    let begun = try await officer.post(
      "/court-packs",
      [
        "pupil": .string(id(notice.part)), "school": .string(world.school(of: notice.part).urn.text),
        "reason": "The penalty notice was not paid",
        "contents": try await contents(of: prosecution, notice, letters: letters),
      ])
    try promise(
      "the court pack lacks nothing that the rules ask for, and its figures are the register's",
      begun["gaps"].list.map(\.["detail"].text), is: [])
    let path = "/court-packs/\(begun["id"].text)"
    let lawyer = try person(.enforcement, .legalOfficer)
    try await officer.act("review", in: path, because: "Complete")
    try await lawyer.agree(in: path)
    let signed = try await lawyer.act("sign", in: path, because: "Ready")
    try promise("a second person reviews it, a legal officer signs it", signed["summary"]["state"].text, is: "signed")
    return path
  }

  private func contents(
    of prosecution: String, _ notice: StageNotice, letters: [String]
  ) async throws -> JSONValue {
    let charged = world.unauthorised(notice.part)
    guard let first = charged.first?.day, let last = charged.last?.day else {
      throw SuiteError.unexpected("there is nothing to charge")
    }
    let registers = try person(.registers, .attendanceOfficer)
    let span = "from=\(first)&to=\(last)"
    let register = try await registers.get("/pupils/\(id(notice.part))/sessions?\(span)")["sessions"].list
    let figures = try await registers.get("/pupils/\(id(notice.part))/attendance?\(span)")["figures"]
    let today: JSONValue = .string(today.iso)
    return [
      "route": "s444-1", "matter": .string(prosecution.split(separator: "/").last.map(String.init) ?? ""),
      "person": .string(notice.parent.id), "caseOfficer": "suite-attendance-officer",
      "circumstances": ["penalty-notice"],
      "register": .array(
        register.map {
          [
            "date": $0["date"], "session": $0["session"], "code": $0["code"],
          ]
        }),
      "charged": .array(sessions(notice.part)),
      "stated": [
        "possible": figures["possible"], "attended": figures["present"], "unauthorised": figures["unauthorised"],
      ],
      "parts": .array(
        Self.papers.map { paper in
          let text = "Made-up \(paper.document), which states: \(paper.contents.joined(separator: ", "))."
          return [
            "document": .string(paper.document), "name": .string("\(paper.document).txt"), "mediaType": "text/plain",
            "maker": .string(paper.maker), "madeBy": .string("suite-\(paper.maker)"), "madeOn": today,
            "contents": .texts(paper.contents), "base64": .string(Data(text.utf8).base64EncodedString()),
          ]
        }),
      "letters": .texts(letters),
    ]
  }

  /// Fetches the signed pack and the published keys, and lets `suite verify-pack` judge them: also a pack that was
  /// changed.
  func verify(_ path: String) async throws {
    let lawyer = try person(.enforcement, .legalOfficer)
    let file = try await lawyer.client.call(.get, "\(path)/file")
    let keys = try await lawyer.client.call(.get, "/keys/court-packs")
    try check(file.isSuccess && keys.isSuccess, "the pack was answered \(file.status), the keys \(keys.status)")
    let pack = try letters.write(file.body, "court-pack.zip")
    let keyPath = try letters.write(keys.body, "court-pack-keys.json")
    let (isSound, said) = try await verdict(on: pack, keyPath)
    try promise("suite verify-pack finds it sound, by the published key alone", isSound, is: true)
    tell.detail(said.split(separator: "\n").first.map(String.init) ?? "")
    var changed = file.body
    changed[changed.count / 2] ^= 1
    let other = try letters.write(changed, "court-pack-changed.zip")
    try promise("with one bit changed it does not", try await verdict(on: other, keyPath).isSound, is: false)
    try? FileManager.default.removeItem(atPath: other)
  }

  private func verdict(on file: String, _ keys: String) async throws -> (isSound: Bool, said: String) {
    let (end, output) = try await BoundedProcess.run(
      SuiteOptions.ownFolder + "/suite", ["verify-pack", file, "--key", keys], environment: [], input: [],
      outputBytes: 1 << 20, seconds: 30)
    return (end == .exited(0), String(decoding: output, as: UTF8.self))
  }
}
