"""Audience and revenue: who subscribes, to what, what it brings, and who stays."""

from dashboards.pages.filters import AGE, GENDER, PLAN, RESIDENCE
from dashboards.pages.model import Headline, Page, Panel
from metrics.query import Query

MONTHS = "24m"

AUDIENCE = Page(
    path="/audience",
    title="Audience and revenue",
    lead="Who subscribes, to what, what it brings, and who stays.",
    icon="audience",
    choices=(PLAN, RESIDENCE, AGE, GENDER),
    headlines=(
        Headline(metric="subscribers", is_explained=True),
        Headline(metric="monthly_revenue", label="Monthly revenue", is_explained=True),
        Headline(metric="revenue", last="1m", line="12m", grain="month", is_explained=True),
        Headline(metric="average_revenue_per_user", last="1m", line="12m", grain="month"),
        Headline(metric="active_subscribers", last="1m", line="12m", grain="month", is_explained=True),
        Headline(metric="new_subscribers", last="1m", line="12m", grain="month"),
        Headline(metric="churned_subscribers", last="1m", line="12m", grain="month", good="down"),
    ),
    panels=(
        Panel(
            name="revenue",
            kind="line",
            title="Revenue by month and plan",
            query=Query(metrics=("revenue",), dimensions=("plan",), grain="month", last=MONTHS),
            note="The last 24 months",
            width="tall",
        ),
        Panel(
            name="revenue-by-plan",
            kind="bars",
            title="Monthly revenue of current subscribers",
            finding="{first} brings most",
            query=Query(metrics=("monthly_revenue", "subscribers"), dimensions=("plan",), order=("-monthly_revenue",)),
            note="What current subscribers pay in a month, by plan",
            width="narrow",
        ),
        Panel(
            name="plan-by-gender",
            kind="parts",
            title="Plans by gender",
            query=Query(metrics=("subscribers", "monthly_revenue"), dimensions=("gender", "plan")),
            note="Share of current subscribers",
            width="narrow",
        ),
        Panel(
            name="active",
            kind="line",
            title="Active subscribers by month and plan",
            query=Query(metrics=("active_subscribers",), dimensions=("plan",), grain="month", last=MONTHS),
            note="The last 24 months",
        ),
        Panel(
            name="revenue-per-user",
            kind="line",
            title="Average revenue per user by month",
            query=Query(metrics=("average_revenue_per_user",), grain="month", last=MONTHS),
            note="The last 24 months",
        ),
        Panel(
            name="months",
            kind="table",
            title="Month by month",
            query=Query(
                metrics=(
                    "revenue",
                    "active_subscribers",
                    "new_subscribers",
                    "churned_subscribers",
                    "average_revenue_per_user",
                ),
                grain="month",
                last=MONTHS,
                order=("-month",),
            ),
            note="The newest first",
            rows=6,
            width="full",
        ),
        Panel(
            name="plan-by-country",
            kind="parts",
            title="Plans by country",
            query=Query(metrics=("subscribers", "monthly_revenue"), dimensions=("residence_country", "plan")),
            note="Share of current subscribers",
        ),
        Panel(
            name="plan-by-age",
            kind="parts",
            title="Plans by age",
            query=Query(metrics=("subscribers", "monthly_revenue"), dimensions=("age_band", "plan")),
            by_name=True,
            note="Share of current subscribers",
        ),
        Panel(
            name="plan-by-device",
            kind="parts",
            title="Plans by device",
            query=Query(metrics=("subscribers", "subscriber_share"), dimensions=("device", "plan")),
            note="Share of current subscribers",
            width="full",
        ),
        Panel(
            name="groups",
            kind="table",
            title="Groups of subscribers",
            query=Query(
                metrics=("subscribers", "monthly_revenue"),
                dimensions=("plan", "residence_country", "age_band", "gender"),
                order=("-subscribers",),
            ),
            note="By plan, country, age and gender; groups of fewer than five people are put together",
            rows=8,
            width="full",
        ),
        Panel(
            name="retention",
            kind="heat",
            title="Who stays: subscribers by month of joining",
            query=Query(metrics=("retention",), dimensions=("cohort_month", "months_since_joining")),
            by_name=True,
            note="Share of those who joined that is active so many months later",
            rows=12,
            width="full",
        ),
    ),
)
