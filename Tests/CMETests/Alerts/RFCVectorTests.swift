import Crypto
import Foundation
import Store
import Testing

@testable import SealedAlerts

/// The examples of the standards against the code that is used.
@Suite("Test vectors of RFC 9180 and RFC 9497") struct RFCVectorTests {
  private static func bytes(_ text: String) throws -> Data { try #require(Data(digits: text[...])) }

  @Test("RFC 9180 A.2.1: what another program sealed in base mode opens here")
  func hpke() throws {
    let sealed = [
      (
        "436f756e742d30",
        "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"
      ),
      (
        "436f756e742d31",
        "6b53c051e4199c518de79594e1c4ab18b96f081549d45ce015be002090bb119e85285337cc95ba5f59992dc98c"
      ),
    ]
    var recipient = try HPKE.Recipient(
      privateKey: Curve25519.KeyAgreement.PrivateKey(
        rawRepresentation: try Self.bytes("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb")),
      ciphersuite: AlertPost.suite, info: try Self.bytes("4f6465206f6e2061204772656369616e2055726e"),
      encapsulatedKey: try Self.bytes("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"))
    for (additional, text) in sealed {
      let opened = try recipient.open(try Self.bytes(text), authenticating: try Self.bytes(additional))
      #expect(String(decoding: opened, as: UTF8.self) == "Beauty is truth, truth beauty")
    }
  }

  @Test("RFC 9497 A.4.2, P384-SHA384, verifiable: key, outputs, and an answer with its proof")
  func voprf() throws {
    let key = try MatchKey(
      try Self.bytes("051646b9e6e7a71ae27c1e1d0b87b4381db6d3595eeeb1adb41579adbf992f4278f9016eafc944edaa2b43183581779d")
    )
    #expect(
      key.publicBytes.hex
        == "031d689686c611991b55f1a1d8f4305ccd6cb719446f660a30db61b7aa87b46acf59b7c0d4a9077b3da21c25dd482229a0")
    let outputs = try key.output(of: [Data([0]), Data(repeating: 0x5a, count: 17)]).map(\.hex)
    #expect(
      outputs == [
        "3333230886b562ffb8329a8be08fea8025755372817ec969d114d1203d026b4a622beab60220bf19078bca35a529b35c",
        "b91c70ea3d4d62ba922eb8a7d03809a441e1c3c7af915cbc2226f485213e895942cd0f8580e6d99f82221e66c40d274f",
      ])
    // What the standard's client blinded is evaluated to the standard's element; the proof's random number is ours.
    let blinded = [
      "02d338c05cbecb82de13d6700f09cb61190543a7b7e2c6cd4fca56887e564ea82653b27fdad383995ea6d02cf26d0e24d9",
      "02f27469e059886f221be5f2cca03d2bdc61e55221721c3b3e56fc012e36d31ae5f8dc058109591556a6dbd3a8c69c433b",
    ]
    let question = Data(repeating: 7, count: 16) + (try (blinded + blinded).map(Self.bytes).reduce(Data(), +))
    let answers = try key.evaluate(try BlindQuestion.Asked(question))
    #expect(
      answers.prefix(2).map { $0.prefix(49).hex } == [
        "02a7bba589b3e8672aa19e8fd258de2e6aae20101c8d761246de97a6b5ee9cf105febce4327a326255a3c604f63f600ef6",
        "03f16f903947035400e96b7f531a38d4a07ac89a80f89d86a1bf089c525a92c7f4733729ca30c56ce78b1ab4f7d92db8b4",
      ])
  }
}
