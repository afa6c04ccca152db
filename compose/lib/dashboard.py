"""Writes the dashboard: python3 compose/lib/dashboard.py >compose/grafana/dashboards/programs.json"""

import json

BY = "{authority=~\"$authority\"}"
PANELS = [
    ("Programs that answer", f"up{BY}", "{{authority}}.{{program}}", "short"),
    ("Alarms", f"alarms_active{BY}", "{{authority}}.{{program}}: {{alarm}}", "short"),
    ("Events that wait to be published", f"outbox_depth{BY}", "{{authority}}.{{program}}", "short"),
    ("Readers' lag, seconds", f"intake_lag_seconds{BY}", "{{authority}}.{{program}} of {{topic}}", "s"),
    ("Readers' lag, events", f"intake_lag_events{BY}", "{{authority}}.{{program}} of {{topic}}", "short"),
    ("Age of readers' last progress", f"intake_progress_age_seconds{BY}", "{{authority}}.{{program}} of {{topic}}", "s"),
    ("Relays that can publish", f"relay_connected{BY}", "{{authority}}.{{program}}", "short"),
    ("Age of Kafka's last answer to relays", f"relay_answer_age_seconds{BY}", "{{authority}}.{{program}}", "s"),
    ("Events parked", f"parked_events{BY}", "{{authority}}.{{program}}", "short"),
    ("Requests a second by status", f"sum by (authority, program, status) (rate(http_server_requests_total{BY}[5m]))",
     "{{authority}}.{{program}} {{status}}", "reqps"),
    ("95 of 100 requests take less than", "histogram_quantile(0.95, sum by (authority, program, le) "
     f"(rate(http_server_request_duration_seconds_bucket{BY}[5m])))", "{{authority}}.{{program}}", "s"),
    ("Memory", f"process_resident_memory_bytes{BY}", "{{authority}}.{{program}}", "bytes"),
    ("Free on the stores' disks", f"store_free_bytes{BY}", "{{authority}}.{{program}}", "bytes"),
    ("Write-ahead logs", f"store_wal_bytes{BY}", "{{authority}}.{{program}}", "bytes"),
    ("Marks in quarantine", f"registers_quarantine_waiting{BY}", "{{authority}}", "short"),
    ("Messages delivering", f"notifier_delivering{BY}", "{{authority}}", "short"),
]


def panel(number, title, expression, legend, unit):
    return {
        "id": number + 1, "title": title, "type": "timeseries", "datasource": {"type": "prometheus", "uid": "prometheus"},
        "gridPos": {"h": 8, "w": 12, "x": 12 * (number % 2), "y": 8 * (number // 2)},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [{"refId": "A", "expr": expression, "legendFormat": legend}],
    }


DASHBOARD = {
    "uid": "everyschoolday", "title": "Every School Day", "schemaVersion": 39, "refresh": "30s",
    "time": {"from": "now-6h", "to": "now"}, "timezone": "Europe/London",
    "templating": {"list": [{
        "name": "authority", "label": "Authority", "type": "query", "query": "label_values(up, authority)",
        "datasource": {"type": "prometheus", "uid": "prometheus"}, "refresh": 2, "multi": True, "includeAll": True,
        "current": {"text": "All", "value": "$__all"}}]},
    "panels": [panel(number, *words) for number, words in enumerate(PANELS)],
}

if __name__ == "__main__":
    print(json.dumps(DASHBOARD, indent=2))
