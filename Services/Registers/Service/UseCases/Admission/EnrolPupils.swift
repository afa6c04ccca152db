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
    /// Rows that are on the roll now, with the children's opaque identifiers.
    var pupils: [Known] = []
    /// Rows that were refused. A row is the index in `/pupils`.
    var problems: [RowProblem] = []
    /// Rows that were accepted and lack something that the register must have.
    var notes: [RowProblem] = []
  }

  /// Enters the children.
  ///
  /// - Throws: `Problem` when the school is unknown or the key was used for another request.
  func callAsFunction(
    _ submissions: [PupilSubmission], at school: URN, by caller: Caller, key: IdempotencyKey?
  ) async throws -> [UInt8] {
    let today = desk.clock.today()
    return try await desk.write(by: caller) { [desk] writer, db in
      if let answer = try IdempotentAnswers.find(key, in: db) { return answer }
      try RegisterDesk.requireSchool(school, in: db)
      let entry = PupilEntry(desk: desk, school: school, writer: writer, context: writer.context, today: today, db: db)
      var answer = Answer()
      answer.received = submissions.count
      /// By school the children whose entries are other than before, and the numbers that lead to them.
      var touched: [URN: (children: Set<PupilID>, numbers: Set<String>)] = [:]
      for (row, submission) in submissions.enumerated() {
        do {
          let entered = try entry.enter(try submission.checked(today: today))
          answer.count(entered, row: row)
          for school in entered.schools {
            touched[school, default: ([], [])].children.insert(entered.id)
            touched[school, default: ([], [])].numbers.formUnion(entered.numbers)
          }
        } catch let refusal as PupilRefusal {
          answer.refused += 1
          answer.problems.append(
            .init(
              row: row, column: refusal.column, reason: refusal.reason, detail: refusal.detail, fix: refusal.fix))
        }
      }
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
  fileprivate mutating func count(_ entered: PupilEntry.Entered, row: Int) {
    pupils.append(.init(row: row, id: entered.id))
    switch entered.outcome {
    case .enrolled: enrolled += 1
    case .changed: changed += 1
    case .unchanged: unchanged += 1
    }
    notes += entered.notes.map {
      .init(row: row, column: $0.column, reason: $0.reason, detail: $0.detail, fix: $0.fix)
    }
  }
}
