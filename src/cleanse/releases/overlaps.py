"""How many members each release shares with each earlier one."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.windows import all_rows


def overlaps(numbered: DataFrame, members: DataFrame) -> DataFrame:
    """One row per release, known by its `position` from 0: `overlaps`, its members in the release of each position.

    `members` are one row per release and member. The array ends with the release before.

    A member is known by its runs: the spans of positions in which it never leaves. It is in both releases `earlier`
    and `position` where the one lies in a run, and the other in the same run or a later one. So each pair of runs is a
    rectangle of pairs of releases, and sums over the corners of all rectangles give all overlaps at once. A member that
    stays for a year of days costs four corners, and not one row for each pair of days.
    """
    corners = _corners(_runs(numbered, members))
    sized = numbered.select("position", F.max("position").over(all_rows()).alias("last"))
    grid = sized.select("position", F.explode(F.sequence(F.lit(0), "last")).alias("earlier"))
    points = corners.unionByName(grid.withColumn("members", F.lit(0).cast("bigint")))
    summed = points.groupBy("position", "earlier").agg(F.sum("members").alias("members"))
    later = F.sum("members").over(Window.partitionBy("earlier").orderBy("position"))
    both = F.sum("members").over(Window.partitionBy("position").orderBy("earlier"))
    counted = summed.withColumn("members", later).withColumn("members", both).filter("earlier < position")
    in_order = F.array_sort(F.collect_list(F.struct("earlier", "members")))
    return counted.groupBy("position").agg(F.transform(in_order, lambda pair: pair["members"]).alias("overlaps"))


def _runs(numbered: DataFrame, members: DataFrame) -> DataFrame:
    """One row per set of runs: how many members have them, and where they start and end, both in order.

    Members are grouped by the releases that have them: there are far fewer such sets than members.
    """
    placed = members.join(numbered.select("release", "position"), "release", how="inner")
    keys = placed.groupBy("key").agg(F.array_sort(F.collect_list("position")).alias("positions"))
    sets = keys.groupBy("positions").agg(F.count(F.lit(1)).alias("members"))
    after = F.transform("positions", lambda position: position + 1)
    before = F.transform("positions", lambda position: position - 1)
    starts, ends = F.array_except("positions", after), F.array_except("positions", before)
    return sets.select("members", starts.alias("starts"), ends.alias("ends"))


def _corners(runs: DataFrame) -> DataFrame:
    """One row per pair of runs and corner of its rectangle: earlier, position and members, negative at two of four."""
    firsts = runs.select("members", "starts", "ends", F.posexplode("starts").alias("place", "start"))
    places = F.sequence("place", F.size("starts") - 1)
    pairs = firsts.withColumn("later", F.explode(places)).select(
        "members",
        F.col("start").alias("left"),
        (F.get("ends", F.col("place")) + 1).alias("right"),
        F.get("starts", F.col("later")).alias("low"),
        (F.get("ends", F.col("later")) + 1).alias("high"),
    )
    signs = {("left", "low"): 1, ("right", "low"): -1, ("left", "high"): -1, ("right", "high"): 1}
    four = [
        F.struct(
            F.col(earlier).alias("earlier"),
            F.col(position).alias("position"),
            (F.col("members") * sign).alias("members"),
        )
        for (earlier, position), sign in signs.items()
    ]
    corners = pairs.select(F.explode(F.array(*four)).alias("corner"))
    return corners.select("corner.position", "corner.earlier", "corner.members")
