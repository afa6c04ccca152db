public import CaseFlow
import Contracts
import GRDB
import Rulebook
public import Schemas
import ServiceKit

extension FactValue: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .anyOf([.boolean, .integer(minimum: nil), .string()]) }
  public static var sample: JSONValue { true }
}

/// What the routes of cases answer and take.
enum CaseAnswers {
  struct Person: Codable, Sendable {
    let role: String
    /// Opaque; absent for a team, and for the program.
    let person: String?
  }

  /// A case in a list.
  struct Summary: Listed {
    static let list = "cases"

    let id: String
    /// Absent in a case that is about no child.
    let pupil: PupilID?
    let school: URN?
    let state: String
    let open: Bool
    let owner: Person?
    let openedOn: Day
    /// The first day on which something is due; absent in a case that is closed.
    let nextDue: Day?
  }

  struct Task: Codable, Sendable {
    let name, title: String
    let due: Day
    let owner: Person
  }

  /// A case as somebody sees it.
  struct Detail: PartlyGuarded, Codable, Sendable {
    struct Guarded: Encodable {
      let id: String
      let entries: Int
    }

    let summary: Summary
    /// How many entries its history has.
    let entries: Int
    /// What is to be done, the most urgent first.
    let tasks: [Task]
    /// The acts that the caller can try now.
    let acts: [String]
    /// What persons have stated, by name.
    let facts: [String: FactValue]

    var guarded: any Encodable { Guarded(id: summary.id, entries: entries) }
  }

  /// One line of a history.
  struct Line: Listed {
    static let list = "entries"

    let number: Int
    let at: Timestamp
    let on: Day
    /// What happened, for example `acted accept`.
    let what: String
    let by: Person
    let second: Person?
    let reason: String
    let evidence: [String]
    let from, to: String?
  }

  /// Why a decision was made and whether it stands.
  struct Why: Codable, Sendable {
    struct Ground: Codable, Sendable {
      let fact: String
      /// What it said; absent when it was not known.
      let then: FactValue?
      /// What it says now.
      let now: FactValue?
    }

    struct Rule: Codable, Sendable {
      let id, demand, source: String
      let inForceFrom: Day?
      let outcome: GuardAnswer.Outcome
      /// What it was judged by.
      let facts: [Ground]
    }

    /// An act that is no decision, or that waits for a second person, and how it was judged.
    struct Judged: Codable, Sendable {
      let number: Int
      /// What happened, for example `acted consider`.
      let what: String
      let on: Day
      let by: Person
      let reason: String
      let rules: [Rule]
    }

    let number: Int
    let act: String
    let on: Day
    let by: Person
    let reason: String
    let stands: Bool
    /// The entry that ended it.
    let endedBy: Int?
    /// Until when a person has to look at it again.
    let lookAgainBy: Day?
    let grounds: [Ground]
    let rules: [Rule]
  }

  struct WhyList: Codable, Sendable {
    let id: String
    let decisions: [Why]
    /// The other acts that were judged, in order.
    let acts: [Why.Judged]
  }

  struct Work: Listed {
    static let list = "tasks"

    let id: Int64
    /// `second` for a second signature, `decision` for a decision to look at again, a clock's name, or a kind of the
    /// program's.
    let kind: String
    /// Absent where the work is of no case.
    let `case`: String?
    /// What it is about where it is of no case, for example `payment-12`.
    let record: String?
    /// Absent where the case is about no child.
    let pupil: PupilID?
    let title: String
    let due: Day
    let overdue: Bool
    let owner: Person
  }

  struct WorkFigures: WholeList, Sendable {
    struct Count: Codable, Sendable {
      let kind, title, role: String
      let open, overdue, unallocated: Int
    }

    let openCases, openTasks, overdue: Int
    let tasks: [Count]
    var list: (name: String, rows: [Count]) { ("tasks-figures", tasks) }
  }

  /// Something that happened to a child, in a list that goes backwards.
  struct Event: Listed {
    struct Head: Codable, Sendable {
      let pupil: PupilID
    }
    typealias Position = ChronologyCursor

    static let list = "events"
    static let cursor = "before"

    let at: Timestamp
    let on: Day
    let what: String
    /// The case, or the finding, notice or other record of another program.
    let reference: String

    init(_ row: Row) {
      at = Timestamp(millis: row["at_millis"])
      on = Day(ordinal: row["on_day"])
      what = row["what"]
      reference = row["reference"]
    }

    static func sheet(of page: Page<Event>) throws -> (name: String, bytes: [UInt8]) {
      ("chronology", try LineTable.bytes(page.lines))
    }
  }
}

/// What the routes of cases take.
enum CaseForms {
  struct Act: Codable, Sendable {
    let act, reason: String
    /// Opaque references to documents and findings.
    let evidence: [String]?
    /// What the act asks for, by name.
    let facts: [String: FactValue]?
    /// The guards to go on without; a second person must agree.
    let overriding: [String]?
    /// Who takes the case, where the act names somebody.
    let owner: CaseAnswers.Person?
  }

  struct Allocation: Codable, Sendable {
    let owner: CaseAnswers.Person
    let reason: String
  }

  struct Second: Codable, Sendable {
    let agrees: Bool
    /// Required from one who does not agree.
    let reason: String?
  }

  struct Upholding: Codable, Sendable {
    let reason: String
    let evidence, overriding: [String]?
  }
}

extension CaseAnswers.Person {
  init<Role>(_ owner: Owner<Role>) { self.init(role: owner.role.rawValue, person: owner.person) }
  init<Role>(_ actor: Actor<Role>) {
    self.init(role: actor.role?.rawValue ?? "program", person: actor.isProgram ? nil : actor.id)
  }

  /// - Throws: `Problem` invalid for a role that the flow does not know.
  func owner<Role>(_: Role.Type) throws(Problem) -> Owner<Role> {
    guard let role = Role(rawValue: role) else {
      throw .invalid([.init("/owner/role", "must be one of: \(Role.allCases.map(\.rawValue).joined(separator: ", "))")])
    }
    return Owner(role, person)
  }
}

extension CaseAnswers.Summary {
  init<Kind>(_ stored: StoredCase<Kind>) {
    let file = stored.file
    self.init(
      id: stored.id, pupil: stored.child, school: stored.school, state: file.state?.rawValue ?? "",
      open: Kind.flow.isOpen(file.state), owner: file.owner.map { .init($0) },
      openedOn: file.openedOn ?? Day(ordinal: 0), nextDue: Kind.flow.work(of: file).first?.due)
  }
}

extension CaseAnswers.Detail {
  init<Kind>(_ stored: StoredCase<Kind>, for role: Kind.Role?) {
    let acts = role.flatMap { role in stored.file.state.map { Kind.flow.acts(from: $0, by: role).map(\.act.rawValue) } }
    self.init(
      summary: .init(stored), entries: stored.file.entries,
      tasks: Kind.flow.work(of: stored.file).map {
        .init(name: $0.name, title: $0.title, due: $0.due, owner: .init($0.owner))
      }, acts: acts ?? [],
      facts: Dictionary(uniqueKeysWithValues: stored.file.stated.values.map { ($0.key.rawValue, $0.value) }))
  }
}

extension CaseAnswers.Line {
  init<Kind>(_ line: (at: Timestamp, entry: Entry<Kind>)) {
    let entry = line.entry
    self.init(
      number: entry.number, at: line.at, on: entry.on, what: entry.name, by: .init(entry.by),
      second: entry.second.map { .init($0) }, reason: entry.reason, evidence: entry.evidence,
      from: entry.from?.rawValue,
      to: entry.to?.rawValue)
  }
}
