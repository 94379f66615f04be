with
    users as (select * from {{ ref("dim_user") }} where user_type = 'direct'),

    activity as (select * from {{ ref("user_activity") }}),

    payments as (select * from {{ ref("kpi_payments") }} where payer_type = 'direct'),

    plans as (select * from {{ ref("dim_user_plan_history") }} where is_current and not is_deleted),

    standings as (select * from {{ ref("mart_rfm") }}),

    usage as (select * from {{ ref("mart_user_usage") }}),

    tiers as (select * from {{ ref("spending_tiers") }}),

    lacking as (select platform from {{ ref("dim_optional_fact") }} where fact_name = 'payments' and not is_present),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    -- the currency that a platform reports in, and whether it keeps payments
    currencies as (
        select
            *,
            platform in ('{{ var("credit_platforms") | join("', '") }}') as has_credits,
            platform in {{ feeding("payments") }} and platform not in (from lacking) as has_payments
        from ({{ platform_currencies() }})
    ),

    purchases as (
        select
            payments.user_key,
            count(*) as purchases_count,
            count(*) filter (payments.reporting_date > reported.last_day - 90) as purchases_90d_count,
            count(payments.amount) filter (payments.currency = currencies.currency) as priced_count,
            coalesce(sum(payments.amount) filter (payments.currency = currencies.currency), 0) as spent_amount,
            coalesce(sum(payments.credits_purchased), 0)::bigint as credits_purchased,
            min(payments.reporting_date) as first_purchase_date,
            max(payments.reporting_date) as last_purchase_date
        from payments
        cross join reported
        inner join currencies on payments.platform = currencies.platform
        group by payments.user_key
    ),

    combined as (
        select
            users.*,
            currencies.* exclude (platform),
            reported.last_day,
            case when has_payments then coalesce(purchases.spent_amount, 0) end::decimal(18, 2) as spent_amount,
            coalesce(purchases.priced_count, 0) as priced_count,
            columns(purchases.* exclude (user_key, spent_amount, priced_count)),
            columns(activity.* exclude (user_key))
        from users
        cross join reported
        left join currencies on users.platform = currencies.platform
        left join activity on users.user_key = activity.user_key
        left join purchases on users.user_key = purchases.user_key
    ),

    -- the highest tier that the spending reaches
    tiered as (
        select combined.*, tiers.spending_tier, tiers.recommended_action
        from combined
        asof left join tiers on combined.currency = tiers.currency and combined.spent_amount >= tiers.min_amount
    ),

    shown as (
        select
            tiered.user_key,
            tiered.platform,
            tiered.user_id,
            tiered.signup_date,
            tiered.signup_source,
            tiered.country_code,
            referred_by_user_key is not null as is_referred,
            tiered.is_deleted,
            tiered.deleted_date,
            case when plans.user_key is not null then coalesce(plans.plan_tier, 'unknown') end as plan_tier,
            plans.plan_status,
            plans.valid_from_date as plan_since_date,
            case
                when tiered.platform not in {{ feeding("plan_observations") }}
                then 'no_source'
                when plans.user_key is null
                then 'no_plan'
            end as plan_null_reason,
            coalesce(plans.is_paid_plan, false) as is_paid_plan,
            tiered.keeps_payment_method,
            standings.lifecycle_stage,
            standings.usage_segment,
            standings.is_power_user,
            standings.churn_risk,
            standings.rfm_segment,
            tiered.credits_balance,
            usage.requests_count,
            usage.total_activity,
            usage.engagement_score,
            coalesce(tiered.generations_count, 0)::bigint as generations_count,
            {{ known_count("generations_deleted_count", "tiered.platform in " ~ feeding("generation_deletions")) }},
            {{ known_count("favorites_count", "tiered.platform in " ~ feeding("favorites")) }},
            coalesce(active_days_count, 0)::bigint as active_days_count,
            first_generation_date,
            last_generation_date,
            tiered.last_active_date,
            (last_day - tiered.last_active_date)::integer as days_since_last_active,
            coalesce(last_core_date > last_day - 30, false) as is_active_30d,
            case
                when last_core_date is null then 'never' when is_active_30d then 'active' else 'inactive'
            end as activation_status,
            {{ known_count("purchases_count", "has_payments") }},
            {{ known_count("purchases_90d_count", "has_payments") }},
            case when has_payments then coalesce(purchases_90d_count, 0) >= 2 end as is_repeat_payer_90d,
            first_purchase_date,
            last_purchase_date,
            {{ known_count("credits_purchased", "has_payments and has_credits") }},
            spent_amount,
            tiered.currency,
            {{ exact_share("spent_amount", "priced_count") }} as purchase_size,
            case
                when has_payments is not true then 'no_source' when priced_count = 0 then 'zero_denominator'
            end as null_reason,
            spending_tier,
            recommended_action,
            observed_at
        from tiered
        left join plans on tiered.user_key = plans.user_key
        left join standings on tiered.user_key = standings.user_key
        left join usage on tiered.user_key = usage.user_key
    )

select *
from shown
