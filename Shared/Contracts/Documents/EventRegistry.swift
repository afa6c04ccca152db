public import Schemas

/// Every event type there is: the one list from which documents, checks and subscriptions are made.
public enum EventRegistry {
  /// All definitions, in the order of the documents.
  public static let all: [EventDefinition] =
    [
      EventDefinition(SchoolRecorded.self), EventDefinition(CalendarRecorded.self), EventDefinition(PupilEnrolled.self),
      EventDefinition(PupilLeft.self), EventDefinition(RegistrationWithdrawn.self), EventDefinition(PupilsMerged.self),
      EventDefinition(ConcernsRecorded.self), EventDefinition(ContactsRecorded.self),
      EventDefinition(PersonsMerged.self), EventDefinition(PersonsParted.self),
      EventDefinition(MarksRecorded.self), EventDefinition(MarksAmended.self), EventDefinition(MarksDisposed.self),
      EventDefinition(MarksRestored.self), EventDefinition(MarksErased.self), EventDefinition(RegisterMissing.self),
      EventDefinition(RegisterReceived.self), EventDefinition(RegisterMissingLapsed.self),
    ] + FindingKind.allCases.flatMap { finding($0.topic) } + [
      EventDefinition(ReturnFiled.self), EventDefinition(CompulsorySchoolAgeReached.self),
      EventDefinition(CompulsorySchoolAgeEnded.self), EventDefinition(PenaltyNoticeProposed.self),
      EventDefinition(PenaltyNoticeProposalRevised.self), EventDefinition(PenaltyNoticeProposalLapsed.self),
      EventDefinition(NoticeToImproveIssued.self), EventDefinition(PenaltyNoticeIssued.self),
      EventDefinition(PenaltyNoticePaid.self), EventDefinition(PenaltyNoticeUnpaid.self),
      EventDefinition(PenaltyNoticeWithdrawn.self), EventDefinition(PenaltyNoticeReopened.self),
      EventDefinition(ProsecutionLaid.self), EventDefinition(ProsecutionDecided.self),
      EventDefinition(SupervisionOrderApplied.self), EventDefinition(SupervisionOrderMade.self),
      EventDefinition(SupervisionOrderEnded.self), EventDefinition(AttendanceNoticeServed.self),
      EventDefinition(AttendanceOrderServed.self), EventDefinition(AttendanceOrderEnded.self),
      EventDefinition(RecordHoldPlaced.self), EventDefinition(RecordHoldReleased.self),
      EventDefinition(MessageDisclosed.self), EventDefinition(ReceiverDisabled.self), EventDefinition(CaseOpened.self),
      EventDefinition(CaseClosed.self), EventDefinition(ContractOffered.self), EventDefinition(ContractReviewed.self),
      EventDefinition(CaseEscalated.self), EventDefinition(CaseSteppedDown.self), EventDefinition(CaseReviewed.self),
      EventDefinition(SupportRecorded.self),
      EventDefinition(WorkPermitGranted.self), EventDefinition(WorkPermitRefused.self),
      EventDefinition(WorkPermitRevoked.self), EventDefinition(PerformanceLicenceGranted.self),
      EventDefinition(PerformanceLicenceRevoked.self), EventDefinition(ChaperoneSuspended.self),
      EventDefinition(LeaveDiffers.self), EventDefinition(LeaveAgrees.self),
      EventDefinition(SearchOpened.self), EventDefinition(WhereaboutsUnknown.self), EventDefinition(RiskFound.self),
      EventDefinition(HomeEducationStarted.self), EventDefinition(HomeEducationUnsuitable.self),
      EventDefinition(SearchClosed.self),
    ]

  private static func finding<Topic: FindingTopic>(_: Topic.Type) -> [EventDefinition] {
    [EventDefinition(Found<Topic>.self), EventDefinition(Lapsed<Topic>.self)]
  }

  /// The definition of a type by its full name; `nil` for one that this program does not know.
  public static func definition(named name: String) -> EventDefinition? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.type.name, $0) })

  /// The topics of one authority, each with one partition.
  public static func topics(authority: String) -> [String] {
    ServiceName.allCases.map { $0.topic(authority: authority) }
  }
}

/// What is known of one event type.
public struct EventDefinition: Sendable, CustomStringConvertible {
  public let type: EventType
  public let classification: DataClassification
  public let summary: String
  public let schema: JSONSchema
  /// Decodes the data and encodes it again; what a field that was dropped or renamed does not survive.
  public let roundTrip: @Sendable (Event) throws -> [UInt8]

  /// The name of the schema and golden files: `marks-recorded.v1`.
  public var fileName: String { "\(type.service.rawValue).\(type.fact).v\(type.version)" }

  public var description: String { fileName }

  init<Data: EventData>(_ data: Data.Type) {
    type = Data.type
    classification = Data.classification
    summary = Data.summary
    schema = Data.schema
    roundTrip = { try Data.decode($0).encoded() }
  }
}
