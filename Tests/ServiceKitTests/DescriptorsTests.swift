import Testing

@testable import ServiceKit

@Suite("Descriptors") struct DescriptorsTests {
  @Test(
    "are short when less than a tenth is left, and never fewer than sixteen",
    arguments: [
      (0, 1_024, false), (922, 1_024, false), (923, 1_024, true), (1_024, 1_024, true), (48, 64, false), (49, 64, true),
      (1_000, 0, false),
    ])
  func short(open: Int, most: Int, areShort: Bool) {
    #expect(Descriptors(open: open, most: most).areShort == areShort)
  }

  @Test("are counted")
  func counted() {
    let now = Descriptors.now
    #expect(now.open >= 3 && now.open <= now.most)
  }
}
