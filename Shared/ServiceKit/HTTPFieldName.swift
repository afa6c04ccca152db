import HTTPTypes

enum HTTPFieldName {
  static let idempotencyKey = HTTPField.Name("Idempotency-Key")
}
