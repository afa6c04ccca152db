import Rulebook

/// A unique pupil number as two machine words, for lookups without a string. Two numbers are the same pupil's exactly
/// when their keys are equal.
struct UPNKey: Hashable, Sendable {
  /// The length of a number in ASCII bytes.
  static let length = 13

  private let head: UInt64
  private let tail: UInt64

  /// The key of a checked number.
  init(_ upn: UPN) {
    var text = upn.text
    self = text.withUTF8 { bytes in
      guard let key = UPNKey(bytes: bytes) else { preconditionFailure("a checked UPN has thirteen bytes") }
      return key
    }
  }

  /// The key of thirteen bytes in any case, whether or not they are a valid number; `nil` for another length.
  init?(bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count == Self.length, let base = bytes.baseAddress else { return nil }
    self.init(raw: UnsafeRawPointer(base))
  }

  /// Reads bytes 0 to 7 and 5 to 12. Only the first and the last may be letters.
  private init(raw: UnsafeRawPointer) {
    func lowered(_ byte: UInt8) -> UInt64 { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte ? 0x20 : 0 }
    head = raw.loadUnaligned(as: UInt64.self).littleEndian &- lowered(raw.load(as: UInt8.self))
    let last = raw.load(fromByteOffset: 12, as: UInt8.self)
    tail = raw.loadUnaligned(fromByteOffset: 5, as: UInt64.self).littleEndian &- (lowered(last) << 56)
  }

  /// A well mixed word, the same in every run.
  var mixed: UInt64 {
    var word = (head &* 0x9E37_79B9_7F4A_7C15) ^ (tail &* 0xC2B2_AE3D_27D4_EB4F)
    word ^= word >> 29
    word = word &* 0xBF58_476D_1CE4_E5B9
    return word ^ (word >> 32)
  }
}

/// From a pupil number to a position, by open addressing: one probe for nearly every row of a file.
struct UPNIndex: Sendable {
  private var keys: [UPNKey?]
  private var positions: [Int32]
  private let mask: Int

  /// Room for a number of entries, kept at most half full.
  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    mask = size - 1
    keys = Array(repeating: nil, count: size)
    positions = Array(repeating: -1, count: size)
  }

  /// Sets the position of a key and returns the one it had.
  mutating func set(_ key: UPNKey, _ position: Int32) -> Int32? {
    var slot = Int(truncatingIfNeeded: key.mixed) & mask
    while let found = keys[slot] {
      if found == key {
        defer { positions[slot] = position }
        return positions[slot]
      }
      slot = (slot + 1) & mask
    }
    keys[slot] = key
    positions[slot] = position
    return nil
  }

  /// The position of a key; `nil` when it has none.
  func position(of key: UPNKey) -> Int32? {
    var slot = Int(truncatingIfNeeded: key.mixed) & mask
    while let found = keys[slot] {
      if found == key { return positions[slot] }
      slot = (slot + 1) & mask
    }
    return nil
  }
}
