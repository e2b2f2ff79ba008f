"""The graph for a person: as text, and as a Mermaid flowchart."""

from collections.abc import Iterator
from pathlib import Path

from local_runtime.graph.dataset_graph import Graph


def graph_as_text(graph: Graph) -> Iterator[str]:
    """A line per dataset in the order of writing: kind, name, and what it reads."""
    for name in graph.in_order():
        dataset = graph.datasets[name]
        origins = [f"{read.name} (stream)" if read.streaming else read.name for read in graph.reads[name]]
        yield f"{dataset.kind.value:<18} {name}  ← {', '.join([*graph.sources[name], *origins])}"


def graph_as_mermaid(graph: Graph) -> Iterator[str]:
    """The graph as a Mermaid flowchart, a subgraph for each pipeline."""
    yield "flowchart LR"
    for pipeline in graph.pipelines:
        yield f'  subgraph {pipeline.key}["{pipeline.name}"]'
        for name, dataset in graph.datasets.items():
            if dataset.pipeline is pipeline:
                shape = f'("{name}")' if dataset.is_stored else f'["{name}"]'
                yield f"    {name}{shape}"
        yield "  end"
    for name, reads in graph.reads.items():
        for source in graph.sources[name]:
            yield f'  landing_{Path(source).name}[/"{Path(source).name}/"/] ==> {name}'
        for read in reads:
            yield f"  {read.name} {'==>' if read.streaming else '-->'} {name}"
