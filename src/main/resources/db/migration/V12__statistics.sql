-- Only the owner of a table can analyze it, and the role of the server may be another one (docs/security.md). The function
-- runs as the owner. Its search path does not depend on the caller, so it finds no other table of this name.
do $$
begin
    execute format(
        'create function analyze_included_rows() returns void language plpgsql security definer set search_path = %I, pg_temp'
            || ' as $f$ begin analyze included_row; end $f$',
        current_schema());
end $$;
revoke execute on function analyze_included_rows() from public;
