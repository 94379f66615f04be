-- Why: the partner and its months are read side by side. What the month that holds the reported day says of it must be
-- what mart_partner_360 says, no month between is missing, and its
-- months were paid no more than it ever paid.
{{ config(meta={"dagster": {"ref": {"name": "mart_partner_months"}}}) }}
{% set columns = ["is_active", "credits_total", "credits_allocated", "credits_consumed", "events_90d"] %}
with
    partners as (select * from {{ ref("mart_partner_360") }}),

    months as (select * from {{ ref("mart_partner_months") }}),

    this_month as (select * from months qualify month_start_date = max(month_start_date) over ()),

    counted as (
        select
            partner_key,
            count(*) as months_found,
            date_diff('month', min(month_start_date), max(month_start_date)) + 1 as months_expected,
            sum(revenue_ars) as revenue_ars
        from months
        group by partner_key
    )

select partners.partner_key
from partners
left join this_month on partners.partner_key = this_month.partner_key
left join counted on partners.partner_key = counted.partner_key
where
    this_month.partner_key is null
    or counted.months_found <> counted.months_expected
    or counted.revenue_ars > partners.revenue_ars
    {% for column in columns %} or this_month.{{ column }} is distinct from partners.{{ column }} {% endfor %}
