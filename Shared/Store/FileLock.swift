import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An exclusive lock on a file, held until the process ends or the value is released.
final class FileLock: Sendable {
  private let descriptor: FileDescriptor

  /// - Throws: ``StoreError/inUse(path:)`` when another process holds it.
  init(path: String) throws(StoreError) {
    do {
      descriptor = try FileDescriptor.open(
        FilePath(path), .readWrite, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
    } catch {
      throw .lockFailed(path: path, errno: (error as? Errno)?.rawValue ?? 0)
    }
    guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      try? descriptor.close()
      if code == EWOULDBLOCK { throw .inUse(path: path) }
      throw .lockFailed(path: path, errno: code)
    }
  }

  deinit { try? descriptor.close() }
}
