/// Every name of a metric, span attribute and log key, in one place.
enum Names {
  enum Metric {
    static let requests = "http_server_requests_total"
    static let requestSeconds = "http_server_request_duration_seconds"
    static let memory = "process_resident_memory_bytes"
    static let openDescriptors = "process_open_fds"
    static let mostDescriptors = "process_max_fds"
    static let alarms = "alarms_active"
  }
  enum Log {
    static let requestID = "request_id"
    static let traceID = "trace_id"
    static let errorType = "error_type"
  }
}
