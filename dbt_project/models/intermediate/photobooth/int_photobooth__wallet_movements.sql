with
    transactions as (select * from {{ ref("stg_photobooth__wallet_transactions") }}),

    accounts as (select * from {{ ref("int_photobooth__partner_accounts") }}),

    signed as (
        select
            transactions.wallet_transaction_id,
            coalesce(accounts.partner_id, transactions.partner_id) as partner_id,
            case
                when transactions.transaction_type in ('top-up', 'refund', 'usage', 'adjustment')
                then transactions.transaction_type
                else 'unknown'
            end as movement_type,
            case
                when transactions.transaction_type in ('top-up', 'refund')
                then transactions.credits_magnitude
                when transactions.transaction_type = 'usage'
                then - transactions.credits_magnitude
                when transactions.transaction_type = 'adjustment' and transactions.description_sign = '-'
                then - transactions.credits_magnitude
                when transactions.transaction_type = 'adjustment'
                then transactions.credits_magnitude
                else 0
            end as credits,
            transactions.created_at as occurred_at
        from transactions
        left join accounts on transactions.partner_id = accounts.account_id
        where {{ is_past("transactions.created_at") }}
    )

select *
from signed
