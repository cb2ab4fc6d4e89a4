{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key="day") }}

WITH known AS (
    SELECT user_id, CAST(occurred_at AT TIME ZONE 'UTC' AS date) AS ordered_on,
        CASE WHEN status = 'completed' THEN CAST(total * 100 AS bigint) END AS cents
    FROM {{ source("shop", "orders") }}
    WHERE received_at < TIMESTAMPTZ '{{ var("known_at") }}'
),
span AS (
    {% if is_incremental() %}  -- the table is there: make the days that it lacks, and some before them again
    SELECT least(max(day) + 1, DATE '{{ var("day") }}') - {{ var("lookback_days") }} AS first FROM {{ this }}
    {% else %}
    SELECT min(ordered_on) AS first FROM known
    {% endif %}
),
days AS (
    SELECT CAST(generate_series AS date) AS day
    FROM generate_series((SELECT CAST(first AS timestamp) FROM span), TIMESTAMP '{{ var("day") }}', INTERVAL '1 day')
)
SELECT day, user_id,
    count(cents) FILTER (WHERE ordered_on > day - 30) AS orders_30d,
    CAST(coalesce(sum(cents) FILTER (WHERE ordered_on > day - 30), 0) AS double precision) / 100 AS spend_30d,
    day - max(ordered_on) FILTER (WHERE cents IS NOT NULL) AS days_since_order
FROM days JOIN known ON ordered_on <= day
GROUP BY day, user_id
