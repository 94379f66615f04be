with
    bug_reports as (select * from {{ ref("stg_character_studio__bug_reports") }}),

    influencer_requests as (select * from {{ ref("stg_character_studio__influencer_requests") }}),

    -- of a bug report the source does not tell when it was decided: others change its updated_at, too
    asked as (
        select
            'bug_report' as ticket_kind,
            bug_report_id as ticket_id,
            user_id,
            report_status as ticket_status,
            created_at as opened_at,
            null::timestamptz as decided_at
        from bug_reports
        union all
        select 'influencer_request', influencer_request_id, user_id, request_status, created_at, reviewed_at
        from influencer_requests
    ),

    -- with a status that nobody knows, nobody has said that it is over
    shaped as (
        select
            {{ platform_key("character_studio", "ticket_kind || ':' || ticket_id") }} as ticket_key,
            'character_studio' as platform,
            ticket_kind,
            ticket_id,
            {{ platform_key("character_studio", "user_id") }} as user_key,
            case
                when
                    ticket_status in ('open', 'in_progress', 'resolved', 'closed')
                    or ticket_status in ('pending', 'in_review', 'approved', 'rejected')
                then ticket_status
                else 'other'
            end as ticket_status,
            coalesce(ticket_status not in ('resolved', 'closed', 'approved', 'rejected'), true) as is_open,
            opened_at,
            case when not is_open then decided_at end as decided_at
        from asked
    )

select *
from shaped
