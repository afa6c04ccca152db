import Seeded

/// Where the names of made-up people and schools come from. Family names are invented; a likeness is chance.
enum MadeUpNames {
  private static let given = [
    "Ada", "Aisha", "Alfie", "Amara", "Amelia", "Anya", "Archie", "Arjun", "Ava", "Ben", "Bilal", "Callum", "Cara",
    "Chidi", "Daisy", "Daniel", "Dara", "Eesa", "Elif", "Ella", "Emre", "Erin", "Esme", "Ethan", "Farah", "Finn",
    "Freya", "George", "Grace", "Hana", "Harry", "Haroon", "Iris", "Isaac", "Isla", "Ivy", "Jack", "Jasmine", "Joel",
    "Kai", "Kofi", "Lana", "Leila", "Leo", "Lily", "Logan", "Lucy", "Maja", "Malik", "Marek", "Maya", "Mia", "Milo",
    "Mina", "Nadia", "Noah", "Nora", "Oliver", "Olu", "Omar", "Oscar", "Poppy", "Priya", "Rafi", "Reuben", "Rosa",
    "Ruby", "Sami", "Seren", "Sofia", "Sonny", "Tariq", "Theo", "Tilly", "Umar", "Vera", "Will", "Yusuf", "Zainab",
    "Zoe",
  ]
  private static let familyBeginnings = [
    "Ashen", "Barrow", "Black", "Bram", "Cald", "Carr", "Coll", "Dal", "Denn", "Dun", "Ever", "Fal", "Farn", "Gar",
    "Gill", "Hal", "Harr", "Hesk", "Holl", "Kell", "Kirk", "Lang", "Lock", "Mar", "Merr", "Nether", "Oak", "Pend",
    "Quarr", "Rav", "Rush", "Sel", "Stan", "Thorn", "Trev", "Ull", "Wain", "Wen", "Whin", "Yarr",
  ]
  private static let familyEndings = [
    "acre", "beck", "bourne", "bridge", "combe", "croft", "dale", "fell", "field", "ford", "garth", "gate", "holm",
    "hurst", "leigh", "mere", "more", "ridge", "rigg", "shaw", "stead", "stoke", "thwaite", "wick", "worth",
  ]
  private static let places = [
    "Alder", "Amber", "Beacon", "Birch", "Bramble", "Bridge", "Brook", "Canal", "Castle", "Chestnut", "Cliff",
    "Copper", "Cross", "Elm", "Fern", "Fox", "Glebe", "Grange", "Harbour", "Hawthorn", "Hazel", "Heath", "Heron",
    "High", "Holly", "Kestrel", "Lark", "Lime", "Maple", "Meadow", "Mill", "Moor", "Oak", "Orchard", "Park", "Poplar",
    "Quarry", "River", "Rowan", "Sycamore", "Tower", "Valley", "West", "Willow",
  ]
  private static let grounds = [
    "Bank", "Common", "Court", "Dean", "End", "Field", "Green", "Grove", "Hill", "Lane", "Mead", "Moor", "Road",
    "Side", "Vale", "View", "Way", "Wood",
  ]

  static func given(_ random: inout SeededGenerator) -> String { random.pick(given) }

  static func family(_ random: inout SeededGenerator) -> String {
    random.pick(familyBeginnings) + random.pick(familyEndings)
  }

  /// A school's own part of its name, a different one for each number up to ``placeCount``.
  static func place(_ number: Int) -> String {
    // A step without a common divisor goes through all pairs before any comes again.
    let pair = (number % placeCount) * 353 % placeCount
    return "\(places[pair / grounds.count]) \(grounds[pair % grounds.count])"
  }

  static let placeCount = places.count * grounds.count
}
