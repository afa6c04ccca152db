"""Other people's Kafka clients read what the programs publish."""

import json
import subprocess

from cloudevents.kafka import KafkaMessage, from_binary
from confluent_kafka import Consumer, TopicPartition


def records(bootstrap, topic):
    """Everything in a topic, by confluent-kafka."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "reader", "auto.offset.reset": "earliest"})
    low, high = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=10)
    consumer.assign([TopicPartition(topic, 0, low)])
    messages = []
    while len(messages) < high - low:
        message = consumer.poll(10)
        assert message is not None and message.error() is None, "no record within 10 seconds"
        messages.append(message)
    consumer.close()
    return messages


def test_kcat_reads_events_with_their_headers(suite, world):
    answer = subprocess.run(
        ["kcat", "-b", suite.bootstrap, "-C", "-t", "880.registers", "-p", "0", "-e", "-q", "-f", "%k|%h|%s\\n"],
        capture_output=True, text=True, timeout=30, check=True)
    lines = answer.stdout.splitlines()
    assert len(lines) >= 20
    key, headers, value = lines[0].split("|", 2)
    assert key == "100001" and "ce_specversion=1.0" in headers and "ce_sequence=1" in headers
    assert json.loads(value)["urn"] == "100001"


def test_cloudevents_reads_every_record(suite, world):
    messages = records(suite.bootstrap, "880.registers")
    sequences = []
    for message in messages:
        event = from_binary(KafkaMessage(
            headers=dict(message.headers()), key=message.key(), value=message.value()))
        assert event["specversion"] == "1.0" and event["source"] == "/880/registers"
        assert event["type"].startswith("uk.everyschoolday.registers.") and event["type"].endswith(".v1")
        assert event["subject"].encode() == message.key()
        assert event["dataclassification"] in ("internal", "pseudonymous", "personal")
        assert isinstance(event.data, dict)
        sequences.append(int(event["sequence"]))
    assert sequences == list(range(1, len(sequences) + 1)), "contiguous from 1"
    print(f"{len(messages)} records read by confluent-kafka and cloudevents")
