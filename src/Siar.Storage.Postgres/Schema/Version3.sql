-- Signs of life of the log's hubs, renewed every two seconds: a crash of the server may empty the table, so that nothing of it is written ahead.
CREATE UNLOGGED TABLE siar.hub (
  log smallint NOT NULL,
  hub text COLLATE "C" NOT NULL,                      -- names one life of a hub
  name text NOT NULL,                                 -- for a person
  count bigint NOT NULL,                              -- rises with each sign
  state text NOT NULL,                                -- what the hub says of itself
  PRIMARY KEY (log, hub)
) WITH (fillfactor = 20);

-- Roles that had a hub's rights have them on this table too.
DO $$
DECLARE
  hub regrole;
BEGIN
  FOR hub IN SELECT DISTINCT acl.grantee FROM pg_class, aclexplode(relacl) acl
    WHERE pg_class.oid = 'siar.event'::regclass AND acl.privilege_type = 'INSERT' AND acl.grantee NOT IN (0, relowner) LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON siar.hub TO %s', hub);
  END LOOP;
END $$;
