import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Enters children in a school's admission register, or changes their entries. Marks that waited for them go in.
struct EnrolPupils: Sendable {
  let desk: RegisterDesk

  /// What the sender is told. Every row is in exactly one of the four counts.
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
    }

    var received = 0
    var enrolled = 0
    var changed = 0
    var unchanged = 0
    var refused = 0
    /// How many waiting marks went in by themselves.
    var released = 0
    /// Rows that are on the roll now, with the children's opaque identifiers. A row is counted as its sender counts.
    var pupils: [Known] = []
    /// Everything that is wrong with rows that were refused.
    var problems: [RowProblem] = []
    /// What was left out of rows that were accepted, and what the register must have and they lack.
    var notes: [RowProblem] = []
  }

  /// Enters the children that could be read, and answers about all rows as the sender of the file counts them.
  ///
  /// - Throws: `Problem` when the school is unknown or the key was used for another request.
  func callAsFunction(
    _ file: PupilFile, at school: URN, by caller: Caller, key: IdempotencyKey?
  ) async throws -> [UInt8] {
    let today = desk.clock.today()
    return try await desk.write(by: caller) { [desk] writer, db in
      if let answer = try IdempotentAnswers.find(key, in: db) { return answer }
      try RegisterDesk.requireSchool(school, in: db)
      let entry = PupilEntry(desk: desk, school: school, writer: writer, context: writer.context, today: today, db: db)
      var answer = Answer(file)
      /// By school the children whose entries are other than before, and the numbers that lead to them.
      var touched: [URN: (children: Set<PupilID>, numbers: Set<String>)] = [:]
      for row in file.rows {
        let checked = row.pupil.checked(at: school, today: today, dates: file.dates)
        guard let sent = checked.record else {
          answer.refuse(checked.refusals, row: row.number)
          continue
        }
        let record = try Pupils.recognised(sent, at: school, in: db)
        do {
          let entered = try entry.enter(record)
          var notes = checked.notes
          if sent.upn.isProvisional { notes.append(record.upn.isProvisional ? .numberMissing : .numberFound) }
          answer.count(entered, notes, row: row.number)
          for school in entered.schools {
            touched[school, default: ([], [])].children.insert(entered.id)
            touched[school, default: ([], [])].numbers.formUnion(entered.numbers)
          }
        } catch let refusal as PupilRefusal {
          answer.refuse([refusal], row: row.number)
        }
      }
      answer.order()
      let change = RollChange(desk: desk, writer: writer, today: today, db: db)
      for (school, (children, numbers)) in touched.sorted(by: { $0.key < $1.key }) {
        answer.released += try change.entries(of: children, numbers, at: school)
      }
      let body = try encodeAnswer(answer)
      try IdempotentAnswers.keep(body, for: key, at: writer.at, in: db)
      return body
    }
  }
}

extension EnrolPupils.Answer {
  /// The answer about the rows of a file that could not be read at all.
  fileprivate init(_ file: PupilFile) {
    received = file.received
    for fault in file.faults { refuse([fault.refusal], row: fault.number) }
    notes = file.asides.map { aside in Self.line(aside.note, row: aside.number) }
  }

  private static func line(_ note: PupilNote, row: Int) -> RowProblem {
    RowProblem(row: row, column: note.column, reason: note.reason, detail: note.detail, fix: note.fix)
  }

  fileprivate mutating func refuse(_ refusals: [PupilRefusal], row: Int) {
    refused += 1
    problems += refusals.map {
      RowProblem(row: row, column: $0.column, reason: $0.reason, detail: $0.detail, fix: $0.fix)
    }
  }

  fileprivate mutating func count(_ entered: PupilEntry.Entered, _ found: [PupilNote], row: Int) {
    pupils.append(.init(row: row, id: entered.id))
    switch entered.outcome {
    case .enrolled: enrolled += 1
    case .changed: changed += 1
    case .unchanged: unchanged += 1
    }
    notes += (found + entered.notes).map { Self.line($0, row: row) }
  }

  /// Puts problems and notes in the order of the file.
  fileprivate mutating func order() {
    problems = problems.enumerated().sorted { ($0.element.row, $0.offset) < ($1.element.row, $1.offset) }.map(\.element)
    notes = notes.enumerated().sorted { ($0.element.row, $0.offset) < ($1.element.row, $1.offset) }.map(\.element)
  }
}
