/// A kind of document in a court pack.
public enum PackDocument: String, Hashable, Sendable, Codable, CaseIterable {
  // Prosecutions.
  case information
  case attendanceCertificate = "attendance-certificate"
  case witnessStatement = "witness-statement"
  case letters
  case proofOfService = "proof-of-service"
  case supportRecord = "support-record"
  case penaltyNotice = "penalty-notice"
  case nonPayment = "certificate-of-non-payment"
  case supervisionConsidered = "s447-record"
  case fullCodeTest = "full-code-test"
  case unusedMaterial = "unused-material"
  case costs = "costs-schedule"
  // The single justice procedure.
  case writtenCharge = "written-charge"
  case caseSummary = "case-summary"
  case sentenceMaterial = "sentence-material"
  case procedureNotice = "procedure-notice"
  case pleaForms = "plea-forms"
  case meansForm = "means-form"
  // Attendance orders.
  case noticeToSatisfy = "notice-to-satisfy"
  case noticeOfIntention = "notice-of-intention"
  case parentResponse = "parent-response"
  case expediency
  case schoolConsultation = "school-consultation"
  case attendanceOrder = "attendance-order"
  case nonRegistration = "non-registration"
  // Applications for orders.
  case application
  case alternatives
  case consultationReply = "consultation-reply"
  case plan
  case chronology
  case wishes
  case orderRequest = "order-request"
  case programme
  case familyCircumstances = "family-circumstances"
  /// Anything else that is exhibited.
  case exhibit

  /// For texts: `attendance certificate`.
  public var words: String {
    switch self {
    case .information: "information"
    case .attendanceCertificate: "attendance certificate"
    case .witnessStatement: "witness statement"
    case .letters: "letters"
    case .proofOfService: "proof of service"
    case .supportRecord: "record of the support offered"
    case .penaltyNotice: "penalty notice"
    case .nonPayment: "certificate of non-payment"
    case .supervisionConsidered: "record that a supervision order was considered"
    case .fullCodeTest: "full code test"
    case .unusedMaterial: "schedule of unused material"
    case .costs: "schedule of costs"
    case .writtenCharge: "written charge"
    case .caseSummary: "summary of the evidence"
    case .sentenceMaterial: "statement of what is relevant to sentence"
    case .procedureNotice: "single justice procedure notice"
    case .pleaForms: "plea forms"
    case .meansForm: "means form"
    case .noticeToSatisfy: "notice to satisfy the authority"
    case .noticeOfIntention: "notice of intention"
    case .parentResponse: "record of what the parent sent"
    case .expediency: "record of expediency"
    case .schoolConsultation: "consultation of the school"
    case .attendanceOrder: "school attendance order"
    case .nonRegistration: "evidence that the child is not registered"
    case .application: "application"
    case .alternatives: "record of alternatives tried"
    case .consultationReply: "reply to the consultation"
    case .plan: "plan"
    case .chronology: "chronology"
    case .wishes: "wishes of the child and the parents"
    case .orderRequest: "request for a parenting order"
    case .programme: "availability of a programme"
    case .familyCircumstances: "information on family circumstances"
    case .exhibit: "exhibit"
    }
  }
}

/// Something that a document must contain. Who puts the document into the pack says that it does; a second person
/// looks.
public enum PackContent: String, Hashable, Sendable, Codable, CaseIterable {
  case prosecutor, defendant, child, school, statute, period, signature, date, narrative, reasons, grounds, directions
  case dateOfBirth = "date-of-birth"
  case possibleAndAttended = "possible-and-attended"
  case dailyCodes = "daily-codes"
  case exhibitsIdentified = "exhibits-identified"
  case exhibitsCopied = "exhibits-copied"
  case truthDeclaration = "truth-declaration"
  case liabilityKnown = "liability-known"
  case makerAge = "maker-age"
  case supportAndResponse = "support-and-response"
  case noticeNumber = "notice-number"
  case unpaidByDate = "unpaid-by-date"
  case decisionMaker = "decision-maker"
  case evidence
  case statutoryCauses = "statutory-causes"
  case leave
  case transport
  case justification
  case mobileParents = "mobile-parents"
  case publicInterest = "public-interest"
  case equalityAndHealth = "equality-and-health"
  case registerAmendments = "register-amendments"
  case convictions
  case ordersSought = "orders-sought"
  case guiltyOnPapers = "guilty-on-papers"
  case guiltyHeard = "guilty-heard"
  case notGuilty = "not-guilty"
  case whyNotSatisfied = "why-not-satisfied"

  /// For texts, behind "does not state".
  public var words: String {
    switch self {
    case .prosecutor: "the authority as prosecutor"
    case .defendant: "the defendant's name and address"
    case .dateOfBirth: "the defendant's date of birth, or that it is not known"
    case .child: "the child"
    case .school: "the school"
    case .statute: "the statute and sub-section"
    case .period: "the period"
    case .possibleAndAttended: "the possible and the attended sessions"
    case .dailyCodes: "the codes day by day"
    case .signature: "the maker's signature"
    case .date: "the date"
    case .narrative: "the narrative in date order"
    case .exhibitsIdentified: "each exhibit by its mark"
    case .exhibitsCopied: "that each exhibit is copied"
    case .truthDeclaration: "that it is true to the best of the maker's knowledge and belief"
    case .liabilityKnown: "that the maker knows of the liability to prosecution for what is wilfully false"
    case .makerAge: "the maker's age"
    case .supportAndResponse: "the support offered and the response"
    case .noticeNumber: "the notice's number"
    case .unpaidByDate: "the date by which it was not paid"
    case .decisionMaker: "who decided"
    case .reasons: "the reasons"
    case .evidence: "the evidential stage"
    case .statutoryCauses: "sickness or unavoidable cause, s444(2A)"
    case .leave: "leave and religious observance, s444(3)"
    case .transport: "the travel duty, s444(3B)"
    case .justification: "reasonable justification, s444(1B)"
    case .mobileParents: "parents whose trade requires travel, s444(6)"
    case .publicInterest: "the public interest stage"
    case .equalityAndHealth: "equality and health"
    case .registerAmendments: "the amendments of the register"
    case .convictions: "the convictions relied on, or that there are none"
    case .ordersSought: "the costs and other orders sought"
    case .guiltyOnPapers: "the plea of guilty to be dealt with by a single justice"
    case .guiltyHeard: "the plea of guilty with a wish to be heard"
    case .notGuilty: "the plea of not guilty"
    case .whyNotSatisfied: "why it did not satisfy the authority"
    case .grounds: "the ground"
    case .directions: "the directions proposed"
    }
  }
}
