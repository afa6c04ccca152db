/// Why a store cannot be used. Texts hold names and numbers, never a row's content.
public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another process has the store open.
  case inUse(path: String)
  /// The lock file cannot be made or locked.
  case lockFailed(path: String, errno: Int32)
  /// The file belongs to another service or authority.
  case otherOwner(expected: String, found: String)
  /// The file was written by a newer release.
  case newerThanProgram
  /// A migration that has been applied is not what it was.
  case migrationChanged(name: String)
  /// SQLite does not run with the guarantee that the suite stands on.
  case unsafeSetting(name: String, expected: String, found: String)
  /// Another process took the store over; this one may not write any more.
  case superseded
  /// The system does not let the file be written or read now; trying again later makes sense.
  case unavailable(Trouble)
  /// As many snapshots as there may be are being read.
  case tooManySnapshots
  /// The snapshot ended: it was not read from for too long, or was kept for too long.
  case snapshotEnded

  public var description: String {
    switch self {
    case .inUse(let path): "another process has the store open: \(path)"
    case .lockFailed(let path, let errno): "the store's lock cannot be taken (error \(errno)): \(path)"
    case .otherOwner(let expected, let found): "the store belongs to \(found), not to \(expected)"
    case .newerThanProgram: "the store was written by a newer release of this program"
    case .migrationChanged(let name): "the applied migration \(name) is not the released one"
    case .unsafeSetting(let name, let expected, let found):
      "SQLite's \(name) is \(found) and must be \(expected)"
    case .superseded: "another process took the store over"
    case .unavailable(let trouble): "the store cannot be used now: \(trouble.rawValue)"
    case .tooManySnapshots: "too many snapshots of the store are being read"
    case .snapshotEnded: "the snapshot was read too slowly and has ended"
    }
  }
}
