import Contracts
import Foundation
import Rulebook
import Testing

@testable import SealedAlerts

/// Blind questions to every authority.
@Suite("Blind questions", .timeLimit(.minutes(5)))
struct BlindMatchTests {
  private let authorities: TwoAuthorities

  init() throws { authorities = try TwoAuthorities() }

  private func child(_ given: String = "Mary-Jane", _ family: String = "O'Wren", upn: Bool = false) throws
    -> ChildIdentity
  {
    ChildIdentity(
      givenName: given, familyName: family, dateOfBirth: authorities.day.adding(months: -100),
      upn: upn ? try UPN("A880123456789".withCheckLetter) : nil)
  }

  /// Takes a question to an authority and back, all through the post.
  private func ask(
    _ identity: ChildIdentity, _ post: AlertPost, knowing known: [ChildIdentity]
  ) throws -> (isHit: Bool, published: [Data]) {
    let (asker, moment) = (authorities.torbay, authorities.moment)
    let question = try BlindQuestion(identity)
    let broadcast = try asker.ask(question, after: .beginning, at: moment)
    guard case .question(let asked) = try post.read(broadcast, at: moment) else { throw AlertError.malformed }
    let key = try #require(post.keys.matching.first).key
    let answer = try post.seal(
      AlertMessage(asked.id, .evaluated(try key.evaluate(asked))), to: asker.keys.authority, after: .beginning,
      at: moment)
    guard case .message(let evaluated) = try asker.read(answer, at: moment),
      case .evaluated(let elements) = evaluated.step
    else { throw AlertError.malformed }
    let tokens = try question.compared(elements, from: post.keys.authority, asker.directory, on: authorities.day)
    let kept = Set(try known.flatMap { try key.kept($0) })
    return (tokens.contains(where: kept.contains), [broadcast, answer])
  }

  @Test("An authority that knows the child says so; one that does not, does not")
  func hits() throws {
    let others = [try child("Anna"), try child("Mary-Jane", "Owl")]
    #expect(try ask(try child(), authorities.devon, knowing: others + [try child()]).isHit)
    #expect(try !ask(try child(), authorities.kent, knowing: others).isHit)
    #expect(try !ask(try child(), authorities.kent, knowing: []).isHit)
  }

  @Test("Spelling, accents, middle names and a changed name with the same number still hit")
  func likeness() throws {
    #expect(try ask(try child("MARY JANE", "O’WREN"), authorities.devon, knowing: [try child("Mary", "O'Wren")]).isHit)
    #expect(try ask(try child("Zoë"), authorities.devon, knowing: [try child("Zoe Anne")]).isHit)
    let renamed = try child("Robin", "Finch", upn: true)
    #expect(try ask(try child(upn: true), authorities.devon, knowing: [renamed]).isHit)
    #expect(try !ask(try child(), authorities.devon, knowing: [renamed]).isHit)
  }

  @Test("Two questions about one child have nothing in common, and neither do two authorities' copies")
  func unlinkable() throws {
    let (one, other) = (try BlindQuestion(try child()), try BlindQuestion(try child()))
    let elements = try [one, other].flatMap { try BlindQuestion.Asked($0.encoded).elements }
    #expect(Set(elements).count == 2 * BlindQuestion.count)
    let kept = try [authorities.devon, authorities.kent].map {
      try #require($0.keys.matching.first).key.kept(try child())
    }
    #expect(Set(kept[0]).isDisjoint(with: kept[1]) && kept[0].allSatisfy { $0.count == 48 })
    #expect(try #require(authorities.devon.keys.matching.first).key.kept(try child()) == kept[0])
  }

  @Test("An answer of another key, a changed one and one too few are refused")
  func unproven() throws {
    let question = try BlindQuestion(try child())
    let asked = try BlindQuestion.Asked(question.encoded)
    let (devon, day) = (authorities.devon.keys, authorities.day)
    func refusal(_ elements: [Data]) -> AlertError? {
      do {
        _ = try question.compared(elements, from: devon.authority, authorities.directory, on: day)
        return nil
      } catch { return error }
    }
    let answer = try #require(devon.matching.first).key.evaluate(asked)
    #expect(refusal(answer) == nil)
    #expect(refusal(try #require(authorities.kent.keys.matching.first).key.evaluate(asked)) == .unproven)
    #expect(refusal(answer.reversed()) == .unproven)
    #expect(refusal([answer[0]]) == .malformed)
    for index in stride(from: 0, to: answer[0].count, by: 7) {
      var changed = answer
      changed[0][index] ^= 1
      #expect(refusal(changed) == .unproven, "byte \(index)")
    }
    #expect(refusal(Array(repeating: Data(), count: BlindQuestion.count)) == .unproven)
  }

  @Test("What is no question is refused")
  func malformed() throws {
    for bytes in [Data(), Data(count: BlindQuestion.bytes - 1), Data(count: BlindQuestion.bytes + 1)] {
      #expect(throws: AlertError.malformed) { try BlindQuestion.Asked(bytes) }
    }
    let zeros = try BlindQuestion.Asked(Data(count: BlindQuestion.bytes))
    let key = try #require(authorities.devon.keys.matching.first).key
    #expect(throws: AlertError.malformed) { try key.evaluate(zeros) }
  }

  @Test("What is published of a question holds nothing of the child")
  func canaries() throws {
    let published = try ask(try child("Canaryna", "Wrenfield", upn: true), authorities.devon, knowing: []).published
    for envelope in published {
      for canary in ["canaryna", "wrenfield", "Canaryna", "upn|", "name|"] {
        #expect(envelope.firstRange(of: Data(canary.utf8)) == nil)
      }
    }
  }
}
