//! The same sums by DuckDB: columns read by type, ranges and code lists checked, added up by key.

/// Reads the file named on the command line and prints what it cost. Lenient where we are not: it
/// takes money with more decimals, exponents and any text, looks for no personal data, and names no
/// row. So the comparison is in its favour.
pub const SCRIPT: &str = r#"
import json, resource, sys, time
import duckdb

def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

before, start = peak_mb(), time.monotonic()
connection = duckdb.connect(config={"threads": 2})
connection.execute("SET enable_progress_bar = false")
rows, cost, bad = connection.execute("""
    WITH keyed AS (
        SELECT provider_code, service_code, fin_year, fin_month, point_of_delivery, currency_code,
            resource_group, cost_behaviour,
            sum(activity) AS activity, sum(cost_gbp) AS cost, min(data_as_at) AS as_at,
            max(list_position(['plics', 'aggregate', 'apportioned', 'contract_price'], cost_basis)),
            count(*) FILTER (WHERE NOT (
                fin_month BETWEEN 0 AND 12
                AND cost_behaviour IN ('fixed', 'semi_fixed', 'variable')
                AND cost_basis IN ('plics', 'aggregate', 'apportioned', 'contract_price')
                AND activity BETWEEN 0 AND 1000000000
                AND cost_gbp BETWEEN -10000000000 AND 10000000000
                AND data_as_at BETWEEN DATE '1990-01-01' AND DATE '2099-12-31'
                AND length(provider_code) BETWEEN 1 AND 40
                AND length(service_code) BETWEEN 1 AND 40
                AND length(point_of_delivery) BETWEEN 1 AND 2000
                AND length(currency_code) BETWEEN 1 AND 2000
                AND length(resource_group) BETWEEN 1 AND 2000)) AS bad
        FROM read_csv(?, header = true, delim = ',', columns = {
            'provider_code': 'VARCHAR', 'service_code': 'VARCHAR', 'fin_year': 'VARCHAR',
            'fin_month': 'UTINYINT', 'point_of_delivery': 'VARCHAR', 'currency_code': 'VARCHAR',
            'resource_group': 'VARCHAR', 'cost_behaviour': 'VARCHAR',
            'activity': 'DECIMAL(18, 4)', 'cost_gbp': 'DECIMAL(18, 2)',
            'cost_basis': 'VARCHAR', 'data_as_at': 'DATE'})
        GROUP BY ALL)
    SELECT count(*), sum(cost), sum(bad) FROM keyed
""", [sys.argv[1]]).fetchone()
if bad:
    sys.exit("the checks of the query refused %d rows" % bad)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "cpu_seconds": usage.ru_utime + usage.ru_stime,
    "wall_seconds": time.monotonic() - start,
    "peak_mb": peak_mb(),
    "growth_mb": peak_mb() - before,
    "rows": rows,
    "cost_gbp": str(cost),
}))
"#;
