public import Rulebook

/// Why a file is not the pack that was signed: exactly what does not match.
public enum PackFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file cannot be read.
  case unreadable
  /// The file is larger than any pack.
  case tooLarge
  /// It ends before it should.
  ///
  /// - Parameter part: the part in which it ends; `nil` between parts.
  case truncated(at: Int, part: String?)
  /// At this byte there is neither a part nor the directory.
  case malformed(at: Int)
  /// It does not begin with a manifest and its signature.
  case noManifest
  /// None of the published keys signed the manifest as it is.
  case notSigned
  /// The manifest names a key that is not among the published ones.
  case unknownKey(String)
  /// The key did not sign on the manifest's day.
  case keyNotInUse(String, on: Day)
  /// The key was revoked, and the manifest's day is one from which what it signed is not relied on.
  case keyRevoked(String, PackKey.Revocation)
  /// The manifest was signed and is not one of this format.
  case unknownFormat
  case missing(String)
  case added(String)
  case repeated(String)
  /// The part at a place, from 1, should be another.
  case order(place: Int, found: String, stated: String)
  case length(String, stated: Int, found: Int)
  case digest(String)
  /// The part's own bytes are right and those around it are not.
  case header(String)
  /// The directory at the end differs, from this byte on.
  case directory(at: Int)
  /// There are bytes behind the end.
  case trailing(at: Int)

  public var description: String {
    switch self {
    case .unreadable: "The file cannot be read."
    case .tooLarge: "The file is larger than \(SealedPack.mostBytes) bytes and no court pack."
    case .truncated(let place, let part?): "The file ends at byte \(place), inside \(part)."
    case .truncated(let place, nil): "The file ends at byte \(place), before the end of the pack."
    case .malformed(let place): "At byte \(place) there is neither a part nor the directory of the pack."
    case .noManifest: "The file does not begin with \(SealedPack.manifestName) and \(SealedPack.signatureName)."
    case .notSigned: "\(SealedPack.manifestName) is not what the published keys signed."
    case .unknownKey(let key): "\(SealedPack.manifestName) names the key \(key), which is not among the published keys."
    case .keyNotInUse(let key, let day): "The key \(key) did not sign on \(day.iso)."
    case .keyRevoked(let key, let revocation):
      "Signed by the key \(key), which was revoked on \(revocation.on.iso): nothing that it signed from "
        + "\(revocation.from.iso) on is relied on."
    case .unknownFormat: "\(SealedPack.manifestName) is signed and not of the format \(SealedManifest.format)."
    case .missing(let name): "\(name) is missing."
    case .added(let name): "\(name) is not part of the pack."
    case .repeated(let name): "\(name) is there more than once."
    case .order(let place, let found, let stated): "Part \(place) is \(found) and should be \(stated)."
    case .length(let name, let stated, let found): "\(name) has \(found) bytes and should have \(stated)."
    case .digest(let name): "\(name) was changed: its SHA-256 is not that of the manifest."
    case .header(let name): "The header of \(name) was changed."
    case .directory(let place): "The directory at the end was changed, from byte \(place) on."
    case .trailing(let place): "There are bytes behind the end of the pack, from byte \(place) on."
    }
  }
}
