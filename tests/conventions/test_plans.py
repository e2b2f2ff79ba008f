"""Plans that pipelines can take: PySpark's protocol has a limit on how deep one is nested."""

import pytest
from google.protobuf.message import Message
from pyspark.sql import functions as F

from cleanse.catalogue.rows import title_rows
from cleanse.subscribers.rows import subscriber_rows
from local_runtime.graph.plans import plan_of
from local_runtime.graph.tracing import plan_only_session, trace

# `pyspark.pipelines` copies a flow's plan into a message, and a copy may be nested 100 messages deep ("Exceeded
# upb_DecodeOptions_MaxDepth"); the messages around it count too.
DEEPEST = 95


def depth(message: Message) -> int:
    """How many messages are nested in each other, this one included."""
    deepest = 0
    for field, value in message.ListFields():
        if field.message_type is not None:
            is_map = field.message_type.GetOptions().map_entry
            values = value.values() if is_map else [value] if isinstance(value, Message) else value
            deepest = max([deepest, *[depth(inner) for inner in values if isinstance(inner, Message)]])
    return deepest + 1


def frames(graph):
    """The plan of each flow that has one, with the name of its table or view."""
    engine = plan_only_session()
    for name, dataset in graph.datasets.items():
        for flow in dataset.flows:
            frame = trace(dataset, flow, engine).frame
            if frame is not None:
                yield name, frame


def test_no_plan_is_nested_deeper_than_pipelines_can_take(graph):
    depths = {name: depth(plan_of(frame)) for name, frame in frames(graph)}
    assert max(depths.values()) > 50  # plans are really looked into
    too_deep = {name: found for name, found in depths.items() if found > DEEPEST}
    assert not too_deep, (
        f"{too_deep}: pipelines take plans of {DEEPEST} nested messages at most. Chain fewer withColumns, or compute "
        "what a long chain starts with in a table of its own."
    )


def test_accepted_part_files_nest_no_plan_deeper_than_pipelines_can_take():
    tables = plan_only_session().read
    accepted = ["titles/x of 2021-09-25 10:00:00"]
    titles = title_rows(tables.table("title_cells"), accepted)
    for frame in (titles, subscriber_rows(tables.table("bronze.subscribers"), "key", accepted)):
        assert 50 < depth(plan_of(frame)) <= DEEPEST


@pytest.mark.parametrize(("columns", "nested"), [(1, 5), (2, 7), (40, 83)])
def test_each_with_column_nests_a_plan_two_messages_deeper(columns, nested):
    frame = plan_only_session().range(1)
    for number in range(columns):
        frame = frame.withColumn(f"c{number}", F.lit(number))
    assert depth(plan_of(frame)) == nested
