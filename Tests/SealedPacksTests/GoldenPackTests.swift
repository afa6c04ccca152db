import Foundation
import Testing

@testable import SealedPacks

/// A pack as the first release made it: whatever is changed since, it is verified, and made again byte for byte. It is never
/// edited.
@Suite("A pack of the first release")
struct GoldenPackTests {
  private static let file = """
    UEsDBBQAAAAAAAAAIQBVg0InrwIAAK8CAAANAAAAbWFuaWZlc3QuanNvbnsiYXV0aG9yaXR5IjoiODgwIiwiZGF5IjoiMjAyNi0xMS0zMCIsIm
    Zvcm1hdCI6InVrLmV2ZXJ5c2Nob29sZGF5LmNvdXJ0LXBhY2suMSIsImtleSI6InZhSlB0ZWYtdlBuR0FJV0UxOXFsTVBEWVdHYUVSM3plZUpN
    XzNyMVdPN0UiLCJudW1iZXIiOiI4ODAtQ1AtMjYyNy0wMDAwMDEtWCIsInBhcnRzIjpbeyJieXRlcyI6MTksImRvY3VtZW50IjoiZXhoaWJpdC
    IsIm1lZGlhVHlwZSI6InRleHQvY3N2IiwibmFtZSI6IjAxLWluZm9ybWF0aW9uLnBkZiIsInNoYTI1NiI6IjczM2E5ZmUxMWRlMTRjMGU5OGYw
    NjQyZWM2ZmI3MmJiYmYwNDQ4NGRhMDEzYTExNzZkNjI1ZTJlZjUyODI0NWQifSx7ImJ5dGVzIjoxOSwiZG9jdW1lbnQiOiJleGhpYml0IiwibW
    VkaWFUeXBlIjoidGV4dC9jc3YiLCJuYW1lIjoiMDItcmVnaXN0ZXIuY3N2Iiwic2hhMjU2IjoiY2M1OTExYzRiOTY0ZTMyNmVkZGJlMDgwYTZm
    ZTgwMmE5ZTFhODU0NjljZTgxYzBiOTM0NjdjMjk4ZjEzMjRkZSJ9LHsiYnl0ZXMiOjE0LCJkb2N1bWVudCI6ImV4aGliaXQiLCJtZWRpYVR5cG
    UiOiJ0ZXh0L2NzdiIsIm5hbWUiOiIwMy1sZXR0ZXIuaHRtbCIsInNoYTI1NiI6IjAzZDg4YmY2MmZhMTIyY2VlMDlhODYwNjVjYmE5MGQ2OWU4
    ZWE0MGJjMzNmMGM2ZDg4MTg3NTdiNTI5NWVlMWEifV0sInJvdXRlIjoiczQ0NC0xIiwic2lnbmVyIjoidS1sYXd5ZXIifVBLAwQUAAAAAAAAAC
    EAMq35fEAAAABAAAAADAAAAG1hbmlmZXN0LnNpZ0q+kEvrCnOYrhyeb/Yx/pFkazxCf89YQv1IRvCv+bbRQpI6JcyU5j9hYEpJdMeEKoMB0RVf
    dFxUlXZHvVU1RgtQSwMEFAAAAAAAAAAhADB0exETAAAAEwAAABIAAAAwMS1pbmZvcm1hdGlvbi5wZGZNYWRlLXVwIGluZm9ybWF0aW9uUEsDBB
    QAAAAAAAAAIQB4dVIhEwAAABMAAAAPAAAAMDItcmVnaXN0ZXIuY3N2ZGF0ZSxzZXNzaW9uLGNvZGUNClBLAwQUAAAAAAAAACEAqRc7pw4AAAAO
    AAAADgAAADAzLWxldHRlci5odG1sPHA+TWFkZSB1cDwvcD5QSwECFAAUAAAAAAAAACEAVYNCJ68CAACvAgAADQAAAAAAAAAAAAAAAAAAAAAAbW
    FuaWZlc3QuanNvblBLAQIUABQAAAAAAAAAIQAyrfl8QAAAAEAAAAAMAAAAAAAAAAAAAAAAANoCAABtYW5pZmVzdC5zaWdQSwECFAAUAAAAAAAA
    ACEAMHR7ERMAAAATAAAAEgAAAAAAAAAAAAAAAABEAwAAMDEtaW5mb3JtYXRpb24ucGRmUEsBAhQAFAAAAAAAAAAhAHh1UiETAAAAEwAAAA8AAA
    AAAAAAAAAAAAAAhwMAADAyLXJlZ2lzdGVyLmNzdlBLAQIUABQAAAAAAAAAIQCpFzunDgAAAA4AAAAOAAAAAAAAAAAAAAAAAMcDAAAwMy1sZXR0
    ZXIuaHRtbFBLBQYAAAAABQAFAC4BAAABBAAAAAA=
    """

  private static let keys = """
    {"keys":[{"alg":"EdDSA",
    "crv":"Ed25519",
    "firstDay":"2026-09-01",
    "kid":"vaJPtef-vPnGAIWE19qlMPDYWGaER3zeeJM_3r1WO7E",
    "kty":"OKP",
    "use":"sig",
    "x":"0EqyMnQrtKs6E2i9RhXk5tAiSrcaAWuvhSCjMsl3hzc"}]}
    """

  @Test("It is sound, and the same manifest, signature and parts give the same file")
  func golden() throws {
    let file = try #require(Data(base64Encoded: Self.file, options: .ignoreUnknownCharacters))
    let keys = try #require(PackKeySet(json: Data(Self.keys.utf8)))
    let verdict = PackVerifier(keys).verify(PackBytes(file))
    #expect(verdict.faults == [])
    let manifest = try #require(verdict.manifest)
    #expect(manifest.number == "880-CP-2627-000001-X" && manifest.parts.map(\.name) == MadeUpSeal.parts.map(\.name))
    let signature = try #require(PackScan(PackBytes(file)).entries.dropFirst().first)
    let again = SealedPack.file(
      manifest: try manifest.canonical(),
      signature: Data(PackBytes(file).read(at: signature.start, count: signature.bytes)), parts: MadeUpSeal.parts)
    #expect(again == file)
  }
}
