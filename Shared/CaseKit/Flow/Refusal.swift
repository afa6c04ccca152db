/// Why a step is refused. Texts hold nothing that a person wrote.
public enum Refusal<Kind: CaseKind>: Error, Hashable, Sendable {
  /// A guard that does not hold.
  public struct Unmet: Hashable, Sendable {
    public let id: String
    public let demand: String
    public let source: String
    public let isOverridable: Bool
  }

  /// The act cannot be done in the state that the case is in.
  case notFromHere(state: Kind.State?)
  /// The act is for others.
  case notPermitted
  /// A person must give a reason.
  case noReason
  /// The person must state these facts too.
  case notStated(Set<Kind.Fact>)
  /// The act does not ask for these facts.
  case notAsked(Set<Kind.Fact>)
  /// Guards do not hold.
  case unmet([Unmet])
  /// These guards cannot be overridden, or there are no such.
  case notOverridable(Set<String>)
  /// The act must name the person who owns the case from then on.
  case noOwner
  /// Something else waits for a second person first.
  case awaitingSecond
  /// Nothing waits for a second person.
  case nothingToAnswer
  /// The second person must be another one.
  case samePerson
  /// Whoever did these acts in the case may not do this one.
  case didEarlier(Set<Kind.Act>)
  /// The decisions of these acts must stand first, with nothing about them to look at again.
  case undecided(Set<Kind.Act>)
  /// There is no such decision that a person has to look at.
  case notQuestioned
  /// The clock does not run, is not over, or has fired.
  case notDue
  /// No rule in force says how long the clock runs.
  case noSpan
}
