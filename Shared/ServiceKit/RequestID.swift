/// The id of the request that is being answered, for what is written down beside its effects.
public enum RequestID {
  /// `nil` outside a request.
  @TaskLocal public static var current: String?
}
