import Crypto
public import Foundation
import Store

/// A sealed pack: one file that can be verified years later with nothing but itself and a published key.
///
/// The file is a ZIP without compression: `manifest.json`, its Ed25519 signature `manifest.sig` (64 bytes), and the
/// parts in the manifest's order. The same manifest, signature and parts give the same bytes. Anybody can check one
/// without this program: `openssl pkeyutl -verify -rawin` for the signature, `sha256sum` for the parts.
public enum SealedPack {
  public static let manifestName = "manifest.json"
  public static let signatureName = "manifest.sig"
  public static let mediaType = "application/zip"
  /// The most parts.
  public static let mostParts = 110
  /// The largest file, bytes.
  public static let mostBytes = 32 << 20
  static let signatureBytes = 64

  /// Whether a part may have the name.
  public static func isPartName(_ name: String) -> Bool {
    let bytes = name.utf8
    return (1...80).contains(bytes.count) && bytes.allSatisfy { isLetterOrDigit($0) || $0 == dot || $0 == hyphen }
      && bytes.first.map(isLetterOrDigit) == true && name != manifestName && name != signatureName
  }

  private static let (dot, hyphen) = (UInt8(ascii: "."), UInt8(ascii: "-"))

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// A part as the manifest has it.
  public static func part(
    _ name: String, document: String, mediaType: String, _ bytes: Data
  ) -> SealedManifest.Part {
    .init(
      name: name, document: document, mediaType: mediaType, bytes: bytes.count,
      sha256: Data(SHA256.hash(data: bytes)).hex)
  }

  /// The file.
  ///
  /// - Parameters:
  ///   - manifest: ``SealedManifest/canonical()``.
  ///   - signature: of the manifest.
  ///   - parts: by name, in the manifest's order.
  public static func file(manifest: Data, signature: Data, parts: [(name: String, bytes: Data)]) -> Data {
    var file = Data()
    var entries: [PackZip.Entry] = []
    for (name, bytes) in [(name: manifestName, bytes: manifest), (name: signatureName, bytes: signature)] + parts {
      var checksum = PackZip.Checksum()
      checksum.add(bytes)
      let entry = PackZip.Entry(name: name, bytes: bytes.count, crc: checksum.value, offset: file.count)
      file.append(contentsOf: PackZip.localHeader(entry))
      file.append(bytes)
      entries.append(entry)
    }
    file.append(contentsOf: PackZip.directory(entries, at: file.count))
    return file
  }
}
