"""The sidecar that is a broker: the mock cluster inside librdkafka, which speaks the Kafka protocol.

It holds its log in memory, at most 5 MiB per partition, of which it drops the oldest without a word. It does
groups, commits and replay; transactions, fencing and idempotent producers are not to be trusted.
"""

import contextlib
import ctypes
from collections.abc import Callable, Iterator

PRODUCER = 0
JOIN_DELAY = 100  # milliseconds a group waits for more members before its first assignment
SIGNATURES = {
    "rd_kafka_conf_new": (ctypes.c_void_p, []),
    "rd_kafka_conf_set": (
        ctypes.c_int,
        [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t],
    ),
    "rd_kafka_new": (ctypes.c_void_p, [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]),
    "rd_kafka_mock_cluster_new": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]),
    "rd_kafka_mock_cluster_bootstraps": (ctypes.c_char_p, [ctypes.c_void_p]),
    "rd_kafka_mock_group_initial_rebalance_delay_ms": (None, [ctypes.c_void_p, ctypes.c_int32]),
    "rd_kafka_mock_topic_create": (ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int]),
    "rd_kafka_mock_broker_set_down": (ctypes.c_int, [ctypes.c_void_p, ctypes.c_int32]),
    "rd_kafka_mock_broker_set_up": (ctypes.c_int, [ctypes.c_void_p, ctypes.c_int32]),
}


class Cluster:
    """One broker of librdkafka's mock cluster, from the library at this path."""

    def __init__(self, library: str) -> None:
        self._library = ctypes.CDLL(library)
        error = ctypes.create_string_buffer(512)
        settings = self._call("rd_kafka_conf_new")
        self._call("rd_kafka_conf_set", settings, b"log_level", b"0", error, len(error))
        handle = self._call("rd_kafka_new", PRODUCER, settings, error, len(error))
        self._cluster = handle and self._call("rd_kafka_mock_cluster_new", handle, 1)
        if not self._cluster:
            raise RuntimeError(f"the mock cluster did not start: {error.value.decode()}")
        self._call("rd_kafka_mock_group_initial_rebalance_delay_ms", self._cluster, JOIN_DELAY)

    def _call(self, name: str, *arguments: object) -> object:
        function = getattr(self._library, name)
        function.restype, function.argtypes = SIGNATURES[name]
        return function(*arguments)

    def servers(self) -> str:
        """Where it listens, as clients want it: host:port."""
        return self._call("rd_kafka_mock_cluster_bootstraps", self._cluster).decode()

    def create(self, topic: str, partitions: int) -> None:
        """Make a topic; RuntimeError if it can't be made."""
        if code := self._call("rd_kafka_mock_topic_create", self._cluster, topic.encode(), partitions, 1):
            raise RuntimeError(f"the topic {topic} was not made: error {code} of librdkafka")

    def down(self) -> None:
        """Drop all connections and take no more."""
        self._call("rd_kafka_mock_broker_set_down", self._cluster, 1)

    def up(self) -> None:
        """Listen again on the same port, with the same log."""
        self._call("rd_kafka_mock_broker_set_up", self._cluster, 1)


@contextlib.contextmanager
def commands(library: str) -> Iterator[dict[str, Callable]]:
    """The commands of a broker; its log ends with it."""
    cluster = Cluster(library)
    yield {"servers": cluster.servers, "create": cluster.create, "down": cluster.down, "up": cluster.up}
