#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Who may use a file.
public enum FileMode {
  /// The permission bits of a file; `nil` when there is none.
  public static func read(_ path: String) -> UInt32? {
    var found = stat()
    return stat(path, &found) == 0 ? UInt32(found.st_mode) & 0o7777 : nil
  }

  /// Takes from group and others what they may do with a file.
  ///
  /// - Returns: whether they could do anything; `false` too when there is no file.
  @discardableResult
  public static func close(_ path: String) -> Bool {
    guard let mode = read(path), mode & 0o077 != 0 else { return false }
    return chmod(path, mode_t(mode & ~0o077)) == 0
  }
}
