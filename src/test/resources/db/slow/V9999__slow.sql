-- Takes longer than a transaction may be idle in SlowMigrationTest.
select pg_sleep(3);
