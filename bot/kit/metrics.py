"""The metrics of this process, served at `/metrics`."""

from prometheus_client import Counter, Gauge, Histogram, Info

BUILD = Info("record_bot_build", "The version that runs")
STEPS = Counter("record_bot_steps_total", "Steps carried out", ["step", "outcome"])
POSSIBLE_DOUBLES = Counter(
    "record_bot_possible_doubles_total",
    "Posts made again because the outcome of the first was unknown (see ADR 0001)",
    ["kind"],
)
WEBHOOKS = Counter("record_bot_webhooks_total", "Webhooks from 100ms", ["type", "outcome"])
CALLS_REFUSED = Counter("record_bot_calls_refused_total", "Refused calls", ["to", "error"])
LISTENER_SECONDS = Histogram(
    "record_bot_ack_seconds",
    "Time from a Slack request to its ack",
    ["kind"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
)
FAULTS = Counter("record_bot_faults_total", "Unexpected errors, by place", ["where"])
DEAD_LETTERS = Counter(
    "record_bot_dead_letters_total",
    "Webhooks and recordings that could not be read and were set aside",
    ["kind"],
)
REPLAYS = Counter("record_bot_replays_total", "Webhook replays requested", ["outcome"])
CONNECTIONS = Gauge("record_bot_connections", "Open HTTP connections")
CONNECTIONS_CUT = Counter(
    "record_bot_connections_cut_total",
    "HTTP connections ended, and requests refused with 503, to keep the server within its limits",
    ["why"],
)
ODD_REQUESTS = Counter(
    "record_bot_odd_requests_total", "Malformed Slack requests that were ignored", ["kind"]
)
CALL_SECONDS = Histogram(
    "record_bot_call_seconds",
    "Calls to Slack, 100ms and file servers, by method and status",
    ["service", "method", "status"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
CLOCK_OFF = Gauge(
    "record_bot_clock_ahead_seconds", "How far this clock is ahead of the service's", ["service"]
)
SIGNATURES_REJECTED = Counter(
    "record_bot_signatures_rejected_total",
    "Requests to the Slack endpoint without a valid, current signature",
    ["why"],
)
STORE_ERRORS = Counter("record_bot_store_errors_total", "Errors of the database", ["error"])
