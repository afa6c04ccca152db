/// Every name of a metric, span attribute and log key, in one place.
enum Names {
  enum Metric {
    static let requests = "http_server_requests_total"
    static let requestSeconds = "http_server_request_duration_seconds"
    static let memory = "process_resident_memory_bytes"
    static let openDescriptors = "process_open_fds"
    static let mostDescriptors = "process_max_fds"
    static let alarms = "alarms_active"
    static let securityEvents = "security_events_total"
    static let inHand = "http_server_requests_in_hand"
    static let bodyBytes = "http_server_body_bytes_in_hand"
    static let connections = "http_server_connections"
    static let keyAge = "auth_keys_age_seconds"
    static let unwrittenLines = "log_lines_unwritten"
  }
  enum Log {
    static let requestID = "request_id"
    static let traceID = "trace_id"
    static let errorType = "error_type"
    static let event = "event"
    static let reason = "reason"
    static let route = "route"
    static let role = "role"
    static let caller = "caller"
    static let unwritten = "unwritten"
  }
}
