-- Where a program that writes rows publishes: a row that is inserted is published by siar.publish, in the same transaction. It shows nothing.

CREATE VIEW siar.publication AS
SELECT
  NULL::bigint AS number,                             -- of the row, for a program that needs a key; it is not kept
  NULL::text[] AS topics,
  NULL::text AS data,
  NULL::text AS id,
  NULL::text AS type,
  NULL::integer AS retry,
  NULL::boolean AS private,
  NULL::text AS key,
  NULL::text AS idempotency_key,
  NULL::text AS log
WHERE false;
ALTER VIEW siar.publication ALTER COLUMN private SET DEFAULT false;
ALTER VIEW siar.publication ALTER COLUMN log SET DEFAULT 'siar';

-- With the rights of the role that inserts.
CREATE FUNCTION siar.publish_row() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, siar, pg_temp AS $$
BEGIN
  PERFORM siar.publish(NEW.topics, NEW.data, NEW.id, NEW.type, NEW.retry, NEW.private, NEW.key, NEW.idempotency_key, NEW.log);
  RETURN NEW;
END $$;
CREATE TRIGGER publish INSTEAD OF INSERT ON siar.publication FOR EACH ROW EXECUTE FUNCTION siar.publish_row();
