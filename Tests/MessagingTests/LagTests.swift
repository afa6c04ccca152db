import MessagingMachines
import Testing

@Suite("How far a reader is behind") struct LagTests {
  @Test func isNothingAtTheEnd() {
    var lag = Lag()
    #expect(lag.events(next: 0) == nil, "nobody has looked yet")
    lag.look(end: 10, next: 10, at: 1)
    #expect(lag.events(next: 10) == 0 && lag.seconds(next: 10, now: 100) == 0)
  }

  @Test func countsFromTheFirstLookBeyondTheReader() {
    var lag = Lag()
    lag.look(end: 10, next: 10, at: 0)
    lag.look(end: 15, next: 10, at: 4)
    lag.look(end: 15, next: 10, at: 8)
    lag.look(end: 20, next: 12, at: 12)
    #expect(lag.events(next: 12) == 8)
    #expect(lag.seconds(next: 12, now: 14) == 10, "15 was seen at 4")
    #expect(lag.seconds(next: 15, now: 14) == 2, "20 was seen at 12")
    #expect(lag.seconds(next: 20, now: 14) == 0)
  }

  @Test func keepsTheOldestLookHoweverManyThereAre() {
    var lag = Lag()
    for look in 1...20_000 { lag.look(end: Int64(look), next: 0, at: Double(look)) }
    #expect(lag.seconds(next: 0, now: 20_001) == 20_000)
    #expect(lag.seconds(next: 19_900, now: 20_001) < 200, "later places are known well enough")
  }

  @Test func beginsAnewWithAnotherLog() {
    var lag = Lag()
    lag.look(end: 100, next: 50, at: 0)
    lag.look(end: 60, next: 50, at: 90)
    #expect(lag.events(next: 50) == 10 && lag.seconds(next: 50, now: 100) == 10)
  }
}
