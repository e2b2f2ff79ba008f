"""Pipelines of AUTO CDC flows into a table of people, for tests."""

HINTS = {"cloudFiles.schemaHints": "seq INT", "cloudFiles.schemaEvolutionMode": "addNewColumns"}
SOURCE = """
@dp.table
def {0}():
    return read_csv("{0}", **{1}).drop("_corrupt_record", "_rescued_data")

"""
PEOPLE = 'dp.create_streaming_table("people")\n'
FLOW = 'dp.create_auto_cdc_flow(target="people", source="{}", keys=["id"], sequence_by="seq"{})\n'
SCD_2 = ", stored_as_scd_type=2, except_column_list=['seq']"


def sources(project, *names, hints="seq INT"):
    """Adds a bronze table for each name, which reads the CSV files of the folder of that name."""
    project.pipeline(
        "bronze", "".join(SOURCE.format(name, {**HINTS, "cloudFiles.schemaHints": hints}) for name in names)
    )


def land(project, name, *lines, header="id,name,seq"):
    """Writes a CSV file of these lines."""
    project.land(f"{name}.csv", "\n".join([header, *lines]) + "\n")


def failure(project, table="silver.people"):
    """The message with which a table fails in one update."""
    return project.update().failures[table]
