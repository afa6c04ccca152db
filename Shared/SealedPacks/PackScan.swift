import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The files in a container in the order in which they lie there, found by going from header to header.
struct PackScan {
  /// One of them. Nothing is known of what it holds.
  struct Found: Hashable {
    let name: String
    /// Where its header begins.
    let offset: Int
    /// Where its bytes begin, and how many there are.
    let start, bytes: Int
  }

  private(set) var entries: [Found] = []
  /// Where the directory should begin.
  private(set) var end = 0
  /// Why it could not go on to the directory.
  private(set) var fault: PackFault?

  init(_ source: some PackSource) {
    while fault == nil, next(source) {}
  }

  /// - Returns: whether there may be another.
  private mutating func next(_ source: some PackSource) -> Bool {
    let header = source.read(at: end, count: PackZip.localHeaderBytes)
    guard header.count >= 4 else { return stop(.truncated(at: source.count, part: nil)) }
    let mark = UInt32(PackZip.number(header[..<4]))
    if mark == PackZip.directoryMark { return false }
    guard mark == PackZip.localMark, entries.count < SealedPack.mostParts + 2 else { return stop(.malformed(at: end)) }
    guard header.count == PackZip.localHeaderBytes else { return stop(.truncated(at: source.count, part: nil)) }
    let nameBytes = PackZip.number(header[26..<28])
    guard (1...80).contains(nameBytes) else { return stop(.malformed(at: end)) }
    let written = source.read(at: end + PackZip.localHeaderBytes, count: nameBytes)
    guard written.count == nameBytes else { return stop(.truncated(at: source.count, part: nil)) }
    let name = String(decoding: written, as: UTF8.self)
    guard Self.isName(name) else { return stop(.malformed(at: end)) }
    let start = end + PackZip.localHeaderBytes + nameBytes
    let bytes = PackZip.number(header[18..<22])
    guard start + bytes <= source.count else { return stop(.truncated(at: source.count, part: name)) }
    entries.append(Found(name: name, offset: end, start: start, bytes: bytes))
    end = start + bytes
    return true
  }

  /// A name is shown to people: one that could not be of a pack is not repeated.
  private static func isName(_ name: String) -> Bool {
    SealedPack.isPartName(name) || name == SealedPack.manifestName || name == SealedPack.signatureName
  }

  private mutating func stop(_ fault: PackFault) -> Bool {
    self.fault = fault
    return false
  }
}

/// A pack in memory.
public struct PackBytes: PackSource {
  private let bytes: [UInt8]

  public init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  public var count: Int { bytes.count }

  public func read(at offset: Int, count: Int) -> [UInt8] {
    guard offset < bytes.count else { return [] }
    return Array(bytes[offset..<min(offset + count, bytes.count)])
  }
}

/// A pack in a file.
public final class PackFile: PackSource {
  private let descriptor: Int32
  public let count: Int

  /// - Throws: ``PackFault/unreadable`` unless it is an ordinary file that can be read.
  public init(path: String) throws(PackFault) {
    // A pipe without a writer would be waited for.
    let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard opened >= 0 else { throw .unreadable }
    var found = stat()
    guard fstat(opened, &found) == 0, found.st_mode & S_IFMT == S_IFREG else {
      close(opened)
      throw .unreadable
    }
    count = Int(found.st_size)
    // Last: an initializer that throws with everything set runs deinit, which would close the number a second time.
    descriptor = opened
  }

  deinit { close(descriptor) }

  public func read(at offset: Int, count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, let base = buffer.baseAddress {
        let got = pread(descriptor, base + filled, count - filled, off_t(offset + filled))
        guard got > 0 else { break }
        filled += got
      }
    }
  }
}
