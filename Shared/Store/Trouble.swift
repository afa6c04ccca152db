public import GRDB

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Why the system does not let a store be used; none of it is the program's or the caller's fault, and all of it passes
/// once somebody makes room.
public enum Trouble: String, Hashable, Sendable {
  case diskFull = "disk-full"
  case diskFails = "disk-fails"
  /// No further file can be opened: the process or the system has as many as it may.
  case cannotOpen = "cannot-open-files"

  /// `nil` when the error is another.
  public init?(_ error: DatabaseError) {
    switch error.resultCode {
    case .SQLITE_FULL: self = .diskFull
    case .SQLITE_IOERR: self = .diskFails
    case .SQLITE_CANTOPEN: self = .cannotOpen
    default: return nil
    }
  }
}

/// What a disk has.
enum FileSpace {
  /// A file's size, bytes; 0 when there is none.
  static func size(_ path: String) -> Int64 {
    var found = stat()
    return stat(path, &found) == 0 ? Int64(found.st_size) : 0
  }

  /// What is free for this process, bytes.
  static func free(at path: String) -> Int64? {
    var found = statvfs()
    return statvfs(path, &found) == 0 ? Int64(found.f_bavail) * Int64(found.f_frsize) : nil
  }
}
