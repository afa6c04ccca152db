/// The container of a sealed pack: a ZIP file without compression, in the one form that this release writes. Every
/// machine can open it; that nothing in it is left open is what makes each of its bytes checkable (APPNOTE 6.3.9).
enum PackZip {
  /// A file in the container, as its headers describe it.
  struct Entry: Hashable {
    let name: String
    let bytes: Int
    let crc: UInt32
    /// Where its local header begins.
    let offset: Int
  }

  static let localMark: UInt32 = 0x0403_4b50
  static let directoryMark: UInt32 = 0x0201_4b50
  private static let endMark: UInt32 = 0x0605_4b50
  static let localHeaderBytes = 30

  /// Nothing is known of when a file was made: the first day that the format can tell.
  private static let noTime: UInt16 = 0
  private static let noDate: UInt16 = 0x21
  private static let version: UInt16 = 20

  static func localHeader(_ entry: Entry) -> [UInt8] {
    var header = Fields()
    header.add(localMark, version)
    header.add(facts: entry)
    header.add(UInt16(entry.name.utf8.count), UInt16(0))
    return header.bytes + Array(entry.name.utf8)
  }

  /// What follows the last file.
  ///
  /// - Parameter offset: where it begins.
  static func directory(_ entries: [Entry], at offset: Int) -> [UInt8] {
    var fields = Fields()
    for entry in entries {
      fields.add(directoryMark, version, version)
      fields.add(facts: entry)
      // No further fields, no comment, the first disk, no attributes.
      fields.add(UInt16(entry.name.utf8.count), UInt64(0), UInt32(0), UInt32(entry.offset))
      fields.bytes += Array(entry.name.utf8)
    }
    let size = UInt32(fields.bytes.count)
    fields.add(endMark, UInt32(0), UInt16(entries.count), UInt16(entries.count), size, UInt32(offset), UInt16(0))
    return fields.bytes
  }

  /// Fields one behind the other, each with its lowest byte first.
  private struct Fields {
    var bytes: [UInt8] = []

    mutating func add(_ values: any FixedWidthInteger...) {
      for value in values { bytes += PackZip.little(value) }
    }

    /// Flags, method, time, date, checksum and both sizes.
    mutating func add(facts entry: Entry) {
      add(UInt16(0), UInt16(0), noTime, noDate, entry.crc, UInt32(entry.bytes), UInt32(entry.bytes))
    }
  }

  private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  static func number(_ bytes: some Collection<UInt8>) -> Int {
    bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// The checksum of the format (CRC-32, ISO 3309), added to as bytes come.
  struct Checksum {
    private static let table: [UInt32] = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    private var state: UInt32 = .max
    var value: UInt32 { ~state }

    mutating func add(_ bytes: some Sequence<UInt8>) {
      for byte in bytes { state = state >> 8 ^ Self.table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] }
    }
  }
}
