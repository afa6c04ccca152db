/// A ground on which a name must be deleted from the admission register when the child is of compulsory school age
/// (School Attendance (Pupil Registration) (England) Regulations 2024, reg 9(1)).
public enum DeletionGround: String, Sendable, Codable, CaseIterable {
  case a, b, c, d, e, f, g, h, i, j, k, l, m, n, o

  /// Where the law says so.
  public var source: String {
    "School Attendance (Pupil Registration) (England) Regulations 2024, SI 2024/208, reg 9(1)(\(rawValue))"
  }

  /// The ground in our own words.
  public var meaning: String {
    switch self {
    case .a: "registered at another school"
    case .b: "nursery pupil who does not go on to reception"
    case .c: "registered elsewhere as well, and the other school consents"
    case .d: "school attendance order amended to name another school"
    case .e: "school attendance order revoked because suitable arrangements were made otherwise"
    case .f: "to be educated otherwise than at school, by written notice of the parent"
    case .g: "no longer lives within a reasonable distance"
    case .h: "not returned within ten school days of the end of leave, after joint enquiries"
    case .i: "absent without leave for twenty continuous school days, after joint enquiries"
    case .j: "detained under a sentence"
    case .k: "has died"
    case .l: "over compulsory school age and does not go on to the sixth form"
    case .m: "boarder whose fees are unpaid"
    case .n: "left an independent or non-maintained special school"
    case .o: "permanently excluded"
    }
  }

  /// Whether the school and the authority must first have made joint reasonable enquiries (2024 Regulations reg 9(1)(h) and (i)).
  public var needsJointEnquiries: Bool { self == .h || self == .i }
}
