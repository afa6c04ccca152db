import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import Search
import ServiceKit

/// Enters children in a school's admission register, or changes their entries. Marks that waited for them go in.
struct EnrolPupils: Sendable {
  let registers: Registers

  /// What the sender is told. Every row is in exactly one of the five counts.
  struct Answer: Codable, Sendable {
    struct Known: Codable, Sendable {
      let row: Int
      let id: PupilID
    }

    struct RowProblem: Codable, Sendable {
      let row: Int
      let column: String
      let reason: String
      let detail: String
      let fix: String

      init(row: Int, _ refusal: Fault, detail: String? = nil) {
        self.row = row
        (column, reason, fix) = (refusal.column, refusal.reason, refusal.fix)
        self.detail = detail ?? refusal.detail
      }

      init(row: Int, _ note: PupilNote) { self.init(row: row, note.refusal, detail: note.detail) }
    }

    /// The upload's name: what it entered by mistake can be taken back by it.
    var upload = ""
    var received = 0
    var enrolled = 0
    var changed = 0
    var unchanged = 0
    /// Rows that do not count until an officer of the authority has confirmed them.
    var waiting = 0
    var refused = 0
    /// How many waiting marks went in by themselves.
    var released = 0
    /// Rows that are on the roll now, with the children's opaque identifiers. A row is counted as its sender counts.
    var pupils: [Known] = []
    /// Everything that is wrong with rows that were refused, in the order of the rows.
    var problems: [RowProblem] = []
    /// What was left out of rows that were accepted, and what deserves a look.
    var notes: [RowProblem] = []
  }

  /// A row that can be entered.
  private struct Ready {
    let row: Int
    let record: PupilRecord
    let notes: [PupilNote]
  }

  /// Enters the children that could be read, and answers about all rows as the sender of the file counts them.
  ///
  /// - Throws: `Problem` when the school is unknown or the key was used for another request.
  func callAsFunction(
    _ file: PupilFile, at school: URN, by edit: Edit
  ) async throws -> Remembered<Answer> {
    try await registers.write(edit) { [registers] unit in
      try Registers.requireSchool(school, in: unit.db)
      let upload = try PupilUploads.add(school, received: file.received, in: unit)
      let entry = PupilEntry(
        registers: registers, school: school, unit: unit, upload: upload)
      var answer = Answer(file, upload)
      var touched = TouchedRolls()
      let ready = file.rows.compactMap { row -> Ready? in
        let checked = row.pupil.checked(at: school, today: unit.today, dates: file.dates)
        if checked.record == nil { answer.refuse(row.number, checked.refusals) }
        return checked.record.map { Ready(row: row.number, record: $0, notes: checked.notes) }
      }
      let clashes = NumberClashes(ready.map { ($0.row, $0.record) })
      var seen = SeenRows()
      for row in ready {
        do {
          let record = try Pupils.recognised(row.record, at: school, in: unit.db)
          try entry.refuseClash(record, clashes.rows(with: row.row))
          try seen.refuseOther(record)
          let entered = try entry.enter(record)
          answer.count(entered, row.notes + PupilNote.ofNumber(sent: row.record.upn, taken: record.upn), row: row.row)
          touched.add(entered)
        } catch let refusal as Fault {
          answer.refuse(row.row, [refusal])
        }
      }
      answer.released = try touched.settle(RollChange(registers: registers, unit: unit))
      answer.order()
      return answer
    }
  }
}

/// The children and first days that a file has named so far.
private struct SeenRows {
  private var facts: [[String]: PupilMatching.Facts] = [:]

  /// - Throws: ``Fault`` when a row before says something else of the same child and first day: which is meant
  ///   nobody can say, so that the first counts.
  mutating func refuseOther(_ record: PupilRecord) throws(Fault) {
    let key = [record.upn.text, record.enrolledOn.iso]
    if let known = facts[key], PupilMatching.verdict(known, record.facts) != .same { throw .twiceInFile }
    facts[key] = facts[key] ?? record.facts
  }
}

extension PupilEntry {
  /// Of the rows that give one number to different children only one that says what stands under it counts.
  ///
  /// - Throws: ``Fault``, `DatabaseError`.
  fileprivate func refuseClash(_ record: PupilRecord, _ rows: [Int]) throws {
    guard !rows.isEmpty else { return }
    let known = try Pupils.find(upn: record.upn, in: db)
    guard let known, PupilMatching.verdict(known.facts, record.facts(asSpeltBy: known)) == .same else {
      throw Fault.oneNumber(rows: rows)
    }
  }
}

/// By school the children whose entries are other than before, and the numbers that lead to them.
struct TouchedRolls {
  private var schools: [URN: (children: Set<PupilID>, numbers: Set<String>)] = [:]

  mutating func add(_ entered: PupilEntry.Entered) {
    for school in entered.schools { add(school, entered.id, entered.numbers) }
  }

  mutating func add(_ school: URN, _ child: PupilID?, _ numbers: Set<String>) {
    var touched = schools[school] ?? ([], [])
    if let child { touched.children.insert(child) }
    touched.numbers.formUnion(numbers)
    schools[school] = touched
  }

  /// Does what follows at every school.
  ///
  /// - Returns: how many waiting marks went in.
  func settle(_ change: RollChange) throws -> Int {
    try schools.sorted { $0.key < $1.key }.reduce(0) { released, touched in
      try released + change.entries(of: touched.value.children, touched.value.numbers, at: touched.key)
    }
  }
}

extension EnrolPupils.Answer {
  /// The answer about the rows of a file that could not be read at all.
  fileprivate init(_ file: PupilFile, _ upload: Int64) {
    self.upload = PupilUploads.name(upload)
    received = file.received
    for fault in file.faults { refuse(fault.number, [fault.refusal]) }
    notes = file.asides.map { .init(row: $0.number, $0.note) }
  }

  fileprivate mutating func refuse(_ row: Int, _ refusals: [Fault]) {
    refused += 1
    problems += refusals.map { .init(row: row, $0) }
  }

  fileprivate mutating func count(_ entered: PupilEntry.Entered, _ found: [PupilNote], row: Int) {
    if let id = entered.id { pupils.append(.init(row: row, id: id)) }
    switch entered.outcome {
    case .enrolled: enrolled += 1
    case .changed: changed += 1
    case .unchanged: unchanged += 1
    case .waiting: waiting += 1
    }
    notes += (found + entered.notes).map { .init(row: row, $0) }
  }

  /// Puts problems and notes in the order of the file.
  fileprivate mutating func order() {
    problems = Self.ordered(problems)
    notes = Self.ordered(notes)
  }

  private static func ordered(_ lines: [RowProblem]) -> [RowProblem] {
    lines.enumerated().sorted { ($0.element.row, $0.offset) < ($1.element.row, $1.offset) }.map(\.element)
  }
}
