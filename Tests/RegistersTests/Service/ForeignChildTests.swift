import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import ServiceTestKit
import Testing

/// No route hands one school's child to another school, nor to an officer who is bound to other schools, whose own school
/// it names beside what is the other's. ``RouteWalkTests`` goes through all routes.
@Suite(.timeLimit(.minutes(10))) struct ForeignChildTests {
  private static let theirs = "900102"

  /// What an operation asks for beside the path.
  private static func query(_ path: String, _ child: Child) -> String {
    switch path {
    case "/pupils/{id}/attendance", "/pupils/{id}/sessions", "/pupils/{id}/patterns", "/schools/{urn}/figures":
      "?from=2026-09-01&to=2026-09-30"
    case "/schools/{urn}/pupils.ctf.xml": "?pupil=\(child.id)"
    default: ""
    }
  }

  private struct Operation: CustomStringConvertible {
    let method: HTTPRequest.Method
    let path: String
    let roles: Set<String>
    let takesBody: Bool

    var description: String { "\(method.rawValue) \(path)" }
  }

  private static func operations(_ world: World) async throws -> [Operation] {
    let described = try await world.send(.get, "/openapi.json", as: nil).json
    let paths = try #require(described["paths"] as? [String: [String: Any]])
    return paths.sorted { $0.key < $1.key }.flatMap { path, operations in
      operations.compactMap { name, value in
        guard let method = HTTPRequest.Method(name.uppercased()), let operation = value as? [String: Any],
          let roles = operation["x-roles"] as? [String]
        else { return nil }
        return Operation(
          method: method, path: path, roles: Set(roles), takesBody: operation["requestBody"] != nil)
      }
    }
  }

  /// Whether the path or the body names a child, or something of one.
  private static func namesAChild(_ operation: Operation, _ child: Child) -> Bool {
    ["{id}", "{person}", "{finding}", "/arrangements/{number}", "/quarantine/{number}"].contains {
      operation.path.contains($0)
    }
      && !operation.path.hasPrefix("/parked") || child.body(operation.description)?.contains(child.id) ?? false
      || operation.path.hasSuffix("pupils.ctf.xml")
  }

  /// Everything that is kept, but what was asked for.
  static func contents(_ world: World) throws -> [String: [String]] {
    try world.stored { try RouteWalk.contents(in: $0) }
  }

  @Test(arguments: [Role.school, .attendanceOfficer, .legalOfficer, .cmeOfficer, .manager])
  func aChildOfAnotherSchoolIsNotFound(_ role: Role) async throws {
    try await World.run { world in
      try await world.open()
      try await world.open(Self.theirs)
      let child = try await Child(world, 0, at: World.school)
      let own = try await Child(world, 1, at: Self.theirs)
      let bound = [Self.theirs]
      let operations = try await Self.operations(world).filter { Self.namesAChild($0, child) }
      #expect(operations.count >= 18, "the routes are not described any more")
      let before = try Self.contents(world)
      for operation in operations {
        let body = child.body(operation.description)
        #expect(operation.takesBody == (body != nil), "\(operation) needs a row in the table of bodies")
        // At the own school with what is the other's, and at the other school.
        for school in operation.path.contains("{urn}") ? [Self.theirs, World.school] : [Self.theirs] {
          let path = child.path(operation.path, school: school) + Self.query(operation.path, child)
          let answer = try await world.send(operation.method, path, as: role, schools: bound, body)
          #expect([403, 404].contains(answer.status), "\(operation) at \(school): \(answer.status)")
          #expect(!answer.text.contains(child.id) && !answer.text.contains("Zed0"), "\(operation)")
        }
      }
      #expect(try Self.contents(world) == before, "nothing was written")
      // The same requests find the own child: it was not something else that refused them.
      for operation in operations where operation.roles.contains(role.rawValue) && operation.method != .delete {
        if operation.path.hasSuffix("/siblings") { continue }
        let path = own.path(operation.path, school: Self.theirs) + Self.query(operation.path, own)
        let answer = try await world.send(
          operation.method, path, as: role, schools: bound, own.body(operation.description))
        // One of correcting and discarding comes too late: the mark waits no more.
        let isLate = operation.path.contains("/quarantine/") && answer.status == 409
        #expect(answer.status == 200 || isLate, "\(operation): \(answer.status)")
      }
    }
  }

  /// Every write to a child's record is in the audit log beside the reads, under the child; a register under its school.
  @Test func everyWriteIsOnRecord() async throws {
    try await World.run { world in
      try await world.open()
      let child = try await Child(world, 0, at: World.school)
      let sibling = try await Child(world, 1, at: World.school)
      let operations = try await Self.operations(world).filter {
        Self.namesAChild($0, child) && $0.method != .get
      }
      #expect(operations.count >= 12, "the routes are not described any more")
      func written(after number: Int64) throws -> Set<String> {
        Set(
          try world.sql(
            "SELECT subject FROM audit_log WHERE number > \(number) AND action NOT LIKE '%.read' AND detail <> ''"
          ).map { $0["subject"] })
      }
      for operation in operations {
        let last: Int64 = try #require(try world.sql("SELECT max(number) AS n FROM audit_log").first?["n"])
        let role = operation.roles.contains("school") ? Role.school : .attendanceOfficer
        let isFamily = operation.path.contains("/siblings")
        let path =
          operation.path.hasSuffix("{sibling}")
          ? "/pupils/\(child.id)/siblings/\(sibling.id)" : child.path(operation.path, school: World.school)
        let body =
          isFamily && operation.takesBody
          ? sibling.body(operation.description)
          // The mark has its code by then: another one changes something.
          : child.body(operation.description)?.replacing(
            #""session":"AM","code":"I""#, with: #""session":"AM","code":"C""#)
        let answer = try await world.send(
          operation.method, path, as: role, schools: role == .school ? [World.school] : nil, body)
        // One of correcting and discarding comes too late.
        if operation.path.contains("/quarantine/"), answer.status == 409 { continue }
        #expect(answer.status == 200, "\(operation): \(answer.text)")
        let isOfSchool = operation.path.contains("/quarantine/")
        #expect(try written(after: last).contains(isOfSchool ? World.school : child.id), "\(operation)")
      }
      for action in ["pupil.entry.written", "school.marks.written"] {
        let rows = try world.sql("SELECT count(*) AS n FROM audit_log WHERE action = '\(action)' AND detail <> ''")
        #expect(try #require(rows.first?["n"] as Int?) >= 2, "\(action)")
      }
      #expect(
        try await world.send(.get, "/audit?subject=\(child.id)", as: .manager).text.contains("pupil.entry.written"))
    }
  }

  /// A child's own siblings at schools for which the caller may not act are not told.
  @Test func siblingsElsewhereAreNotTold() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open(Self.theirs)
      let child = try await Child(world, 0, at: World.school)
      let own = try await Child(world, 1, at: Self.theirs)
      let link = #"{"sibling":"\#(child.id)"}"#
      #expect(try await world.send(.post, "/pupils/\(own.id)/siblings", link).status == 200)
      for role in [Role.school, .attendanceOfficer, .legalOfficer, .cmeOfficer] {
        for path in ["/pupils/\(own.id)", "/pupils/\(own.id)/patterns?from=2026-09-01&to=2026-09-30"]
        where !(role == .cmeOfficer && path.contains("patterns")) {
          let bound = try await world.send(.get, path, as: role, schools: [Self.theirs])
          #expect(bound.status == 200 && !bound.text.contains(child.id), "\(role) \(path)")
          guard role != .school else { continue }
          #expect(try await world.send(.get, path, as: role).text.contains(child.id), "\(role) \(path)")
        }
      }
    }
  }

  /// Lists of all schools hold nothing of a child whose school the caller may not act for.
  @Test func listsOfAllSchoolsLeaveOthersOut() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open(Self.theirs)
      let child = try await Child(world, 0, at: World.school)
      let own = try await Child(world, 1, at: Self.theirs)
      for role in [Role.attendanceOfficer, .legalOfficer, .cmeOfficer, .school] {
        let found = try await world.send(
          .post, "/pupils/search", as: role, schools: [Self.theirs], #"{"familyName":"quarr"}"#)
        #expect(found.text.contains(own.id) && !found.text.contains(child.id), "\(role)")
        guard role != .school else { continue }
        let findings = try await world.send(.get, "/findings", as: role, schools: [Self.theirs])
        #expect(findings.text.contains(own.id) && !findings.text.contains(child.id), "\(role)")
      }
      // What is of the children of all schools is not for who is bound to some.
      let flag = try await world.send(.put, "/pupils/\(child.id)/flags/looked-after", #"{"first":"2026-09-01"}"#)
      #expect(flag.status == 200)
      for role in [Role.attendanceOfficer, .virtualSchool] {
        let path = "/figures/children-in-care?year=2026-27"
        #expect(try await world.send(.get, path, as: role).text.contains(child.id))
        let bound = try await world.send(.get, path, as: role, schools: [Self.theirs])
        #expect(bound.status == 200 && !bound.text.contains(child.id))
      }
      #expect(try await world.send(.get, "/audit", as: .manager).text.contains(child.id))
      #expect(try await world.send(.get, "/audit", as: .manager, schools: [Self.theirs]).status == 403)
    }
  }
}
