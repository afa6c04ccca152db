import Foundation
import NotifierDomain
import Testing

/// When a message is tried again.
@Suite struct RetryTests {
  @Test func theStandardsTenAttempts() {
    let schedule = RetrySchedule.standard
    #expect(schedule.pausesSeconds == [0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400])
    let total: Int64 = schedule.pausesSeconds.reduce(0, +)
    #expect(total == 272_105, "75 hours, 35 minutes and 5 seconds")
    for failures in 1..<10 {
      let pause = schedule.pausesSeconds[failures] * 1000
      for seed in 0..<200 as Range<UInt64> {
        let actual = schedule.pauseMillis(afterFailures: failures, retryAfterMillis: nil, seed: seed)
        #expect(actual.map { (pause * 9 / 10...pause * 11 / 10).contains($0) } == true)
      }
    }
    #expect(schedule.pauseMillis(afterFailures: 10, retryAfterMillis: nil, seed: 1) == nil)
  }

  @Test func jitterComesFromTheSeedAndSpreads() {
    func pause(_ seed: UInt64) -> Int64? {
      RetrySchedule.standard.pauseMillis(afterFailures: 2, retryAfterMillis: nil, seed: seed)
    }
    #expect(pause(7) == pause(7))
    #expect(Set((0..<100 as Range<UInt64>).map(pause)).count > 90)
  }

  @Test func retryAfterLengthensAPauseUpToTheLimit() {
    func pause(_ asked: Int64) -> Int64? {
      RetrySchedule.standard.pauseMillis(afterFailures: 1, retryAfterMillis: asked, seed: 3)
    }
    #expect(pause(60_000) == 60_000)
    #expect(pause(1) == pause(0))
    #expect(pause(.max) == 86_400_000)
  }

  static let now = Date(timeIntervalSince1970: 1_795_000_000)

  static let answers: [(Int, String?, Outcome)] = [
    (200, nil, .accepted), (204, "60", .accepted), (299, nil, .accepted),
    (410, nil, .gone), (410, "60", .gone),
    (301, nil, .failed(.status(301), retryAfterMillis: nil)), (199, nil, .failed(.status(199), retryAfterMillis: nil)),
    (400, nil, .failed(.status(400), retryAfterMillis: nil)), (404, nil, .failed(.status(404), retryAfterMillis: nil)),
    (429, "120", .failed(.status(429), retryAfterMillis: 120_000)),
    (503, " 5 ", .failed(.status(503), retryAfterMillis: 5_000)),
    (503, "0", .failed(.status(503), retryAfterMillis: 0)),
    (503, "-5", .failed(.status(503), retryAfterMillis: nil)),
    (503, "soon", .failed(.status(503), retryAfterMillis: nil)),
    (503, "", .failed(.status(503), retryAfterMillis: nil)),
    (503, "99999999999999999999", .failed(.status(503), retryAfterMillis: nil)),
    (503, "Wed, 18 Nov 2026 11:35:00 GMT", .failed(.status(503), retryAfterMillis: 1_700_000)),
    (503, "Wed, 18 Nov 2020 11:35:00 GMT", .failed(.status(503), retryAfterMillis: 0)),
    (503, String(repeating: "1", count: 4096), .failed(.status(503), retryAfterMillis: nil)),
  ]

  @Test(arguments: answers.indices)
  func anAnswerIsJudged(index: Int) {
    let (status, retryAfter, expected) = Self.answers[index]
    #expect(Outcome(status: status, retryAfter: retryAfter, now: Self.now) == expected)
  }
}
