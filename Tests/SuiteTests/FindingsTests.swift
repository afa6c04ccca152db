import SuiteDomain
import Testing

@Suite("Comparing what was sent with what is there")
struct FindingsTests {
  @Test(
    "sequences: what is missing is lost, what is twice doubled, what comes late reordered",
    arguments: [
      ([1, 2, 3], 3, 0, 0, 0), ([1, 3], 3, 1, 0, 0), ([1, 2, 2, 3], 3, 0, 1, 0), ([1, 3, 2], 3, 0, 0, 1),
      ([], 0, 0, 0, 0), ([], 2, 2, 0, 0), ([1, 2, 3], 2, 0, 1, 0), ([2, 1, 2, 4], 5, 2, 1, 1),
    ] as [([Int64], Int64, Int, Int, Int)])
  func sequences(_ sequences: [Int64], _ last: Int64, _ lost: Int, _ doubled: Int, _ reordered: Int) {
    var findings = Findings()
    findings.compare(sequences: sequences, upTo: last, "reader")
    #expect([findings.lost, findings.doubled, findings.reordered] == [lost, doubled, reordered])
    #expect(findings.isClean == findings.differences.isEmpty)
  }

  @Test("values: a missing or different one is lost, one too many doubled")
  func values() {
    var findings = Findings()
    findings.compare(expected: ["a": 1, "b": 2, "c": 3], actual: ["a": 1, "b": 9, "d": 4], "values")
    #expect([findings.lost, findings.doubled, findings.reordered] == [2, 1, 0])
    #expect(findings.differences.count == 3)
  }

  @Test("counts: fewer is loss, more is doubling")
  func counts() {
    var findings = Findings()
    findings.compare(expected: 5, actual: 3, "fewer")
    findings.compare(expected: 5, actual: 9, "more")
    findings.compare(expected: 5, actual: 5, "same")
    #expect([findings.lost, findings.doubled] == [2, 4])
  }

  @Test("arrivals: repeated is not doubled, late is reordered, absent is lost, unknown is doubled")
  func arrivals() {
    var findings = Findings()
    findings.compare(order: ["a", "b", "c", "d"], arrivals: ["a", "a", "c", "b", "a", "x"], "webhooks")
    #expect([findings.lost, findings.doubled, findings.reordered] == [1, 1, 1])
  }
}
