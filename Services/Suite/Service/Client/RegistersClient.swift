import Foundation
import HTTPTypes
public import Rulebook
public import SuiteDomain

/// What a school or an officer sends to registers.
public struct RegistersClient: Sendable {
  /// One row that does not count as it was sent.
  public struct RowProblem: Codable, Sendable, Hashable {
    public let row: Int
    public let reason, detail, fix: String
  }

  /// What became of a file of marks.
  public struct MarksAnswer: Codable, Sendable, Hashable {
    public let receipt: String
    public let received, recorded, amended, unchanged, missing, quarantined, rejected: Int
    public let problems: [RowProblem]
  }

  /// What became of pupils.
  public struct PupilsAnswer: Codable, Sendable, Hashable {
    public struct Known: Codable, Sendable, Hashable {
      public let row: Int
      public let id: String
    }

    public let enrolled, refused: Int
    /// How many waiting marks went in by themselves.
    public let released: Int
    public let pupils: [Known]
  }

  /// The registers of one session that are due and not there.
  public struct Missing: Codable, Sendable, Hashable {
    public struct Register: Codable, Sendable, Hashable {
      public let school, name: String
    }

    public let due: Int
    public let missing, incomplete: [Register]
  }

  public let client: ServiceClient

  public init(_ client: ServiceClient) { self.client = client }

  /// The most pupils of one request.
  private static let pupilsPerRequest = 1_000

  /// Opens a school with its calendars and roll.
  ///
  /// - Returns: the opaque identifiers of its pupils, in the order of the roll.
  public func open(_ school: MadeUpSchool) async throws -> [String] {
    _ = try await client.send(Nothing.self, .put, "/schools/\(school.urn)", json: SchoolBody(school))
    for (year, calendar) in school.calendars.sorted(by: { $0.key < $1.key }) {
      let label = year.label.replacing("/", with: "-")
      _ = try await client.send(
        Nothing.self, .put, "/schools/\(school.urn)/calendars/\(label)", json: CalendarBody(calendar))
    }
    var identifiers: [String] = []
    for start in stride(from: 0, to: school.pupils.count, by: Self.pupilsPerRequest) {
      let part = school.pupils[start..<min(start + Self.pupilsPerRequest, school.pupils.count)]
      let answer = try await enrol(part, at: school.urn)
      guard answer.pupils.count == part.count else {
        throw SuiteError.unexpected("of \(part.count) pupils of a made-up school \(answer.refused) were refused")
      }
      identifiers += answer.pupils.sorted { $0.row < $1.row }.map(\.id)
    }
    return identifiers
  }

  /// Enters children in a school's admission register, or changes what it says of them.
  ///
  /// - Parameter contacts: those of each pupil; left as they are when `nil`.
  public func enrol(
    _ pupils: some Sequence<MadeUpPupil>, at school: URN, contacts: [PupilsBody.Contact]? = nil
  ) async throws -> PupilsAnswer {
    try await client.send(
      PupilsAnswer.self, .post, "/schools/\(school)/pupils", json: PupilsBody(pupils, contacts: contacts))
  }

  /// Sends a file of marks.
  ///
  /// - Parameter key: the `Idempotency-Key`.
  public func send(
    _ file: [UInt8], contentType: String = "text/csv", to school: URN, key: String? = nil
  ) async throws -> MarksAnswer {
    let path = "/schools/\(school)/marks"
    let answer = try await client.call(
      .post, path, body: file, contentType: contentType, headers: key.map { ["idempotency-key": $0] } ?? [:])
    return try ServiceClient.read(MarksAnswer.self, answer, "POST \(path)")
  }

  /// Amends one mark.
  public func amend(
    _ pupil: String, _ day: Day, _ session: Session, to code: String, reason: String, at school: URN
  ) async throws {
    struct Body: Encodable {
      let pupil: String
      let date: Day
      let session: Session
      let code, reason: String
    }
    _ = try await client.send(
      Nothing.self, .post, "/schools/\(school)/amendments",
      json: Body(pupil: pupil, date: day, session: session, code: code, reason: reason))
  }

  /// Which registers are due and not there.
  public func missing(_ day: Day, _ session: Session) async throws -> Missing {
    try await client.get(Missing.self, "/registers/missing?date=\(day)&session=\(session.rawValue)")
  }
}
