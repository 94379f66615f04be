with
    requests as (select * from {{ ref("fct_api_requests") }}),

    generations as (select * from {{ ref("fct_generations") }}),

    jobs as (select * from {{ ref("fct_jobs") }}),

    providers as (select * from {{ ref("providers") }}),

    -- a generation that is a request or a job is told of twice, which no first or last day minds
    used as (
        {% for told in ["requests", "generations", "jobs"] %}
            select provider, platform, min(reporting_date) as first_date, max(reporting_date) as last_date
            from {{ told }}
            where provider is not null
            group by provider, platform
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    shown as (
        select
            used.provider,
            coalesce(any_value(providers.provider_name), used.provider) as provider_name,
            coalesce(any_value(providers.provider_kind), 'unknown') as provider_kind,
            count(distinct used.platform) as platforms_count,
            min(used.first_date) as first_used_date,
            max(used.last_date) as last_used_date
        from used
        left join providers on used.provider = providers.provider
        group by used.provider
    )

select *
from shown
