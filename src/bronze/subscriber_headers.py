"""Columns of subscribers: the name of each, its meaning, and the other names that headers use for it, best first."""

COLUMNS = (
    (
        "user_id",
        "id of the subscriber",
        ("id", "customer id", "subscriber id", "account id", "user", "member id", "uid"),
    ),
    (
        "subscription_type",
        "subscription plan",
        ("plan", "subscription", "subscription plan", "plan type", "plan name", "tier", "membership", "package"),
    ),
    (
        "monthly_revenue",
        "revenue of the plan per month",
        ("revenue", "monthly fee", "monthly price", "price", "monthly charge", "monthly charges", "mrr"),
    ),
    (
        "join_date",
        "date on which the subscriber joined",
        ("joined", "date joined", "signup date", "start date", "joining date", "registration date", "member since"),
    ),
    (
        "last_payment_date",
        "date of the last payment",
        ("last payment", "payment date", "last paid", "last billing date"),
    ),
    ("country", "name of the country of residence", ("location", "nation")),
    ("age", "age in years"),
    ("gender", "gender, as the source spells it", ("sex",)),
    ("device", "device that the subscriber watches on", ("device type", "main device", "primary device")),
    (
        "plan_duration",
        "period for which the plan is paid",
        ("duration", "plan months", "plan period", "months", "term"),
    ),
)
