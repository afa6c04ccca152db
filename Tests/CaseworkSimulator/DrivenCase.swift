public import CaseFlow
public import CaseworkDomain
public import Rulebook

/// A case at some point of its life, with what is known from outside.
public struct DrivenCase {
  public var file = CaseFile<AttendanceCase>()
  public private(set) var history: [Entry<AttendanceCase>] = []
  public var facts = Facts<AttendanceCase.Fact>([
    .assessment: .flag(true), .baseline: .flag(true), .attendanceOutcome: .flag(true), .support: .flag(true),
    .levels: .text("1 2 3 4 5 6"),
  ])
  public var day: Day
  public let officer = Actor<AttendanceCase.Role>.person("u-officer", .attendanceOfficer)
  public let manager = Actor<AttendanceCase.Role>.person("u-manager", .manager)

  /// A case in support.
  ///
  /// - Throws: `Refusal` where the flow does not lead there.
  public init(on day: Day) throws {
    self.day = day
    try take(.refer, by: .program)
    try take(.accept, [.safeguarding: .text("no")])
    try take(.allocate, by: manager, owner: Owner(.attendanceOfficer, "u-officer"))
    facts[.allocatedOn] = .day(day)
    try take(.contact, [.contact: .text("meeting")])
    try take(.plan)
  }

  /// - Throws: `Refusal` of the flow.
  public mutating func take(
    _ act: AttendanceCase.Act, _ stating: [AttendanceCase.Fact: FactValue] = [:],
    by actor: Actor<AttendanceCase.Role>? = nil, owner: Owner<AttendanceCase.Role>? = nil
  ) throws {
    let intent = Intent<AttendanceCase>(.act(act), owner: owner, stating: .init(stating), reason: "A reason")
    let entry = try AttendanceCase.flow.step(file, .attempt(intent), facts: facts, by: actor ?? officer, on: day)
    file.apply(entry)
    history.append(entry)
  }

  /// A manager agrees to what waits.
  ///
  /// - Throws: `Refusal` of the flow.
  public mutating func agree() throws {
    let entry = try AttendanceCase.flow.step(
      file, .second(agrees: true, reason: ""), facts: facts, by: manager, on: day)
    file.apply(entry)
    history.append(entry)
  }
}
