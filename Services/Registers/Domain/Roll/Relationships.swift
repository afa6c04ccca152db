public import Contracts
import Search

extension Relationship {
  /// What a school's word for a contact means: its words in English, and the codes of the common basic data set. What is
  /// in neither list is ``other`` (interpretation *relationship*).
  public init(reading text: String) { self = Self.words[NameFolding.fold(text)] ?? .other }

  /// By the folded word.
  private static let words: [String: Relationship] = Dictionary(
    uniqueKeysWithValues: [
      (.mother, ["mother", "mum", "mummy", "mam", "mom", "birthmother", "adoptivemother", "pam"]),
      (.father, ["father", "dad", "daddy", "birthfather", "adoptivefather", "paf"]),
      (.stepParent, ["stepparent", "stepmother", "stepmum", "stepfather", "stepdad", "stp", "stf", "stm"]),
      (
        .fosterCarer,
        ["fostercarer", "fosterparent", "fostermother", "fosterfather", "fostermum", "fosterdad", "fom", "fof"]
      ),
      (.guardian, ["guardian", "legalguardian", "specialguardian"]),
      (
        .grandparent,
        [
          "grandparent", "grandmother", "grandfather", "grandma", "grandad", "granddad", "gran", "granny", "nan",
          "nana",
          "nanny",
        ]
      ),
      (
        .relative,
        [
          "relative", "otherrelative", "familymember", "otherfamilymember", "aunt", "auntie", "uncle", "brother",
          "sister",
          "sibling", "cousin", "fam", "rel",
        ]
      ),
      (.carer, ["carer", "car"]),
      (
        .professional,
        [
          "socialworker", "childminder", "doctor", "gp", "headteacher", "teacher", "religiouscontact",
          "religiousspiritualcontact", "swr", "chm", "doc", "htc", "tch", "rlg",
        ]
      ),
    ].flatMap { (meaning: Relationship, words: [String]) in words.map { ($0, meaning) } })
}
