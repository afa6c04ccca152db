import Crypto
import Foundation
import Store

/// Something that a pack is read from, piece by piece.
public protocol PackSource {
  /// How many bytes there are.
  var count: Int { get }
  /// The bytes from a place on; fewer than asked for only where the source ends or fails.
  func read(at offset: Int, count: Int) -> [UInt8]
}

/// What a verification found.
public struct PackVerdict: Hashable, Sendable {
  /// The manifest, once a published key has vouched for it.
  public let manifest: SealedManifest?
  /// Everything that does not match; empty for a sound pack.
  public let faults: [PackFault]
  /// That the key was revoked, and the manifest's day is before the one from which what it signed is not relied on. Who
  /// has a stolen key can write any day: the pack is as good as what else shows that it was there before (CP-5).
  public let revocation: PackKey.Revocation?

  init(manifest: SealedManifest?, faults: [PackFault], revocation: PackKey.Revocation? = nil) {
    (self.manifest, self.faults, self.revocation) = (manifest, faults, revocation)
  }

  public var isSound: Bool { manifest != nil && faults.isEmpty }
  /// Whether nothing else has to show when the pack was signed.
  public var standsAlone: Bool { isSound && revocation?.reason != .compromised }
}

/// Verifies sealed packs, with nothing but the file and the published keys.
///
/// A file is sound when it is, byte for byte, what ``SealedPack/file(manifest:signature:parts:)`` makes of a manifest
/// that a published key signed and of parts with the digests in it. A hostile file costs one reading of at most
/// ``SealedPack/mostBytes`` and memory for a manifest.
public struct PackVerifier: Sendable {
  private static let chunkBytes = 64 << 10

  private let keys: PackKeySet

  public init(_ keys: PackKeySet) { self.keys = keys }

  /// Verifies a file.
  public func verify(path: String) -> PackVerdict {
    do throws(PackFault) { return verify(try PackFile(path: path)) } catch {
      return .init(manifest: nil, faults: [error])
    }
  }

  public func verify(_ source: some PackSource) -> PackVerdict {
    guard source.count <= SealedPack.mostBytes else { return .init(manifest: nil, faults: [.tooLarge]) }
    let scan = PackScan(source)
    let broken = scan.fault.map { [$0] } ?? []
    guard let data = own(SealedPack.manifestName, 0, scan, source, upTo: SealedManifest.mostBytes),
      let signature = own(SealedPack.signatureName, 1, scan, source, upTo: SealedPack.signatureBytes)
    else { return .init(manifest: nil, faults: [.noManifest] + broken) }
    let manifest = SealedManifest(canonical: data)
    guard let key = keys.signer(of: data, signature) else {
      let isUnknown = manifest.map { manifest in !keys.keys.contains { $0.id == manifest.key } } ?? false
      return .init(manifest: nil, faults: isUnknown ? [.unknownKey(manifest?.key ?? "")] : [.notSigned])
    }
    guard let manifest else { return .init(manifest: nil, faults: [.unknownFormat]) }
    let isInUse =
      key.id == manifest.key && key.firstDay <= manifest.day && key.lastDay.map { manifest.day <= $0 } ?? true
    let isDoubted = key.revocation.map { $0.from <= manifest.day } ?? false
    let faults =
      (isInUse ? [] : [.keyNotInUse(manifest.key, on: manifest.day)])
      + (isDoubted ? key.revocation.map { [PackFault.keyRevoked(key.id, $0)] } ?? [] : []) + broken
    return .init(
      manifest: manifest, faults: faults + names(scan, manifest) + contents(scan, manifest, source),
      revocation: key.revocation)
  }

  /// A file of the pack's own, where it must be.
  private func own(
    _ name: String, _ place: Int, _ scan: PackScan, _ source: some PackSource, upTo limit: Int
  ) -> Data? {
    guard place < scan.entries.count, scan.entries[place].name == name, scan.entries[place].bytes <= limit else {
      return nil
    }
    return Data(source.read(at: scan.entries[place].start, count: scan.entries[place].bytes))
  }

  /// Which parts are there and which should be.
  private func names(_ scan: PackScan, _ manifest: SealedManifest) -> [PackFault] {
    let (found, stated) = (scan.entries.dropFirst(2).map(\.name), manifest.parts.map(\.name))
    let (foundSet, statedSet) = (Set(found), Set(stated))
    // What lies behind a break cannot be seen, and is not called missing.
    let missing = scan.fault == nil ? stated.filter { !foundSet.contains($0) } : []
    var seen: Set<String> = [SealedPack.manifestName, SealedPack.signatureName]
    let repeated = found.filter { !seen.insert($0).inserted }
    let added = found.filter { !statedSet.contains($0) && !repeated.contains($0) }
    let faults = missing.map(PackFault.missing) + added.map(PackFault.added) + repeated.map(PackFault.repeated)
    guard faults.isEmpty else { return faults }
    return zip(found, stated).enumerated().first { $1.0 != $1.1 }.map {
      [.order(place: $0 + 1, found: $1.0, stated: $1.1)]
    } ?? []
  }

  /// What the parts hold, and every byte around them.
  private func contents(
    _ scan: PackScan, _ manifest: SealedManifest, _ source: some PackSource
  ) -> [PackFault] {
    var faults: [PackFault] = []
    var entries: [PackZip.Entry] = []
    let stated = Dictionary(uniqueKeysWithValues: manifest.parts.map { ($0.name, $0) })
    for found in scan.entries {
      let (crc, digest) = sums(of: found, source)
      let entry = PackZip.Entry(name: found.name, bytes: found.bytes, crc: crc, offset: found.offset)
      entries.append(entry)
      let header = PackZip.localHeader(entry)
      if source.read(at: found.offset, count: header.count) != header { faults.append(.header(found.name)) }
      guard let part = stated[found.name] else { continue }
      if part.bytes != found.bytes {
        faults.append(.length(part.name, stated: part.bytes, found: found.bytes))
      } else if part.sha256 != digest {
        faults.append(.digest(part.name))
      }
    }
    return faults + (scan.fault == nil ? end(scan, entries, source) : [])
  }

  private func sums(of found: PackScan.Found, _ source: some PackSource) -> (crc: UInt32, digest: String) {
    var (checksum, digest) = (PackZip.Checksum(), SHA256())
    var offset = found.start
    while offset < found.start + found.bytes {
      let bytes = source.read(at: offset, count: min(Self.chunkBytes, found.start + found.bytes - offset))
      guard !bytes.isEmpty else { break }
      checksum.add(bytes)
      digest.update(data: bytes)
      offset += bytes.count
    }
    return (checksum.value, Data(digest.finalize()).hex)
  }

  private func end(_ scan: PackScan, _ entries: [PackZip.Entry], _ source: some PackSource) -> [PackFault] {
    let stated = PackZip.directory(entries, at: scan.end)
    let found = source.read(at: scan.end, count: stated.count)
    if let place = zip(stated, found).enumerated().first(where: { $1.0 != $1.1 })?.offset {
      return [.directory(at: scan.end + place)]
    }
    if found.count < stated.count { return [.truncated(at: source.count, part: nil)] }
    let after = scan.end + stated.count
    return after < source.count ? [.trailing(at: after)] : []
  }
}
