with
    users as (select * from {{ ref("dim_user") }} where user_type = 'direct'),

    user_days as (select * from {{ ref("fct_user_day") }} where is_active_any),

    deletions as (select * from {{ ref("fct_generation_deletions") }}),

    favorites as (select * from {{ ref("fct_favorites") }}),

    payments as (select * from {{ ref("kpi_payments") }} where payer_type = 'direct'),

    tiers as (select * from {{ ref("spending_tiers") }}),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    -- the currency that a platform reports in
    currencies as ({{ platform_currencies() }}),

    activity as (
        select
            user_key,
            sum(generations_count)::bigint as generations_count,
            count(*) as active_days_count,
            min(reporting_date) filter (generations_count > 0) as first_generation_date,
            max(reporting_date) filter (generations_count > 0) as last_generation_date,
            max(reporting_date) filter (is_active_core) as last_core_date,
            max(reporting_date) as last_active_date
        from user_days
        group by user_key
    ),

    deleted as (select user_key, count(*) as generations_deleted_count from deletions group by user_key),

    liked as (select user_key, count(*) as favorites_count from favorites group by user_key),

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
            currencies.currency,
            reported.last_day,
            coalesce(purchases.spent_amount, 0)::decimal(18, 2) as spent_amount,
            coalesce(purchases.priced_count, 0) as priced_count,
            columns(purchases.* exclude (user_key, spent_amount, priced_count)),
            columns(activity.* exclude (user_key)),
            deleted.generations_deleted_count,
            liked.favorites_count
        from users
        cross join reported
        left join currencies on users.platform = currencies.platform
        left join activity on users.user_key = activity.user_key
        left join deleted on users.user_key = deleted.user_key
        left join liked on users.user_key = liked.user_key
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
            user_key,
            platform,
            user_id,
            signup_date,
            referred_by_user_key is not null as is_referred,
            is_deleted,
            deleted_date,
            credits_balance,
            coalesce(generations_count, 0)::bigint as generations_count,
            coalesce(generations_deleted_count, 0)::bigint as generations_deleted_count,
            coalesce(favorites_count, 0)::bigint as favorites_count,
            coalesce(active_days_count, 0)::bigint as active_days_count,
            first_generation_date,
            last_generation_date,
            last_active_date,
            (last_day - last_active_date)::integer as days_since_last_active,
            coalesce(last_core_date > last_day - 30, false) as is_active_30d,
            case
                when last_core_date is null
                then 'never'
                when last_core_date > last_day - 30
                then 'active'
                else 'inactive'
            end as activation_status,
            coalesce(purchases_count, 0)::bigint as purchases_count,
            coalesce(purchases_90d_count, 0)::bigint as purchases_90d_count,
            coalesce(purchases_90d_count, 0) >= 2 as is_repeat_payer_90d,
            first_purchase_date,
            last_purchase_date,
            coalesce(credits_purchased, 0)::bigint as credits_purchased,
            spent_amount,
            currency,
            (spent_amount / nullif(priced_count, 0))::decimal(18, 2) as purchase_size,
            case when priced_count = 0 then 'zero_denominator' end as null_reason,
            spending_tier,
            recommended_action,
            observed_at
        from tiered
    )

select *
from shown
