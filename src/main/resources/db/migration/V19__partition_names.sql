-- lower() goes by the collation of the database: in a Turkish one, V1 and V16 named the table of Immunization with a dotless
-- i. Tables have the names that the code uses, whatever the collation.
do $$
declare
    name text;
    made text;
    meant text;
begin
    foreach name in array string_to_array('${resourceTypes}', ' ') loop
        made := 'resource_' || lower(name);
        meant := 'resource_' || lower(name collate "C");
        if made <> meant then
            execute format('alter table %I rename to %I', made, meant);
        end if;
    end loop;
end $$;
