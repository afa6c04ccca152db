/// Whether two names may be one child's: the same, another spelling or a short form, or another name.
public enum NameLikeness: Hashable, Sendable {
  case same
  /// A slip of the pen, a short form, a middle name more or less.
  case variant
  case other

  /// Two names as their words, folded. They are alike when each word of the shorter one is a form of a word of its own
  /// of the longer one.
  public init(_ a: [String], _ b: [String]) {
    guard a.joined() != b.joined() else {
      self = .same
      return
    }
    let (short, long) = a.count <= b.count ? (a, b) : (b, a)
    var left = long
    for word in short {
      let found =
        left.firstIndex(of: word)
        ?? left.firstIndex { Self.isForm($0, of: word) || (short.count > 1 && Self.isInitial($0, of: word)) }
      guard let found else {
        self = .other
        return
      }
      left.remove(at: found)
    }
    self = short.isEmpty ? .other : .variant
  }

  /// Whether one is the other's first letter.
  private static func isInitial(_ a: String, of b: String) -> Bool {
    min(a.count, b.count) == 1 && (a.hasPrefix(b) || b.hasPrefix(a))
  }

  /// Whether two words are forms of one name.
  static func isForm(_ a: String, of b: String) -> Bool {
    let (x, y) = (sounds(a), sounds(b))
    return x == y || isSlip(a, b, x, y) || hasSameSkeleton(x, y) || isShort(a, of: b) || isShort(b, of: a)
  }

  /// One letter wrong, in a name long enough that the slip does not make another name of it: Tim is not Tom, Lila not
  /// Lily.
  private static func isSlip(_ a: String, _ b: String, _ x: [Character], _ y: [Character]) -> Bool {
    guard x.first == y.first, NameFolding.isOneEdit(a, b) else { return false }
    let isReplaced = a.count == b.count && a.sorted() != b.sorted()
    return max(a.count, b.count) >= (isReplaced ? 5 : 4)
  }

  /// The same consonants: Mohammed and Muhammad.
  private static func hasSameSkeleton(_ x: [Character], _ y: [Character]) -> Bool {
    guard min(x.count, y.count) >= 5 else { return false }
    let (one, two) = (skeleton(x), skeleton(y))
    return one == two && one.count { !vowels.contains($0) } >= 3
  }

  private static func skeleton(_ sounds: [Character]) -> [Character] {
    sounds.enumerated().filter { $0.offset == 0 || !vowels.contains($0.element) }.map(\.element)
  }

  private static let vowels: Set<Character> = ["a", "e", "i", "o", "u"]
  private static let alike: [Character: Character] = ["c": "k", "q": "k", "z": "s", "y": "i", "v": "f"]

  /// A word as it sounds, roughly: without silent letters and doubles, one letter for those that sound alike.
  private static func sounds(_ word: String) -> [Character] {
    var found: [Character] = []
    for letter in word.replacing("ph", with: "f").replacing("ck", with: "k") {
      let sound = alike[letter] ?? letter
      if sound == "h", !found.isEmpty { continue }
      if found.last != sound { found.append(sound) }
    }
    return found
  }

  /// Whether one is a short form of the other: its beginning, that beginning with -y or -ie, or one that custom knows.
  private static func isShort(_ short: String, of long: String) -> Bool {
    if shortForms.contains(where: { $0.contains(short) && $0.contains(long) }) { return true }
    guard short.count < long.count else { return false }
    if short.count >= 3, long.hasPrefix(short) { return true }
    for ending in ["ie", "ey", "y", "i"] where short.hasSuffix(ending) {
      var stem = short.dropLast(ending.count)
      if stem.count >= 4, stem.last == stem.dropLast().last { stem = stem.dropLast() }
      if stem.count >= 3, long.hasPrefix(stem) { return true }
    }
    return false
  }

  /// Short forms that are no beginning of the whole name, each with it.
  private static let shortForms: [Set<String>] = [
    ["abigail", "abi", "abby", "gail"], ["albert", "al", "bert", "bertie"], ["alexander", "sasha", "sandy", "xander"],
    ["alexandra", "sasha", "sandra", "lexi", "lexie"], ["andrew", "drew"], ["anthony", "tony", "ant"],
    ["catherine", "katherine", "kathryn", "kate", "katie", "kathy", "cathy", "kat", "cat", "kitty"],
    ["charles", "charlie", "chuck"], ["charlotte", "lottie", "charlie"], ["christopher", "kit", "topher"],
    ["david", "dai"], ["dorothy", "dot", "dolly"], ["edward", "ed", "ted", "teddy", "ned"],
    ["eleanor", "nell", "nellie"],
    ["elizabeth", "eliza", "liz", "lizzie", "beth", "betty", "betsy", "libby", "bess"], ["florence", "flo", "flossie"],
    ["francis", "frank", "frankie"], ["frances", "fran", "fanny", "frankie"],
    ["frederick", "fred", "freddie", "freddy"],
    ["henry", "harry", "hal"], ["harold", "harry"], ["isabella", "isabelle", "bella", "belle"],
    ["james", "jim", "jimmy"],
    ["john", "jack", "johnny"], ["joseph", "jo", "joe", "yusuf"], ["joanna", "jo"], ["josephine", "jo", "josie"],
    ["lawrence", "larry", "laurie"], ["margaret", "maggie", "meg", "peggy", "greta"],
    ["mary", "molly", "polly", "may"],
    ["matilda", "tilly", "tilda"], ["michael", "mike", "mick", "mikey"], ["mohammed", "muhammad", "mo"],
    ["nicholas", "nick", "nico"], ["oliver", "ollie", "noll"], ["patrick", "paddy"], ["patricia", "tricia", "trish"],
    ["philip", "pip"], ["rebecca", "becky", "becca", "bex"], ["richard", "rick", "dick", "rich"],
    ["robert", "rob", "bob", "robbie", "bobby"], ["sarah", "sally", "sadie"], ["stephen", "steven", "steve"],
    ["susan", "sue", "susie"], ["theodore", "theo", "ted", "teddy"], ["theresa", "tess", "tessa"],
    ["thomas", "tom", "tommy"], ["victoria", "vicky", "tori"], ["william", "will", "bill", "billy", "willy"],
  ]
}
