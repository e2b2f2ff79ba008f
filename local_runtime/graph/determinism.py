"""Whether a plan gives the same rows each time that it runs over the same tables. What isn't known to, may not."""

import re

from google.protobuf.message import Message
from pyspark.sql import DataFrame
from pyspark.sql.connect import proto

from local_runtime.graph.plans import messages, plan_of, relation_kind

ALWAYS_THE_SAME = {
    *("==", "<=>", "!=", ">", ">=", "<", "<=", "and", "or", "not", "!", "in", "between", "when", "if", "isnull"),
    *("isnotnull", "coalesce", "nullif", "ifnull", "nvl", "nvl2", "+", "-", "*", "/", "%", "negative", "positive"),
    *("&", "|", "^", "~", "abs", "ceil", "ceiling", "floor", "round", "bround", "greatest", "least", "mod", "pmod"),
    *("div", "power", "pow", "sqrt", "exp", "ln", "log", "log2", "log10", "sign", "signum", "isnan", "nanvl"),
    *("try_add", "try_subtract", "try_multiply", "try_divide", "width_bucket", "conv", "hex", "unhex", "bin"),
    *("like", "ilike", "rlike", "regexp", "regexp_like", "regexp_replace", "regexp_extract", "regexp_extract_all"),
    *("regexp_count", "regexp_substr", "regexp_instr", "contains", "startswith", "endswith", "lower", "lcase", "upper"),
    *("ucase", "initcap", "trim", "btrim", "ltrim", "rtrim", "lpad", "rpad", "length", "len", "char_length"),
    *("octet_length", "bit_length", "ascii", "char", "chr", "concat", "concat_ws", "substring", "substr", "left"),
    *("right", "split", "split_part", "replace", "translate", "reverse", "repeat", "instr", "locate", "position"),
    *("levenshtein", "soundex", "overlay", "format_number", "format_string", "printf", "substring_index", "url_decode"),
    *("try_url_decode", "url_encode", "parse_url", "base64", "unbase64", "encode", "decode", "to_binary"),
    *("xxhash64", "hash", "crc32", "md5", "sha", "sha1", "sha2", "array", "array_contains", "array_distinct"),
    *("array_sort", "sort_array", "array_join", "array_position", "array_union", "array_intersect", "array_except"),
    *("array_remove", "array_compact", "array_max", "array_min", "array_repeat", "arrays_zip", "arrays_overlap"),
    *("array_append", "array_prepend", "array_insert", "array_size", "size", "cardinality", "get", "element_at"),
    *("try_element_at", "slice", "flatten", "sequence", "transform", "filter", "exists", "forall", "aggregate"),
    *("reduce", "zip_with", "explode", "explode_outer", "posexplode", "posexplode_outer", "inline", "inline_outer"),
    *("map", "create_map", "map_concat", "map_entries", "map_filter", "map_from_arrays", "map_from_entries"),
    *("map_keys", "map_values", "map_contains_key", "transform_keys", "transform_values", "str_to_map"),
    *("struct", "named_struct", "from_json", "to_json", "get_json_object", "json_tuple", "json_array_length"),
    *(
        "json_object_keys",
        "from_csv",
        "to_csv",
        "year",
        "quarter",
        "month",
        "day",
        "dayofmonth",
        "dayofweek",
        "dayofyear",
        "weekday",
    ),
    *("weekofyear", "hour", "minute", "second", "last_day", "next_day", "add_months", "months_between", "date_add"),
    *("dateadd", "date_sub", "datediff", "date_diff", "date_trunc", "trunc", "date_format", "make_date", "extract"),
    *("date_part", "datepart", "to_date", "to_timestamp", "try_to_date", "try_to_timestamp", "timestamp_seconds"),
    *("timestamp_millis", "timestamp_micros", "unix_seconds", "unix_millis", "unix_micros", "unix_date"),
    *("date_from_unix_date", "from_unixtime", "from_utc_timestamp", "to_utc_timestamp", "window"),
}
"""Functions of a row, by their names in a plan."""
OF_ROWS = {
    *("count", "count_if", "sum", "try_sum", "avg", "mean", "try_avg", "min", "max", "min_by", "max_by", "every"),
    *("bool_and", "bool_or", "some", "any", "bit_and", "bit_or", "bit_xor", "stddev", "stddev_samp", "stddev_pop"),
    *("variance", "var_samp", "var_pop", "corr", "covar_pop", "covar_samp", "median", "percentile", "collect_set"),
    *("collect_list", "array_agg", "first", "first_value", "last", "last_value", "any_value", "mode", "grouping"),
    *("row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "nth_value"),
}
"""Functions of rows in no order, or in one: they give the same where ties don't matter, and read no clock."""
RELATIONS = {
    *("read", "local_relation", "cached_local_relation", "range", "project", "filter", "with_columns", "hint"),
    *("with_columns_renamed", "drop", "subquery_alias", "join", "set_op", "repartition", "sort", "to_df", "to_schema"),
}
"""Relations that give the same rows each time, by their kinds in a plan; not those that choose any rows."""
HIDDEN_IN_TEXT = re.compile(r"`|/[*]|--|\bselect\b|_user\b", re.IGNORECASE)
"""What a call in a text of SQL may hide behind."""


STRING_LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
CALLED = re.compile(r"(\w+)\s*\(")
CLOCK = re.compile(r"\b(current_\w+|localtimestamp|now|user)\b", re.IGNORECASE)
BEFORE_PARENTHESES = {"cast", "try_cast", "then", "else", "case", "decimal", "varchar", "char", "is", "by", "interval"}
"""SQL keywords that can precede a parenthesis and are not functions."""


def rule_varies(rule: str) -> str:
    """What in a rule (a condition in SQL) isn't known to give the same each time; '' where all is."""
    code = STRING_LITERAL.sub("''", rule)
    if clock := CLOCK.search(code):
        return clock[0]
    called = (name.lower() for name in CALLED.findall(code))
    return next((name for name in called if name not in ALWAYS_THE_SAME | BEFORE_PARENTHESES), "")


def varies(part: Message, of_rows: bool = True) -> str:
    """Why a part of an expression may give another value each time; '' where it does not.

    `of_rows`: whether functions of several rows pass.
    """
    if isinstance(part, proto.Expression.UnresolvedFunction | proto.CallFunction):
        function = part.function_name.lower()
        if function not in ALWAYS_THE_SAME and not (of_rows and function in OF_ROWS):
            return f"{part.function_name} is not known to give the same each time"
    if isinstance(part, proto.CommonInlineUserDefinedFunction) and not part.deterministic:
        return "a function of it is not deterministic"
    if isinstance(part, proto.Expression.ExpressionString):
        if HIDDEN_IN_TEXT.search(part.expression):
            return f"this text is not looked into: {part.expression}"
        if varying := rule_varies(part.expression):
            return f"{varying} is not known to give the same each time"
    return ""


def is_repeatable(frame: DataFrame) -> bool:
    """Whether nothing in the frame's plan varies."""
    return not any(
        varies(part, of_rows=False)
        or isinstance(part, proto.Expression.Window)
        or (isinstance(part, proto.Relation) and relation_kind(part) not in RELATIONS)
        for part in messages(plan_of(frame))
    )
