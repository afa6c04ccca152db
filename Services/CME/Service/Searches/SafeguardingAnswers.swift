import CMEDomain
import Contracts
import GRDB
import Rulebook

/// The answers to the safeguarding questions of a search, as they are kept.
enum SafeguardingAnswers {
  static func save(
    _ answers: [SafeguardingQuestion: SafeguardingScreen.Answer], of number: Int64, by officer: String,
    at moment: Timestamp, in db: Database
  ) throws {
    for (question, answer) in answers {
      try db.cachedStatement(
        sql: """
          INSERT OR REPLACE INTO safeguarding_answer (case_number, question, answer, officer, at_millis)
          VALUES (?, ?, ?, ?, ?)
          """
      ).execute(arguments: [number, question.rawValue, answer.rawValue, officer, moment.millis])
    }
  }

  static func all(
    of number: Int64, in db: Database
  ) throws -> [SafeguardingQuestion: SafeguardingScreen.Answer] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT question, answer FROM safeguarding_answer WHERE case_number = ?"),
      arguments: [number]
    ).reduce(into: [:]) { answers, row in
      guard let question = SafeguardingQuestion(rawValue: row[0]),
        let answer = SafeguardingScreen.Answer(rawValue: row[1])
      else { return }
      answers[question] = answer
    }
  }
}
