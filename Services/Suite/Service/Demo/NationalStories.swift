import Contracts
import Foundation
import HTTPTypes
import Kafka
import Rulebook
import SealedAlerts
import ServiceKit
import SuiteDomain

/// Stories 9 and 10: a girl of one authority is found in another by a sealed alert; nobody knows where a boy went, and all
/// are asked blindly. A third authority is curious and learns nothing. Everything that is told is checked.
struct NationalStories: Sendable {
  /// The authority that looks, the one where the children are, and the curious one.
  static let authorities = ["880", "383", "886"]

  let suite: RunningSuite
  let tell: Narrator
  var patience = Duration.seconds(30)

  private var torbay: String { Self.authorities[0] }
  private var leeds: String { Self.authorities[1] }
  private var curious: String { Self.authorities[2] }

  struct Case: Codable, Sendable { let id, state: String }
  private struct Reason: Codable { let reason: String }
  private struct Found: Codable { let summary: Case }

  /// - Throws: ``SuiteError/unexpected(_:)`` with the first thing that is not as it should be.
  func play() async throws {
    let children = try await open()
    let girl = try await sealedAlert(children[0])
    let boy = try await blindMatch(children[1])
    try await look([girl, boy])
  }

  /// Two children who left a school of 880 are on a roll of 383.
  private func open() async throws -> [(child: MadeUpPupil, id: String)] {
    tell.chapter("Three authorities")
    let code = try AuthorityCode(torbay)
    let made = MadeUpAuthority(code, schools: 1, pupils: 30, seed: 9)
    let away = MadeUpAuthority(try AuthorityCode(leeds), schools: 1, pupils: 20, seed: 10)
    guard let here = made.schools.first, let there = away.schools.first else {
      throw SuiteError.unexpected("a made-up authority has a school")
    }
    let ids = try await registers(torbay).open(here)
    let others = try await registers(leeds).open(there)
    let both = zip(here.pupils, ids).filter { !["R", "10", "11"].contains($0.0.yearGroup) }.prefix(2)
    _ = try await registers(leeds).enrol(both.map(\.0), at: there.urn)
    try await CatchUp(suite).wait(within: patience)
    tell.say(
      "\(torbay) has \(ids.count) children on roll, \(leeds) \(others.count + both.count): two of them came from \(torbay)"
    )
    return both.map { (child: $0.0, id: $0.1) }
  }

  private func registers(_ authority: String) throws -> RegistersClient {
    RegistersClient(try suite.client(.registers, of: authority, as: .attendanceOfficer))
  }

  private func cme(_ authority: String, _ role: Role = .cmeOfficer) throws -> ServiceClient {
    try suite.client(.cme, of: authority, as: role)
  }

  private func check(_ isSo: Bool, _ what: @autoclosure () -> String) throws {
    if !isSo { throw SuiteError.unexpected(what()) }
  }

