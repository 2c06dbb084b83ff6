"""Figures in the text format of Prometheus: names, kinds and values, nothing of a person or a meeting. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Sample:
    """One value, told from others of the same metric by its labels."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure, with a value or with several."""

    name: str
    kind: Literal["counter", "gauge"]
    help: str
    samples: Sequence[Sample]


def gauge(name: str, help: str, value: float) -> Metric:
    """What goes up and down."""
    return Metric(name, "gauge", help, [Sample(value)])


def counter(name: str, help: str, value: float) -> Metric:
    """What only grows while the process lives."""
    return Metric(name, "counter", help, [Sample(value)])


def age(name: str, help: str, since: timedelta | None) -> Metric:
    """How long ago, in seconds; +Inf is never, so that an alarm on a great age goes off for what never was, too."""
    return gauge(name, help, max(since.total_seconds(), 0) if since is not None else math.inf)


def exposition(metrics: Iterable[Metric]) -> str:
    """The text that Prometheus reads."""
    lines: list[str] = []
    for metric in metrics:
        lines += [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} {metric.kind}"]
        lines += [f"{metric.name}{_labels(sample.labels)} {_number(sample.value)}" for sample in metric.samples]
    return "\n".join([*lines, ""])


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}" if labels else ""


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) else repr(float(value))
