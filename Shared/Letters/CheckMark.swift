import Processes

/// How whoever holds a document sees whether it still counts: an address with a code that nobody can guess, and the address
/// as a QR code.
public struct CheckMark: Hashable, Sendable, Codable {
  /// In groups of five, as it is printed.
  public let code: String
  /// Where the code is answered; absent where the authority has published none.
  public let address: String?
  /// SVG of our own, without anything but squares; absent where it cannot be drawn.
  let picture: String?

  /// Letters and digits that nobody confuses (Crockford's 32).
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
  /// 100 bits.
  private static let length = 20

  /// A mark with a new code.
  ///
  /// - Parameter base: the page at which codes are answered, for example `https://licensing.example/verify`; `nil` for
  ///   none.
  public static func make(at base: String?) async -> CheckMark {
    let letters = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] }
    let code = stride(from: 0, to: length, by: 5).map { String(letters[$0..<$0 + 5]) }.joined(separator: "-")
    let address = base.map { "\($0)?code=\(code)" }
    let picture = if let address { await QRCode.svg(address) } else { String?.none }
    return CheckMark(code: code, address: address, picture: picture)
  }

  /// The code that somebody wrote, as it was printed; `nil` when it is none.
  public static func code(_ written: String) -> String? {
    guard written.utf8.count <= 2 * length else { return nil }
    let letters = written.uppercased().compactMap { letter -> Character? in
      // Letters that are taken for digits: the 15th, the 9th and the 12th of the alphabet.
      switch letter.asciiValue {
      case 45, 32: nil
      case 79: "0"
      case 73, 76: "1"
      default: letter
      }
    }
    guard letters.count == length, letters.allSatisfy(alphabet.contains) else { return nil }
    return stride(from: 0, to: length, by: 5).map { String(letters[$0..<$0 + 5]) }.joined(separator: "-")
  }

  /// The block at the foot of a document.
  var html: String {
    let place = address.map { " or open <span class=\"address\">\(LetterText.html($0))</span>" } ?? ""
    return """
      <div class="check">\(picture ?? "")<p>Is this document valid? Ask us for code <strong>\(code)</strong>\(place).</p></div>
      """
  }
}

/// Draws an address as a QR code, with Debian's qrencode in a bounded process of its own.
enum QRCode {
  /// - Returns: `nil` where the program is not installed or draws nothing: the printed code and address say the same.
  static func svg(_ text: String) async -> String? {
    let ran = try? await BoundedProcess.run(
      "/usr/bin/qrencode", ["-t", "ASCII", "--level=M", "-m", "4", "-o", "-"], environment: ["LANG=C.UTF-8"],
      input: Array(text.utf8), outputBytes: 65_536, seconds: 5)
    guard let ran, case .exited(0) = ran.end else { return nil }
    return svg(rows: ran.output.split(separator: UInt8(ascii: "\n")).map(Array.init))
  }

  /// The picture of rows in which each module is two characters, `##` for a dark one.
  static func svg(rows: [[UInt8]]) -> String? {
    let size = rows.count
    guard 21...200 ~= size, rows.allSatisfy({ $0.count == 2 * size }) else { return nil }
    var path = ""
    for (y, row) in rows.enumerated() {
      var x = 0
      while x < size {
        let start = x
        while x < size, row[2 * x] == UInt8(ascii: "#") { x += 1 }
        if x > start { path += "M\(start) \(y)h\(x - start)v1h-\(x - start)z" } else { x += 1 }
      }
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size) \(size)" width="28mm" height="28mm" role="img">\
      <title>The address as a QR code</title><path d="\(path)"/></svg>
      """
  }
}
