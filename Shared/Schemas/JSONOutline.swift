import Foundation

/// The outline of a JSON text: where objects and lists begin and end, and the names in the objects. Whether the text is JSON
/// is not noticed.
enum JSONOutline {
  enum Piece {
    case opened(isObject: Bool)
    /// Where a name is, without its quotation marks.
    case name(Range<Int>)
    case comma
    case closed
  }

  /// Goes through a text once.
  ///
  /// - Parameter take: is given each piece in turn, and says whether to go on.
  static func walk(_ bytes: UnsafeBufferPointer<UInt8>, _ take: (Piece) -> Bool) {
    // For each value that is open, whether it is an object.
    var open: [Bool] = []
    var isNameNext = false
    var index = 0
    while index < bytes.count {
      var piece: Piece?
      switch bytes[index] {
      case UInt8(ascii: "\""):
        let end = endOfText(bytes, from: index)
        if isNameNext, end < bytes.count { piece = .name(index + 1..<end) }
        isNameNext = false
        index = end
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        isNameNext = bytes[index] == UInt8(ascii: "{")
        open.append(isNameNext)
        piece = .opened(isObject: isNameNext)
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        isNameNext = false
        if open.popLast() != nil { piece = .closed }
      case UInt8(ascii: ","):
        isNameNext = open.last ?? false
        piece = .comma
      default: break
      }
      if let piece, !take(piece) { return }
      index += 1
    }
  }

  /// The index of the quotation mark that ends a text, given that of the one that begins it; past the end when none does.
  static func endOfText(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var index = start + 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return index
  }
}