  /// Asks until there is an answer.
  private func wait<Value>(for what: String, _ look: () async throws -> Value?) async throws -> Value {
    let end = ContinuousClock.now + patience
    while ContinuousClock.now < end {
      if let found = try await look() { return found }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw SuiteError.unexpected("\(what) did not come within \(patience)")
  }

  // MARK: Searching

  /// Opens a search for a child, answers the safeguarding questions, and begins the enquiries.
  func search(for pupil: String) async throws -> String {
    struct Report: Codable { let pupil, trigger, reason: String }
    struct Answer: Codable { let question, answer: String }
    struct Screening: Codable {
      let answers: [Answer]
      let reason: String
    }
    struct Unanswered: Codable { let unanswered: [String] }
    let officer = try cme(torbay)
    let opened = try await officer.send(
      Case.self, .post, "/searches", json: Report(pupil: pupil, trigger: "T9", reason: "The flat is empty"))
    let path = "/cases/\(opened.id)"
    let asked = try await officer.get(Unanswered.self, "\(path)/safeguarding").unanswered
    _ = try await officer.send(
      Nothing.self, .post, "\(path)/safeguarding",
      json: Screening(answers: asked.map { Answer(question: $0, answer: "no") }, reason: "Asked the school"))
    try await act("begin", in: opened.id)
    return opened.id
  }

  private struct Act: Codable {
    let act, reason: String
    var facts: [String: String] = [:]
  }

  private func act(_ act: String, in id: String, _ facts: [String: String] = [:]) async throws {
    _ = try await cme(torbay).send(
      Nothing.self, .post, "/cases/\(id)/acts", json: Act(act: act, reason: "As the story goes", facts: facts))
  }

  /// Alerts 383 about a child.
  @discardableResult
  func raise(_ child: MadeUpPupil, for search: String) async throws -> String {
    struct Name: Codable { let given, family: String }
    struct Sender: Codable { let name, role, telephone: String }
    struct Alert: Codable {
      let authority, reason: String
      let name: Name
      let dateOfBirth: Day
      let upn: String
      let believedAddress: [String]
      let sender: Sender
    }
    let alert = Alert(
      authority: leeds, reason: "A neighbour says so",
      name: Name(given: child.givenName, family: child.familyName), dateOfBirth: child.dateOfBirth, upn: child.upn.text,
      believedAddress: ["With her aunt", "Made-up Street"],
      sender: Sender(name: "Made-up Officer", role: "CME officer", telephone: "01632 960001"))
    return try await cme(torbay).send(Case.self, .post, "/cases/\(search)/alerts", json: alert).id
  }

  private func states(_ authority: String) async throws -> [Case] {
    struct Alerts: Codable { let alerts: [Case] }
    return try await cme(authority).get(Alerts.self, "/alerts").alerts
  }

  private func waitForState(_ state: String, of id: String, at authority: String) async throws {
    _ = try await wait(for: "the alert \(id) \(state) at \(authority)") {
      try await states(authority).first { $0.id == id && $0.state == state }
    }
  }

  // MARK: Story 9

  private func sealedAlert(_ child: (child: MadeUpPupil, id: String)) async throws -> MadeUpPupil {
    tell.chapter("Story 9. An empty flat, and a neighbour who says Leeds")
    let search = try await search(for: child.id)
    tell.say("\(torbay) looks for a girl: safeguarding questions answered, enquiries begun (\(search))")
    let began = ContinuousClock.now
    let sent = try await raise(child.child, for: search)
    let received = try await wait(for: "the alert at \(leeds)") {
      try await states(leeds).first { $0.state == "received" }
    }
    tell.say(
      "an alert goes to \(leeds), sealed; its program has it \(Narrator.millis(ContinuousClock.now - began)) later")
    try await waitForState("received", of: sent, at: torbay)
    try await answer(received.id, sent)
    try await act("close", in: search, ["outcome": "other-authority", "evidence": "receipt"])
    let closed = try await cme(torbay).get(Found.self, "/cases/\(search)").summary.state
    try check(closed == "closed", "the search should be closed, and is \(closed)")
    tell.say("\(torbay) closes the search: located, with \(leeds)'s receipt")
    return child.child
  }

  private func answer(_ received: String, _ sent: String) async throws {
    struct Receipt: Codable {
      let known: Bool
      let officer, reason: String
    }
    struct Sighting: Codable { let provision, reason: String }
    struct Child: Codable { let dateOfBirth: Day }
    struct Opened: Codable { let child: Child? }
    let officer = try cme(leeds)
    let opened = try await officer.get(Opened.self, "/alerts/\(received)")
    try check(opened.child != nil, "\(leeds) should read the alert")
    _ = try await officer.send(
      Nothing.self, .post, "/alerts/\(received)/acknowledgement",
      json: Receipt(known: true, officer: "R Kite", reason: "On our roll"))
    try await waitForState("acknowledged", of: sent, at: torbay)
    tell.say("an officer of \(leeds) opens it, acknowledges it, and finds the child on a roll there")
    _ = try await officer.send(
      Nothing.self, .post, "/alerts/\(received)/sighting",
      json: Sighting(provision: "A made-up primary school", reason: "Seen in class"))
    try await waitForState("sighted", of: sent, at: torbay)
    _ = try await cme(torbay).send(
      Nothing.self, .post, "/alerts/\(sent)/closing", json: Reason(reason: "Found"))
    try await waitForState("closed", of: received, at: leeds)
  }

  // MARK: Story 10

  private struct Question: Codable {
    let id: String
    let asked, unknown: Int
    let possible, open: [String]
  }

  private func blindMatch(_ child: (child: MadeUpPupil, id: String)) async throws -> MadeUpPupil {
    tell.chapter("Story 10. Nobody knows where the family went: all are asked blindly")
    struct Name: Codable { let given, family: String }
    struct Asking: Codable {
      let name: Name
      let dateOfBirth: Day
      let reason: String
    }
    struct Questions: Codable { let questions: [Question] }
    let search = try await search(for: child.id)
    // As it was heard, not as it is written.
    let asking = Asking(
      name: Name(given: child.child.familyName.uppercased(), family: child.child.givenName),
      dateOfBirth: child.child.dateOfBirth, reason: "Nobody knows")
    let asked = try await cme(torbay).send(Question.self, .post, "/cases/\(search)/questions", json: asking)
    func question(_ isSo: (Question) -> Bool) async throws -> Question? {
      try await cme(torbay).get(Questions.self, "/cases/\(search)/questions").questions.first {
        $0.id == asked.id && isSo($0)
      }
    }
    let first = try await wait(for: "answers to the question") {
      try await question { $0.unknown == 1 && $0.open == [leeds] }
    }
    try check(first.possible.isEmpty, "nobody may learn of a child before an officer there has looked")
    tell.say("\(asked.asked) authorities are asked: one does not know the child, an officer of \(leeds) looks")
    let lead = try await lead(at: leeds)
    try check(try await states(leeds).count == 1, "no record moves by a question")
    struct Answer: Codable {
      let isPossible: Bool
      let reason: String
    }
    _ = try await cme(leeds).send(
      Nothing.self, .post, "/leads/\(lead)/answer", json: Answer(isPossible: true, reason: "On our roll"))
    _ = try await wait(for: "the yes of \(leeds)") { try await question { $0.possible == [leeds] && $0.open == [] } }
    tell.say("\(leeds) confirms; only now does \(torbay) send the record, to \(leeds) alone")
    let sent = try await raise(child.child, for: search)
    let received = try await wait(for: "the alert at \(leeds)") {
      try await states(leeds).first { $0.state == "received" }
    }
    try await answer(received.id, sent)
    try await act("close", in: search, ["outcome": "other-authority", "evidence": "receipt"])
    tell.say("found: the search is closed")
    return child.child
  }

  private func lead(at authority: String) async throws -> String {
    struct Leads: Codable { let leads: [Case] }
    return try await wait(for: "the lead at \(authority)") {
      try await cme(authority).get(Leads.self, "/leads").leads.first { $0.state == "found" }?.id
    }
  }

  // MARK: The curious third

  /// Reads the whole topic as 886 receives it, and tries its keys on everything.
  private func look(_ children: [MadeUpPupil]) async throws {
    tell.chapter("What \(curious) received, and learned")
    let folder = suite.folder
    let ring = try AlertKeyRing(try AuthorityCode(curious), path: folder.alertKeysPath(authority: curious))
    let root = try folder.makeAlertKeys(suite.state.authorities, on: suite.clock.today())
    let directory = try KeyDirectory(path: folder.alertDirectoryPath, roots: try DirectoryRoot.publicKeys(root))
    let post = AlertPost(keys: ring, directory: directory)
    // Four letters stand in random bytes now and then.
    let canaries =
      children.flatMap { [$0.givenName, $0.familyName, $0.dateOfBirth.iso, $0.upn.text] }
      .filter { $0.utf8.count > 4 } + ["Made-up", "her aunt", "01632"]
    var (read, found, sizes) = (0, 0, [Int: Set<Int>]())
    let envelopes = try await Self.records(suite.state.bootstrapServers)
    for envelope in envelopes {
      let header = try AlertHeader(of: envelope)
      sizes[Int(header.alertClass.rawValue), default: []].insert(envelope.count)
      let whom = header.recipient.map(\.text) ?? "all"
      if case .message = try? post.content(of: envelope, header) { read += header.recipient == ring.authority ? 0 : 1 }
      found += canaries.count { envelope.firstRange(of: Data($0.utf8)) != nil }
      tell.detail(
        "\(header.sender) to \(whom): \(header.alertClass), number \(header.sequence), \(envelope.count) bytes: "
          + envelope.dropFirst(AlertHeader.bytes).prefix(16).map { String(format: "%02x", $0) }.joined() + "…")
    }
    try check(sizes.values.allSatisfy { $0.count == 1 }, "all of a class must have one length: \(sizes)")
    try check(read == 0 && found == 0, "\(curious) read \(read) alerts, and \(found) canaries stand in the topic")
    try check(try await states(curious).isEmpty, "\(curious) should have no alert")
    tell.say("\(envelopes.count) records: who wrote to whom and when; 0 opened, 0 of \(canaries.count) canaries found")
  }

  /// Every record of the shared topic.
  static func records(_ servers: String) async throws -> [Data] {
    let configuration = KafkaConfiguration(bootstrapServers: servers)
    let reader = try TopicReader(configuration)
    let ends = try await reader.watermarks(of: AlertPost.topic)
    await reader.close()
    let consumer = try Consumer(configuration)
    try await consumer.assign([AlertPost.topic: .absolute(ends.low)])
    var records: [Data] = []
    while records.count < Int(ends.high - ends.low) {
      for event in try await consumer.nextBatch(max: 100, wait: .milliseconds(500)) {
        guard case .record(let record) = event else { continue }
        records.append(Data(record.value ?? []))
      }
    }
    await consumer.close()
    return records
  }
}
