import Rulebook
import Search
import Testing

@testable import RegistersDomain

@Suite struct PupilNumbersTests {
  /// A permanent number, and the temporary one of the same school.
  private static let temporary: UPN = {
    let body = "88012300000A"
    return try! UPN(String(UnicodeScalar(UPN.checkLetter(of: Array(body.utf8))!)) + body)
  }()

  @Test func knowsTemporaryNumbers() {
    #expect(Self.temporary.isTemporary && !MadeUp.upn(1).isTemporary)
  }

  @Test func choosesTheNumber() {
    let (one, two, three, temporary) = (MadeUp.upn(1), MadeUp.upn(2), MadeUp.upn(3), Self.temporary)
    let table: [(current: UPN, sent: UPN, before: Bool, former: UPN?, now: UPN, kept: Set<UPN>)] = [
      (one, one, false, nil, one, []), (one, one, false, two, one, [two]), (one, one, false, one, one, []),
      (one, two, false, one, two, [one]), (one, two, false, three, two, [one, three]),
      (one, two, true, nil, one, [two]), (temporary, one, false, temporary, one, [temporary]),
      (one, temporary, false, one, one, [temporary]),
    ]
    for (place, row) in table.enumerated() {
      let numbers = PupilMatching.numbers(
        current: row.current, sent: row.sent, sentBefore: row.before, formerSent: row.former)
      #expect(numbers.current == row.now && numbers.former == row.kept, "row \(place)")
    }
  }

  /// A former number leads to the child's own entries, and never to another child's.
  @Test func rollsFindFormerNumbers() {
    let early = RollEntry(
      registration: 1, pupil: MadeUp.pupil(1), upn: MadeUp.upn(1), alsoKnownAs: [MadeUp.upn(8), MadeUp.upn(2)],
      dateOfBirth: MadeUp.dateOfBirth, enrolledOn: MadeUp.day("2024-09-02"), leftOn: MadeUp.day("2025-01-10"))
    let late = RollEntry(
      registration: 2, pupil: MadeUp.pupil(1), upn: MadeUp.upn(1), alsoKnownAs: [MadeUp.upn(8), MadeUp.upn(2)],
      dateOfBirth: MadeUp.dateOfBirth, enrolledOn: MadeUp.day("2026-09-02"), leftOn: nil)
    let roll = Roll([early, late, MadeUp.entry(2)])
    func found(_ number: Int, _ day: String) -> Int? {
      roll.position(of: UPNKey(MadeUp.upn(number)), on: MadeUp.day(day))
    }
    #expect(found(1, "2026-09-07") == 1 && found(8, "2026-09-07") == 1)
    #expect(found(1, "2024-10-01") == 0 && found(8, "2024-10-01") == 0)
    #expect(found(2, "2026-09-07") == 2, "the number is that child's own")
    #expect(found(9, "2026-09-07") == nil)
  }
}
