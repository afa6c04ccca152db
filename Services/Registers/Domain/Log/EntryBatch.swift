public import Rulebook

/// The entries of one school and session as they came, compact: for each the registration in four bytes, the lowest
/// first, and the register byte. The format is frozen: six years of the entry log are made of it.
public struct EntryBatch: Hashable, Sendable {
  public static let bytesPerEntry = 5

  public private(set) var bytes: [UInt8] = []

  public init(capacity: Int = 0) { bytes.reserveCapacity(capacity * Self.bytesPerEntry) }

  /// A stored batch; `nil` when the bytes are none.
  public init?(bytes: [UInt8]) {
    guard bytes.count % Self.bytesPerEntry == 0 else { return nil }
    self.bytes = bytes
  }

  public var count: Int { bytes.count / Self.bytesPerEntry }

  /// Adds an entry.
  ///
  /// - Precondition: the registration's number fits four bytes.
  public mutating func append(_ registration: Int64, _ code: UInt8) {
    let number = UInt32(registration)
    bytes.append(UInt8(truncatingIfNeeded: number))
    bytes.append(UInt8(truncatingIfNeeded: number >> 8))
    bytes.append(UInt8(truncatingIfNeeded: number >> 16))
    bytes.append(UInt8(truncatingIfNeeded: number >> 24))
    bytes.append(code)
  }

  /// The entries in the order they were made.
  public var entries: [(registration: Int64, code: UInt8)] {
    var entries: [(registration: Int64, code: UInt8)] = []
    entries.reserveCapacity(count)
    forEachEntry { entries.append(($0, $1)) }
    return entries
  }

  /// Calls the body with the registration and the register byte of every entry, in order.
  public func forEachEntry(_ body: (_ registration: Int64, _ code: UInt8) -> Void) {
    bytes.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: Self.bytesPerEntry) {
        let number = bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)
        body(Int64(UInt32(littleEndian: number)), bytes[start + 4])
      }
    }
  }

  /// The code entered for a registration; `nil` when the batch has none.
  public func code(of registration: Int64) -> AttendanceCode? {
    for start in stride(from: 0, to: bytes.count, by: Self.bytesPerEntry)
    where self.registration(at: start) == registration {
      return AttendanceCode(registerByte: bytes[start + 4])
    }
    return nil
  }

  func registration(at start: Int) -> Int64 {
    Int64(bytes[start]) | Int64(bytes[start + 1]) << 8 | Int64(bytes[start + 2]) << 16 | Int64(bytes[start + 3]) << 24
  }
}
