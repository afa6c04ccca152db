/// A child's sex as the admission register has it (reg 8).
public enum Sex: String, Hashable, Sendable, Codable, CaseIterable {
  case female = "F"
  case male = "M"
}
