import HTTPTypes
public import ServiceKit
public import Store

/// What a store that cannot be used is to a caller: nothing was changed, and trying again makes sense.
extension StoreError: ProblemError {
  public var problem: Problem? {
    switch self {
    case .unavailable(let trouble):
      Problem(
        "storage-unavailable", "The program cannot write or read its store now", .serviceUnavailable,
        detail: "Nothing was changed (\(trouble.rawValue)). Send the request again later", retryAfterSeconds: 10)
    case .tooManySnapshots:
      Problem("busy", "Too many exports at once", .serviceUnavailable, retryAfterSeconds: 60)
    default: nil
    }
  }
}
