"""What the bot counts about itself; `/metrics` shows it."""

from prometheus_client import Counter, Gauge, Histogram

STEPS = Counter("record_bot_steps_total", "Steps carried out", ["step", "outcome"])
POSSIBLE_DOUBLES = Counter(
    "record_bot_possible_doubles_total",
    "Posts made again because the outcome of the first was unknown (see docs/adr)",
    ["kind"],
)
WEBHOOKS = Counter("record_bot_webhooks_total", "Webhooks from 100ms", ["type", "outcome"])
LAST_WEBHOOK = Gauge("record_bot_last_webhook_timestamp_seconds", "When the last webhook arrived")
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
    "record_bot_odd_requests_total", "Requests of Slack's that are malformed, and ignored", ["kind"]
)
